//! Tables 11 and 12: exact match by whether context is available, and what methods cost.

use bench::{Metric, Split, Track};

use super::published::published_tables;
use super::table::{Pair, Table, Unit};
use super::{Source, notes_on};
use crate::board::Board;
use crate::site::SuiteTasks;

/// The method whose context divides the tasks of Table 11.
const DIVIDES: &str = "drc";

/// Exact match of each method on the tasks for which dependency-resolved context is available, and on the others.
#[derive(Debug, Clone, PartialEq)]
pub struct ByContext {
    /// Tasks with context.
    pub available: u64,
    /// Tasks without.
    pub absent: u64,
    /// By method of the board: the two means, in 0..=1; none where there is no task.
    pub means: Vec<(usize, [Option<f64>; 2])>,
}

impl ByContext {
    /// The division of `tasks`, which are of the edition at `edition` of `board`; none if no method resolved context.
    pub fn of(board: &Board, edition: usize, tasks: &SuiteTasks) -> Option<Self> {
        let places = board.places.get(edition)?;
        let of = |method: &usize| board.methods[*method].id.as_str() == DIVIDES;
        let divides = tasks.answers[places.iter().position(of)?].as_ref()?;
        let has: Vec<bool> = divides.iter().map(|answer| answer.context.unwrap_or(false)).collect();
        let count = |wanted: bool| has.iter().filter(|has| **has == wanted).count() as u64;
        let at = Metric::ALL.iter().position(|metric| *metric == Metric::ExactMatchPaper)?;
        let means = places.iter().zip(&tasks.answers).filter_map(|(method, answers)| {
            let answers = answers.as_ref()?;
            let mean = |wanted: bool| {
                let found = answers.iter().zip(&has).filter(|(_, has)| **has == wanted);
                let sum: f64 = found.map(|(answer, _)| answer.values[at]).sum();
                (count(wanted) > 0).then(|| sum / count(wanted) as f64)
            };
            Some((*method, [mean(true), mean(false)]))
        });
        Some(Self { available: count(true), absent: count(false), means: means.collect() })
    }
}

/// Table 11.
pub(super) fn availability(source: &Source<'_>) -> Table {
    let found = source.by_context;
    let row = |method: Option<usize>, title: &str, printed: [Option<f64>; 2]| {
        let ours =
            method.and_then(|method| found?.means.iter().find(|(known, _)| *known == method)).map(|(_, means)| *means);
        let ours = ours.unwrap_or_default().map(|mean| mean.map(|mean| mean * 100.0));
        (title.to_owned(), vec![Pair::new(ours[0], printed[0]), Pair::new(ours[1], printed[1])])
    };
    let mut rows: Vec<_> = published_tables()
        .availability
        .iter()
        .map(|paper| row(source.method(&paper.method), &paper.title, [Some(paper.available), Some(paper.absent)]))
        .collect();
    let known = |method: usize| {
        published_tables().availability.iter().any(|paper| source.method(&paper.method) == Some(method))
    };
    let more = found.into_iter().flat_map(|found| &found.means).filter(|(method, _)| !known(*method));
    rows.extend(more.map(|(method, _)| row(Some(*method), source.board.methods[*method].label.as_str(), [None; 2])));
    let mut notes = notes_on(source, 11, Some(Track::Static));
    notes.push(found.map_or_else(
        || "Ours needs scores of the method `drc` on CR-test.".to_owned(),
        |found| {
            let paper = &published_tables().availability_tasks;
            let [available, absent, of_paper, without] =
                [found.available, found.absent, paper.available, paper.absent].map(crate::render::number::count);
            format!(
                "Here {available} tasks have context and {absent} have none; in the paper {of_paper} and {without}."
            )
        },
    ));
    Table {
        id: "table-11",
        title: "Table 11: EM on CR-test by availability of dependency-resolved context, static track".to_owned(),
        notes,
        of: "method",
        columns: vec![("available", Unit::Percent), ("not available", Unit::Percent)],
        groups: Vec::new(),
        rows,
    }
}

/// Table 12.
pub(super) fn costs(source: &Source<'_>) -> Table {
    let suite = source
        .suite(Track::Static, Split::CrossRepoTest)
        .or_else(|| source.suite(Track::Evolution, Split::CrossRepoTest));
    let ours = |method: Option<usize>| {
        let tokens = suite.and_then(|suite| suite.rows.iter().find(|row| Some(row.method) == method)?.tokens[1]);
        let run = method.and_then(|method| source.board.methods[method].runs.first());
        let storage = run.and_then(|run| run.storage_bytes).map(|bytes| bytes as f64 / 1e6);
        [tokens, run.and_then(|run| run.adaptation_seconds), storage]
    };
    let row = |method: Option<usize>, title: &str, words: [Option<&'static str>; 3]| {
        let pairs = ours(method).into_iter().zip(words).map(|(ours, words)| Pair::worded(ours, words)).collect();
        (title.to_owned(), pairs)
    };
    let mut shown = Vec::new();
    let mut rows: Vec<(String, Vec<Pair>)> = Vec::new();
    for paper in &published_tables().cost {
        let method = source.method(&paper.method);
        shown.extend(method);
        rows.push(row(method, &paper.title, [Some(&paper.tokens), Some(&paper.time), paper.storage.as_deref()]));
    }
    let rest = (0..source.board.methods.len()).filter(|method| !shown.contains(method));
    rows.extend(rest.map(|method| row(Some(method), source.board.methods[method].label.as_str(), [None; 3])));
    Table {
        id: "table-12",
        title: "Table 12: cost beyond the base model".to_owned(),
        notes: notes_on(source, 12, None),
        of: "method",
        columns: vec![
            ("extra tokens", Unit::Decimal(1)),
            ("adaptation, seconds", Unit::Decimal(3)),
            ("storage, MB", Unit::Decimal(1)),
        ],
        groups: Vec::new(),
        rows,
    }
}
