//! Points and lines between two axes.

use plotters::prelude::DrawingBackend;

use super::WIDTH;
use super::axis::Span;
use super::canvas::{Anchor, Canvas, GRID, INK, Painted, SOFT, colour, shortened};
use super::forest::scale;

const LEFT: f64 = 78.0;
const RIGHT: f64 = WIDTH - 24.0;
const PLOT: f64 = 330.0;
const LEGEND: f64 = 22.0;
const ABREAST: usize = 3;

/// Points and lines between two axes.
#[derive(Debug, Clone, PartialEq)]
pub struct Xy {
    /// Below the horizontal axis.
    pub x: String,
    /// Above the vertical axis.
    pub y: String,
    /// Whether the horizontal axis is logarithmic.
    pub log: bool,
    /// What is drawn; later ones lie on earlier ones.
    pub series: Vec<Series>,
    /// Values of the horizontal axis to mark, with what they are.
    pub marks: Vec<(f64, String)>,
}

/// One series.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// Its name in the legend.
    pub label: String,
    /// Its points.
    pub points: Vec<(f64, f64)>,
    /// How it is drawn.
    pub drawn: Drawn,
    /// A name beside each point; empty for none.
    pub names: Vec<String>,
}

/// How a series is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawn {
    /// Points alone.
    Points,
    /// Points with lines between them.
    Both,
    /// A line alone.
    Line,
    /// A dashed line.
    Dashes,
}

impl Xy {
    fn legend(&self) -> f64 {
        if self.series.len() < 2 { 0.0 } else { self.series.len().div_ceil(ABREAST) as f64 * LEGEND }
    }

    pub(super) fn height(&self) -> f64 {
        self.legend() + PLOT + 88.0
    }

    pub(super) fn paint<D: DrawingBackend>(&self, canvas: &Canvas<'_, D>, top: f64) -> Painted<D> {
        self.paint_legend(canvas, top)?;
        let points = || self.series.iter().flat_map(|series| &series.points);
        let across = Span::around(points().map(|(x, _)| *x).chain(self.marks.iter().map(|(x, _)| *x)), self.log);
        let along = Span::around(points().map(|(_, y)| *y), false);
        let (top, bottom) = (top + self.legend() + 28.0, top + self.legend() + 28.0 + PLOT);
        canvas.text(&shortened(&self.y, 80), (16.0, top - 18.0), Anchor::Left, 12.0, SOFT)?;
        for (value, label) in along.ticks() {
            let y = bottom - along.place(value) * PLOT;
            canvas.line(&[(LEFT, y), (RIGHT, y)], GRID, 1.0)?;
            canvas.text(&label, (LEFT - 10.0, y), Anchor::Right, 12.0, SOFT)?;
        }
        scale(canvas, across, [LEFT, RIGHT], [top, bottom], &self.x)?;
        let place = |(x, y): (f64, f64)| (LEFT + across.place(x) * (RIGHT - LEFT), bottom - along.place(y) * PLOT);
        for (value, name) in &self.marks {
            let x = place((*value, 0.0)).0;
            canvas.dashes((x, top), (x, bottom), SOFT, 1.0)?;
            canvas.text(&shortened(name, 24), (x + 5.0, top + 9.0), Anchor::Left, 11.5, SOFT)?;
        }
        for (index, series) in self.series.iter().enumerate() {
            let finite = |point: &&(f64, f64)| point.0.is_finite() && point.1.is_finite();
            let placed: Vec<(f64, f64)> = series.points.iter().filter(finite).map(|point| place(*point)).collect();
            match series.drawn {
                Drawn::Line | Drawn::Both if placed.len() > 1 => canvas.line(&placed, colour(index), 2.0)?,
                Drawn::Dashes => {
                    for pair in placed.windows(2) {
                        canvas.dashes(pair[0], pair[1], colour(index), 1.5)?;
                    }
                }
                _ => {}
            }
            if matches!(series.drawn, Drawn::Points | Drawn::Both) {
                for (at, point) in placed.iter().enumerate() {
                    canvas.mark(*point, index, 4.0)?;
                    if let Some(name) = series.names.get(at) {
                        let left = point.0 > f64::midpoint(LEFT, RIGHT);
                        let (x, anchor) =
                            if left { (point.0 - 9.0, Anchor::Right) } else { (point.0 + 9.0, Anchor::Left) };
                        canvas.text(&shortened(name, 34), (x, point.1), anchor, 11.5, INK)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn paint_legend<D: DrawingBackend>(&self, canvas: &Canvas<'_, D>, top: f64) -> Painted<D> {
        if self.series.len() < 2 {
            return Ok(());
        }
        for (index, series) in self.series.iter().enumerate() {
            let x = 24.0 + (index % ABREAST) as f64 * 276.0;
            let y = top + (index / ABREAST) as f64 * LEGEND + 8.0;
            match series.drawn {
                Drawn::Points => canvas.mark((x + 10.0, y), index, 4.0)?,
                Drawn::Dashes => canvas.dashes((x, y), (x + 20.0, y), colour(index), 1.5)?,
                Drawn::Line => canvas.line(&[(x, y), (x + 20.0, y)], colour(index), 2.0)?,
                Drawn::Both => {
                    canvas.line(&[(x, y), (x + 20.0, y)], colour(index), 2.0)?;
                    canvas.mark((x + 10.0, y), index, 4.0)?;
                }
            }
            canvas.text(&shortened(&series.label, 34), (x + 27.0, y), Anchor::Left, 12.0, INK)?;
        }
        Ok(())
    }
}
