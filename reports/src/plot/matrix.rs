//! Differences of all pairs of methods, a row minus a column.

use plotters::prelude::*;

use super::WIDTH;
use super::canvas::{Anchor, Canvas, INK, Painted, SOFT, shortened};

const LEFT: f64 = 230.0;
const MOST_CELL: f64 = 62.0;
const HEAD: f64 = 28.0;

/// Differences of all pairs.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    /// The methods, in the order of rows and columns.
    pub names: Vec<String>,
    /// A row's difference to a column and whether it was found to be one; none on the diagonal and where nothing is known.
    pub cells: Vec<Vec<Option<(f64, bool)>>>,
    /// What differs, below the plot.
    pub unit: String,
}

impl Matrix {
    fn cell(&self) -> f64 {
        ((WIDTH - LEFT - 16.0) / self.names.len().max(1) as f64).min(MOST_CELL)
    }

    fn row(&self) -> f64 {
        self.cell().clamp(14.0, 32.0)
    }

    pub(super) fn height(&self) -> f64 {
        HEAD + self.row() * self.names.len() as f64 + 44.0
    }

    pub(super) fn paint<D: DrawingBackend>(&self, canvas: &Canvas<'_, D>, top: f64) -> Painted<D> {
        let (cell, row) = (self.cell(), self.row());
        let most = self.cells.iter().flatten().flatten().map(|(value, _)| value.abs()).fold(1e-9, f64::max);
        let top = top + HEAD;
        for (index, name) in self.names.iter().enumerate() {
            let number = (index + 1).to_string();
            let y = top + (index as f64 + 0.5) * row;
            let label = format!("{}  {number}", shortened(name, 28));
            canvas.text(&label, (LEFT - 8.0, y), Anchor::Right, 12.5, INK)?;
            let x = LEFT + (index as f64 + 0.5) * cell;
            canvas.text(&number, (x, top - 12.0), Anchor::Middle, 12.5, INK)?;
        }
        for (line, cells) in self.cells.iter().enumerate() {
            for (column, found) in cells.iter().enumerate() {
                let (x, y) = (LEFT + column as f64 * cell, top + line as f64 * row);
                let colour = found.map_or(RGBColor(244, 242, 238), |(value, _)| tint(value / most));
                canvas.bar((x + 1.0, y + 1.0), (x + cell - 1.0, y + row - 1.0), colour.to_rgba())?;
                if let Some((value, different)) = found
                    && cell >= 34.0
                {
                    let text = format!("{value:+.1}{}", if *different { "*" } else { "" });
                    let ink = if (value / most).abs() > 0.6 { WHITE } else { INK };
                    canvas.text(&text, (x + cell / 2.0, y + row / 2.0), Anchor::Middle, 11.5, ink)?;
                }
            }
        }
        let note = format!("{}: row minus column; *: found to differ", self.unit);
        let bottom = top + row * self.names.len() as f64;
        canvas.text(&shortened(&note, 100), (LEFT, bottom + 22.0), Anchor::Left, 12.0, SOFT)
    }
}

/// Blue for more, orange for less; paler for smaller. `share` is in -1..=1.
fn tint(share: f64) -> RGBColor {
    let full = if share >= 0.0 { (0, 94, 158) } else { (184, 78, 0) };
    let share = share.abs().min(1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is in 0..=255")]
    let mix = |channel: u8| (255.0 + (f64::from(channel) - 255.0) * share).round() as u8;
    RGBColor(mix(full.0), mix(full.1), mix(full.2))
}
