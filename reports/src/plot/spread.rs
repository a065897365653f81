//! Distributions, a row each: every value as a faint line, the box of the middle half, the median.

use plotters::prelude::*;

use super::WIDTH;
use super::axis::Span;
use super::canvas::{Anchor, Canvas, INK, Painted, SOFT, colour, shortened};
use super::forest::scale;

const ROW: f64 = 38.0;
const LEFT: f64 = 230.0;
const RIGHT: f64 = WIDTH - 210.0;

/// Distributions.
#[derive(Debug, Clone, PartialEq)]
pub struct Spread {
    /// The rows: label, values, and what stands behind them.
    pub rows: Vec<(String, Vec<f64>, String)>,
    /// What is measured, below the axis.
    pub axis: String,
}

impl Spread {
    pub(super) fn height(&self) -> f64 {
        self.rows.len() as f64 * ROW + 56.0
    }

    pub(super) fn paint<D: DrawingBackend>(&self, canvas: &Canvas<'_, D>, top: f64) -> Painted<D> {
        let span = Span::around(self.rows.iter().flat_map(|(_, values, _)| values.iter().copied()), false);
        let bottom = top + self.rows.len() as f64 * ROW;
        scale(canvas, span, [LEFT, RIGHT], [top, bottom], &self.axis)?;
        let place = |value: f64| LEFT + span.place(value) * (RIGHT - LEFT);
        for (index, (label, values, note)) in self.rows.iter().enumerate() {
            let y = top + (index as f64 + 0.5) * ROW;
            canvas.text(&shortened(label, 30), (LEFT - 12.0, y), Anchor::Right, 12.5, INK)?;
            canvas.text(&shortened(note, 34), (RIGHT + 14.0, y), Anchor::Left, 11.5, SOFT)?;
            for value in values {
                canvas.bar((place(*value) - 0.75, y - 5.0), (place(*value) + 0.75, y + 5.0), colour(0).mix(0.35))?;
            }
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            if sorted.is_empty() {
                continue;
            }
            let [low, middle, high] = [0.25, 0.5, 0.75].map(|share| place(quantile(&sorted, share)));
            for edge in [y - 11.0, y + 11.0] {
                canvas.line(&[(low, edge), (high, edge)], INK, 1.0)?;
            }
            for end in [low, high] {
                canvas.line(&[(end, y - 11.0), (end, y + 11.0)], INK, 1.0)?;
            }
            canvas.line(&[(middle, y - 13.0), (middle, y + 13.0)], colour(1), 2.5)?;
        }
        Ok(())
    }
}

/// The value below which `share` of `sorted` lies, interpolated; `sorted` is not empty.
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * place.fract()
}
