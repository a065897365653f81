//! Means with their intervals, a row each.

use plotters::prelude::DrawingBackend;

use super::WIDTH;
use super::axis::Span;
use super::canvas::{Anchor, Canvas, GRID, INK, Painted, SOFT, colour, shortened};

const ROW: f64 = 26.0;
const AXIS: f64 = 48.0;
const LEFT: f64 = 270.0;
const RIGHT: f64 = WIDTH - 150.0;

pub(super) const fn height(rows: usize) -> f64 {
    rows as f64 * ROW + AXIS + 8.0
}

pub(super) fn paint<D: DrawingBackend>(
    canvas: &Canvas<'_, D>,
    axis: &str,
    rows: &[(String, f64, Option<[f64; 2]>)],
    top: f64,
) -> Painted<D> {
    let values = rows.iter().flat_map(|(_, mean, ends)| std::iter::once(*mean).chain(ends.iter().flatten().copied()));
    let span = Span::around(values, false);
    let bottom = top + rows.len() as f64 * ROW + 4.0;
    scale(canvas, span, [LEFT, RIGHT], [top, bottom], axis)?;
    let place = |value: f64| LEFT + span.place(value) * (RIGHT - LEFT);
    for (index, (label, mean, ends)) in rows.iter().enumerate() {
        let y = top + (index as f64 + 0.5) * ROW;
        canvas.text(&shortened(label, 36), (LEFT - 14.0, y), Anchor::Right, 13.0, INK)?;
        let mut text = format!("{mean:.1}");
        if let Some([low, high]) = ends {
            canvas.line(&[(place(*low), y), (place(*high), y)], colour(0), 2.0)?;
            for end in [*low, *high] {
                canvas.line(&[(place(end), y - 4.0), (place(end), y + 4.0)], colour(0), 1.5)?;
            }
            text = format!("{mean:.1} [{low:.1}, {high:.1}]");
        }
        canvas.mark((place(*mean), y), 0, 4.5)?;
        canvas.text(&text, (RIGHT + 14.0, y), Anchor::Left, 12.0, SOFT)?;
    }
    Ok(())
}

/// Vertical lines at the ticks of `span` between two heights, their labels and the name of the axis below.
pub(super) fn scale<D: DrawingBackend>(
    canvas: &Canvas<'_, D>,
    span: Span,
    [left, right]: [f64; 2],
    [top, bottom]: [f64; 2],
    name: &str,
) -> Painted<D> {
    for (value, label) in span.ticks() {
        let x = left + span.place(value) * (right - left);
        canvas.line(&[(x, top), (x, bottom)], GRID, 1.0)?;
        canvas.text(&label, (x, bottom + 12.0), Anchor::Middle, 12.0, SOFT)?;
    }
    canvas.text(&shortened(name, 80), (f64::midpoint(left, right), bottom + 32.0), Anchor::Middle, 12.0, SOFT)
}
