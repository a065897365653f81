//! The paper's tables from our data: each number of ours beside the published one, with the difference, and with a note
//! where the two are known not to be comparable.
//!
//! [`PaperTables`] decides what the tables say; [`latex`], [`csv`] and [`markdown`] print them, all with the decimals of
//! [`table::Unit`], so that every format holds the same numbers.

mod costs;
mod csv;
mod latex;
pub(crate) mod markdown;
pub(crate) mod published;
mod results;
mod settings;
pub(crate) mod table;

use std::path::{Path, PathBuf};

use bench::stats::{Part, STATISTICS_FORMAT, Statistics};
use bench::{Metric, Split, Track};

pub use costs::ByContext;
pub(crate) use settings::SCALED;
pub use table::Compared;

use crate::board::{Board, BoardSuite};
use crate::error::Result;
use crate::published::published;
use crate::statistics::tables as statistics_tables;
use crate::write::write_bytes;
use table::Table;

/// What the tables are made of.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The board.
    pub board: &'a Board,
    /// What its releases hold; without it Tables 1, 5, 6 and 7 have no numbers of ours.
    pub statistics: Option<&'a Statistics>,
    /// CR-test of the static track by availability of context.
    pub by_context: Option<&'a ByContext>,
}

/// Tables 1 to 12 with our numbers.
#[derive(Debug)]
pub struct PaperTables {
    tables: Vec<Table>,
}

impl PaperTables {
    /// The tables of `source`, in the order of the paper.
    pub fn of(source: &Source<'_>) -> Self {
        let [first, fifth, sixth, seventh] = data(source.statistics);
        let mut tables = vec![first];
        tables.extend(results::tables(source));
        tables.extend([fifth, sixth, seventh]);
        tables.extend([settings::retrieval(source), settings::training(source), settings::scaling(source)]);
        tables.extend([costs::availability(source), costs::costs(source)]);
        Self { tables }
    }

    /// Every number of every table.
    pub fn compared(&self) -> Vec<Compared> {
        self.tables.iter().flat_map(Table::compared).collect()
    }

    /// The files of the tables, name and text: for each its LaTeX, Markdown and CSV; then `tables.md`, all of them, and
    /// `tables.tex`, a document of all of them.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        for table in &self.tables {
            files.push((format!("{}.tex", table.id), latex::table(table)));
            files.push((format!("{}.md", table.id), markdown::page(table)));
            files.push((format!("{}.csv", table.id), csv::table(table)));
        }
        files.push(("tables.md".to_owned(), markdown::all(&self.tables, &published().paper)));
        files.push(("tables.tex".to_owned(), latex::document(&self.tables)));
        files
    }

    /// Writes the files into the folder `out`, which is made if need be; their paths.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, out: &Path) -> Result<Vec<PathBuf>> {
        let files: Vec<_> = self.files().into_iter().map(|(name, text)| (name, text.into_bytes())).collect();
        write_bytes(out, &files)
    }
}

/// Tables 1, 5, 6 and 7.
fn data(statistics: Option<&Statistics>) -> [Table; 4] {
    let empty =
        Statistics { format: STATISTICS_FORMAT, releases: Vec::new(), parts: Vec::new(), tokens: None, commits: None };
    let all = statistics_tables(statistics.unwrap_or(&empty));
    let find = |id: &str| all.iter().find(|table| table.id == id).expect("because statistics always make this table");
    let fifth =
        Table { title: "Table 5: repositories, commits and tasks of every part".to_owned(), ..find("table-5").clone() };
    let [mut first, sixth, mut seventh] = [fifth.clone(), find("table-6").clone(), find("table-7").clone()];
    // Table 1 has the counts and the last ratio, and not the static view of repositories that came after the cut-off.
    let kept = [0, 1, 2, 5];
    (first.id, first.title) = ("table-1", "Table 1: repositories, commits and tasks".to_owned());
    first.columns = kept.map(|at| first.columns[at]).into();
    first.rows.retain(|(name, _)| name != Part::StaticOod.title());
    first.rows.iter_mut().for_each(|(_, pairs)| *pairs = kept.map(|at| pairs[at]).into());
    if statistics.is_none() {
        seventh.notes.remove(0);
    }
    [first, fifth, sixth, seventh]
}

/// What must be known to compare table `number`: whether the release is the published one, and what the notes say.
fn notes_on(source: &Source<'_>, number: u32, track: Option<Track>) -> Vec<String> {
    let edition = source.board.editions.iter().find(|edition| track.is_none_or(|track| edition.track == track));
    let mut notes = Vec::new();
    match (edition, track) {
        (Some(edition), _) => {
            notes.extend(edition.differences.iter().map(|difference| format!("Not comparable: {difference}")));
        }
        (None, Some(track)) => notes.push(format!("No method of this board was scored on the {track} track.")),
        (None, None) => {}
    }
    notes.extend(published::notes(number).into_iter().map(|note| {
        let title =
            note.method.as_deref().and_then(|method| published().results.iter().find(|row| row.method == method));
        let of = title.map_or_else(String::new, |row| format!("{}: ", row.title));
        format!("{of}{} ({})", note.text, note.rule)
    }));
    notes
}

impl Source<'_> {
    /// The suite of `split` of `track`, if it was scored.
    fn suite(&self, track: Track, split: Split) -> Option<&BoardSuite> {
        let of = |suite: &&BoardSuite| self.board.editions[suite.edition].track == track && suite.split == split;
        self.board.suites.iter().find(of)
    }

    /// The method whose id is `id`, if there is just one.
    fn method(&self, id: &str) -> Option<usize> {
        let mut found = (0..self.board.methods.len()).filter(|at| self.board.methods[*at].id.as_str() == id);
        let method = found.next()?;
        found.next().is_none().then_some(method)
    }

    /// The mean of `metric` of `method` on a suite, in 0..=1.
    fn mean(&self, track: Track, split: Split, method: usize, metric: Metric) -> Option<f64> {
        let at = Metric::ALL.iter().position(|known| *known == metric)?;
        self.suite(track, split)?.rows.iter().find(|row| row.method == method)?.estimates[at][0]
    }

    /// The number that the setting `name` of `method` holds, on the first release that states one.
    fn setting(&self, method: usize, name: &str) -> Option<f64> {
        self.board.methods[method].setting(name)
    }

    /// Numbers of training repositories and exact match on CR-test of the static track, of the methods that state them.
    fn scaling(&self) -> Vec<(u64, f64)> {
        scaling(self.board)
    }
}

/// The methods of `suites`, in the order of the first that has them.
fn methods_of(suites: &[Option<&BoardSuite>]) -> Vec<usize> {
    let mut methods = Vec::new();
    for row in suites.iter().flatten().flat_map(|suite| &suite.rows) {
        if !methods.contains(&row.method) {
            methods.push(row.method);
        }
    }
    methods
}

/// Numbers of training repositories and exact match (0..=1) on CR-test of the static track, of methods that state them.
pub(crate) fn scaling(board: &Board) -> Vec<(u64, f64)> {
    let source = Source { board, statistics: None, by_context: None };
    let point = |method: usize| {
        let count =
            source.setting(method, SCALED).filter(|count| (1.0..=1e9).contains(count) && count.fract() == 0.0)?;
        let mean = source.mean(Track::Static, Split::CrossRepoTest, method, Metric::ExactMatchPaper)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number up to 10⁹")]
        Some((count as u64, mean))
    };
    let mut points: Vec<(u64, f64)> = (0..board.methods.len()).filter_map(point).collect();
    points.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points
}
