//! Shares of wholes, a row each.

use plotters::prelude::*;

use super::WIDTH;
use super::axis::Span;
use super::canvas::{Anchor, COLOURS, Canvas, INK, Painted, SOFT, colour, shortened};
use super::forest::scale;

const ROW: f64 = 30.0;
const LEFT: f64 = 270.0;
const RIGHT: f64 = WIDTH - 70.0;
const LEGEND: f64 = 22.0;
/// Entries of the legend in a line.
const ABREAST: usize = 4;

/// Shares of wholes.
#[derive(Debug, Clone, PartialEq)]
pub struct Stacked {
    /// The parts, in the order in which they are stacked.
    pub parts: Vec<String>,
    /// The wholes: label, counts by part, and what stands behind the bar.
    pub rows: Vec<(String, Vec<u64>, String)>,
    /// What the whole is, below the axis.
    pub axis: String,
}

impl Stacked {
    fn legend(&self) -> f64 {
        self.parts.len().div_ceil(ABREAST) as f64 * LEGEND + 6.0
    }

    pub(super) fn height(&self) -> f64 {
        self.legend() + self.rows.len() as f64 * ROW + 56.0
    }

    pub(super) fn paint<D: DrawingBackend>(&self, canvas: &Canvas<'_, D>, top: f64) -> Painted<D> {
        for (index, part) in self.parts.iter().enumerate() {
            let x = 24.0 + (index % ABREAST) as f64 * 206.0;
            let y = top + (index / ABREAST) as f64 * LEGEND + 8.0;
            canvas.bar((x, y - 6.0), (x + 14.0, y + 6.0), colour(index).to_rgba())?;
            canvas.text(&shortened(part, 24), (x + 21.0, y), Anchor::Left, 12.0, INK)?;
        }
        let top = top + self.legend();
        let bottom = top + self.rows.len() as f64 * ROW;
        scale(canvas, Span::around([0.0, 100.0].into_iter(), false), [LEFT, RIGHT], [top, bottom], &self.axis)?;
        for (index, (label, counts, note)) in self.rows.iter().enumerate() {
            let (y, all) = (top + (index as f64 + 0.5) * ROW, counts.iter().sum::<u64>());
            canvas.text(&shortened(label, 36), (LEFT - 12.0, y), Anchor::Right, 12.5, INK)?;
            let mut left = LEFT;
            for (part, count) in counts.iter().enumerate() {
                let width = (RIGHT - LEFT) * *count as f64 / all.max(1) as f64;
                canvas.bar((left, y - 9.0), (left + width, y + 9.0), colour(part).to_rgba())?;
                if width > 34.0 {
                    let share = format!("{:.0}", *count as f64 * 100.0 / all.max(1) as f64);
                    let ink = if is_dark(part) { WHITE } else { INK };
                    canvas.text(&share, (left + width / 2.0, y), Anchor::Middle, 11.0, ink)?;
                }
                left += width;
                canvas.line(&[(left, y - 9.0), (left, y + 9.0)], WHITE, 1.0)?;
            }
            canvas.text(note, (RIGHT + 8.0, y), Anchor::Left, 11.5, SOFT)?;
        }
        Ok(())
    }
}

/// Whether white is more legible than black on the colour of the part at `index`.
fn is_dark(index: usize) -> bool {
    let RGBColor(red, green, blue) = COLOURS[index % COLOURS.len()];
    0.299 * f64::from(red) + 0.587 * f64::from(green) + 0.114 * f64::from(blue) < 128.0
}
