//! Statistics of releases as a page: the tables and figures of the paper with our numbers beside its own.
//!
//! [`Report::of`] lays the numbers side by side, [`write`](Report::write) puts them on disk as `stats.json`, `stats.md`
//! and figures; [`Report::text`] is what a terminal shows. Nothing here measures.

mod figures;
mod markdown;
mod published;
mod tables;
mod text;

use std::path::{Path, PathBuf};

use bench::stats::Statistics;
use serde::Serialize;

use crate::error::Result;
use crate::paper::table::{Compared, Table};
use crate::write::write_all;
use figures::Figure;

pub(crate) use tables::tables;

pub use published::{
    Lengths, Medians, PublishedComposition, PublishedKept, PublishedPart, PublishedStatistics, Ratios, Selected,
    published_statistics,
};

/// Statistics laid out: tables and figures.
#[derive(Debug, Clone, PartialEq)]
pub struct Report<'a> {
    statistics: &'a Statistics,
    tables: Vec<Table>,
    figures: Vec<Figure>,
}

/// The file `stats.json`.
#[derive(Serialize)]
struct Document<'a> {
    /// Where the published numbers stand.
    paper: &'static str,
    /// What was measured.
    measured: &'a Statistics,
    /// Every number of every table.
    compared: Vec<Compared>,
}

impl<'a> Report<'a> {
    /// `statistics` beside the published numbers.
    pub fn of(statistics: &'a Statistics) -> Self {
        Self { statistics, tables: tables(statistics), figures: figures::figures(statistics) }
    }

    /// The tables as aligned text, for a terminal.
    pub fn text(&self) -> String {
        text::render(&self.tables)
    }

    /// The page as GitHub-flavoured Markdown, which shows the figures from their files.
    pub fn markdown(&self) -> String {
        markdown::render(self.statistics, &self.tables, &self.figures)
    }

    /// The tables of the page as a section of another one: headings of the third level, no figures.
    pub fn section(&self) -> String {
        markdown::section(self.statistics, &self.tables)
    }

    /// The numbers as JSON: what was measured, and every number of the tables.
    ///
    /// # Panics
    /// Never: statistics have a JSON form.
    pub fn json(&self) -> String {
        let document = Document {
            paper: &published_statistics().paper,
            measured: self.statistics,
            compared: self.tables.iter().flat_map(Table::compared).collect(),
        };
        serde_json::to_string_pretty(&document).expect("because statistics have a JSON form") + "\n"
    }

    /// Writes `stats.json`, `stats.md` and a file a figure into the folder `out`, which is made if need be; their
    /// paths, in this order. Each is complete or untouched; the same statistics give the same bytes.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, out: &Path) -> Result<Vec<PathBuf>> {
        let mut files = vec![("stats.json", self.json()), ("stats.md", self.markdown())];
        files.extend(self.figures.iter().map(|figure| (figure.file, figure.svg.clone())));
        write_all(out, &files)
    }
}
