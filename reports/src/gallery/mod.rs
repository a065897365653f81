//! The figures of a board: which there are, and what each shows. Those of the paper bear its numbers; the others are ours.

mod data;
mod repositories;
mod suites;
mod training;

use std::collections::BTreeMap;
use std::path::Path;

use bench::stats::Statistics;
use bench::{RepoId, TrainingStep};
use serde::Serialize;

use crate::board::{Board, Edition};
use crate::error::Result;
use crate::plot::Plot;
use crate::text::Shown;
use crate::write::write_bytes;

/// What figures are made of besides the board.
#[derive(Debug, Clone, Copy)]
pub struct Sources<'a> {
    /// The board.
    pub board: &'a Board,
    /// The releases of the board.
    pub editions: &'a [Edition],
    /// What the releases hold; without it there are no Figures 2 and 3.
    pub statistics: Option<&'a Statistics>,
    /// Training tasks of the repositories of the static track; without them there is no Figure 7.
    pub training_tasks: &'a BTreeMap<RepoId, u64>,
    /// What training runs recorded, by name.
    pub curves: &'a [(String, Vec<TrainingStep>)],
    /// The curves of Figures 7 and 8.
    pub fits: Fits,
}

/// How lines are fitted through points (number, exact match in percent).
#[derive(Debug, Clone, Copy)]
pub struct Fits {
    /// Exact match = slope · ln number + intercept.
    pub logarithm: fn(&[(f64, f64)]) -> Option<Line>,
    /// ln(100 − exact match) = slope · ln number + intercept.
    pub power: fn(&[(f64, f64)]) -> Option<Line>,
}

/// A line through points, by least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// Its slope.
    pub slope: f64,
    /// Its value at 0.
    pub intercept: f64,
    /// The share of variance that it explains.
    pub r_squared: f64,
}

/// A figure as pages list it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// What it shows.
    pub title: Shown,
    /// What must be known to read it.
    pub notes: Vec<Shown>,
    /// The path of its SVG from the page.
    pub svg: String,
    /// The path of its PNG.
    pub png: String,
}

/// Every figure that `sources` have the numbers for: those of the paper in its order, then ours.
pub fn plots(sources: &Sources<'_>) -> Vec<Plot> {
    let mut plots = Vec::new();
    plots.extend(sources.statistics.into_iter().flat_map(data::plots));
    plots.extend(repositories::spread(sources));
    plots.extend(repositories::by_size(sources));
    plots.extend(training::scaling(sources));
    plots.extend(suites::positions(sources));
    plots.extend(suites::failures(sources));
    plots.extend(suites::forests(sources));
    plots.extend(suites::matrices(sources));
    plots.extend(suites::costs(sources));
    plots.extend(training::curves(sources));
    plots
}

/// Writes `plots` into the folder `out` as SVG and PNG; `prefix` is its path from the page. How pages list them.
///
/// # Errors
/// If a file cannot be written.
pub fn write(plots: &[Plot], out: &Path, prefix: &str) -> Result<Vec<Listed>> {
    let mut files = Vec::new();
    for plot in plots {
        files.push((format!("{}.svg", plot.id), plot.svg().into_bytes()));
        files.push((format!("{}.png", plot.id), plot.png()));
    }
    write_bytes(out, &files)?;
    Ok(plots.iter().map(|plot| listed(plot, prefix)).collect())
}

fn listed(plot: &Plot, prefix: &str) -> Listed {
    Listed {
        title: Shown::sentence(&plot.title),
        notes: plot.notes.iter().map(|note| Shown::sentence(note)).collect(),
        svg: format!("{prefix}/{}.svg", plot.id),
        png: format!("{prefix}/{}.png", plot.id),
    }
}

impl Sources<'_> {
    /// The label of the method at `index`.
    fn label(&self, index: usize) -> String {
        self.board.methods[index].label.to_string()
    }
}
