//! Plots as files: what they show is data, painting is that of one canvas, and a plot is the same as SVG and as PNG.
//!
//! Text is measured and painted with one font that comes with the program, so that a plot has the same bytes on every
//! machine. Foreign text must have been made printable before.

mod axis;
mod canvas;
mod forest;
mod matrix;
mod png;
mod spread;
mod stacked;
mod xy;

use plotters::prelude::*;

use canvas::{Anchor, Canvas, INK, Painted};

pub use matrix::Matrix;
pub use spread::Spread;
pub(crate) use spread::quantile;
pub use stacked::Stacked;
pub use xy::{Drawn, Series, Xy};

/// Width of a plot.
const WIDTH: f64 = 860.0;
/// Height of its title.
const TITLE: f64 = 44.0;
/// Pixels of a PNG for each of the plot: enough for print at the width of a page.
const PNG_SCALE: f64 = 2.0;
/// Height of a plot at most; what is lower is not shown.
const MAX_HEIGHT: f64 = 6_000.0;

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub struct Plot {
    /// The name of its files, without ending.
    pub id: String,
    /// What it shows, above it.
    pub title: String,
    /// What must be known to read it, a sentence each.
    pub notes: Vec<String>,
    /// What is drawn.
    pub kind: Kind,
}

/// What a plot draws.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// Means and intervals, a row each: its label, the mean, and the ends of the interval if there is one.
    Forest {
        /// What is measured, below the axis.
        axis: String,
        /// The rows, from above.
        rows: Vec<(String, f64, Option<[f64; 2]>)>,
    },
    /// Differences of all pairs.
    Matrix(Matrix),
    /// Shares of wholes.
    Stacked(Stacked),
    /// Distributions.
    Spread(Spread),
    /// Points and lines between two axes.
    Xy(Xy),
}

impl Plot {
    /// The plot as an SVG file.
    ///
    /// # Panics
    /// Never: painting into memory cannot fail.
    pub fn svg(&self) -> String {
        let mut text = String::new();
        {
            let area = SVGBackend::with_string(&mut text, self.pixels(1.0)).into_drawing_area();
            paint(self, &Canvas { area: &area, scale: 1.0 }).expect("because a string takes every text");
            area.present().expect("because a string takes every text");
        }
        text
    }

    /// The plot as a PNG file, twice as large.
    ///
    /// # Panics
    /// Never: painting into memory cannot fail.
    pub fn png(&self) -> Vec<u8> {
        let (width, height) = self.pixels(PNG_SCALE);
        let mut pixels = vec![0_u8; width as usize * height as usize * 3];
        {
            let area = BitMapBackend::with_buffer(&mut pixels, (width, height)).into_drawing_area();
            paint(self, &Canvas { area: &area, scale: PNG_SCALE }).expect("because memory takes every pixel");
            area.present().expect("because memory takes every pixel");
        }
        png::encode(&pixels, width, height)
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "plots have a few thousand pixels")]
    fn pixels(&self, scale: f64) -> (u32, u32) {
        let pixels = |length: f64| (length * scale).round() as u32;
        (pixels(WIDTH), pixels((TITLE + self.kind.height()).min(MAX_HEIGHT)))
    }
}

impl Kind {
    /// Its height, title aside.
    fn height(&self) -> f64 {
        match self {
            Self::Forest { rows, .. } => forest::height(rows.len()),
            Self::Matrix(matrix) => matrix.height(),
            Self::Stacked(stacked) => stacked.height(),
            Self::Spread(spread) => spread.height(),
            Self::Xy(xy) => xy.height(),
        }
    }
}

fn paint<D: DrawingBackend>(plot: &Plot, canvas: &Canvas<'_, D>) -> Painted<D> {
    canvas.area.fill(&WHITE)?;
    canvas.text(&canvas::shortened(&plot.title, 92), (16.0, TITLE / 2.0 + 1.0), Anchor::Left, 16.0, INK)?;
    match &plot.kind {
        Kind::Forest { axis, rows } => forest::paint(canvas, axis, rows, TITLE),
        Kind::Matrix(matrix) => matrix.paint(canvas, TITLE),
        Kind::Stacked(stacked) => stacked.paint(canvas, TITLE),
        Kind::Spread(spread) => spread.paint(canvas, TITLE),
        Kind::Xy(xy) => xy.paint(canvas, TITLE),
    }
}
