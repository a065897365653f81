//! The suites of a board as its pages read them: one a release and split.

use std::collections::BTreeMap;

use bench::{ComparedPart, ErrorTally, Metric, PairComparison, PaperBias, Slice, Split, SplitSummary};
use serde::Serialize;

use super::edition::Edition;
use crate::leaderboard::Suite;
use crate::render::notes::about;
use crate::text::Shown;

/// Mean, low and high end of the cluster interval; none where a number is not there.
pub type Triple = [Option<f64>; 3];

/// A suite without its slices, pairs and tasks, which are files of their own.
#[derive(Debug, Serialize)]
pub struct BoardSuite {
    /// Track and split: `static/cr_test`.
    pub key: String,
    /// Its release, by place on the board.
    pub edition: usize,
    /// The split.
    #[serde(skip)]
    pub split: Split,
    /// Name for people.
    pub title: &'static str,
    /// What its tasks are, in a line.
    pub about: &'static str,
    /// Its tasks.
    pub tasks: u64,
    /// Its repositories, if known.
    pub repos: Option<u64>,
    /// Tasks in a file of tasks.
    pub chunk: usize,
    /// The methods, best first by the first metric.
    pub rows: Vec<SuiteRow>,
    /// By metric, who can be told from whom; without metrics that were not compared.
    pub standings: BTreeMap<Metric, Standings>,
}

/// A method on a suite.
#[derive(Debug, Serialize)]
pub struct SuiteRow {
    /// The method, by place on the board.
    pub method: usize,
    /// Tasks without an answer.
    pub missing: u64,
    /// Mean tokens: read, of these context, written.
    pub tokens: [Option<f64>; 3],
    /// One a metric, in the order of [`Metric::ALL`].
    pub estimates: Vec<Triple>,
    /// The interval over tasks of the first metric, as the paper prints it.
    pub task_interval: Option<[f64; 2]>,
    /// What went wrong.
    pub errors: ErrorTally,
    /// What looking at the target did.
    pub bias: PaperBias,
}

/// Who can be told from whom.
#[derive(Debug, Serialize)]
pub struct Standings {
    /// Why nobody can, if so.
    pub undecided: Option<&'static str>,
    /// Method, possible ranks, letters.
    pub rows: Vec<Stand>,
}

/// Where a method stands.
#[derive(Debug, Serialize)]
pub struct Stand {
    /// The method, by place on the board.
    pub method: usize,
    /// Best and worst rank left open.
    pub ranks: Option<[u64; 2]>,
    /// Methods that share a letter were not found to differ.
    pub letters: Option<String>,
}

/// Two methods on a suite; the difference is `a` minus `b`.
#[derive(Debug, Serialize)]
pub struct BoardPair {
    /// One method.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// The difference of the means.
    pub difference: Option<f64>,
    /// Its interval by sign flips of repositories.
    pub interval: Option<[f64; 2]>,
    /// Its p-value after Holm's correction.
    pub p: Option<f64>,
    /// Tasks on which `a` is better.
    pub better: u64,
    /// Tasks on which `b` is better.
    pub worse: u64,
    /// Repositories on which `a` is better, worse, equal.
    pub repos: Option<[u64; 3]>,
    /// The least difference that would be found.
    pub detectable: Option<f64>,
}

/// The tasks of a suite by one property, with the estimates of every row.
#[derive(Debug, Serialize)]
pub struct BoardSlice {
    /// The property.
    pub by: Shown,
    /// Its groups.
    pub groups: Vec<BoardGroup>,
}

/// A group of tasks.
#[derive(Debug, Serialize)]
pub struct BoardGroup {
    /// Its name.
    pub name: Shown,
    /// Its tasks.
    pub tasks: u64,
    /// Its repositories.
    pub repos: u64,
    /// Whether there are too few to say much.
    pub small: bool,
    /// By row of the suite and metric; none where a row lacks the group.
    pub rows: Vec<Option<Vec<Triple>>>,
}

/// The suite `suite` of `edition`, whose entrants are the methods `methods`.
pub(super) fn suite(place: usize, edition: &Edition, suite: &Suite, methods: &[usize], chunk: usize) -> BoardSuite {
    let rows = suite.rows.iter().filter_map(|row| {
        let part = part(edition, row.method, suite.split)?;
        let estimates = row.cells.iter().map(|cell| triple(cell.mean, cell.cluster)).collect();
        Some(SuiteRow {
            method: methods[row.method],
            missing: row.missing,
            tokens: [row.prompt_tokens, row.context_tokens, part.tokens.new.filter(|n| (0.0..=1e9).contains(n))],
            estimates,
            task_interval: row.cells.first().and_then(|cell| cell.tasks),
            errors: part.errors.clone(),
            bias: part.paper_bias,
        })
    });
    BoardSuite {
        key: key(edition, suite.split),
        edition: place,
        split: suite.split,
        title: suite.split.title(),
        about: about(suite.split),
        tasks: suite.tasks,
        repos: suite.repos,
        chunk,
        rows: rows.collect(),
        standings: wholes(edition, suite.split)
            .map(|found| (found.metric, standings(edition, found, methods)))
            .collect(),
    }
}

/// The name of the suite of `split`: track and split.
pub(crate) fn key(edition: &Edition, split: Split) -> String {
    format!("{}/{split}", edition.context.track)
}

/// What was scored of the entrant at `at` on `split`.
pub(super) fn part(edition: &Edition, at: usize, split: Split) -> Option<&SplitSummary> {
    edition.entrants[at].summary.splits.iter().find(|part| part.split == split)
}

fn triple(mean: Option<f64>, cluster: Option<[f64; 2]>) -> Triple {
    let [low, high] = cluster.map_or([None; 2], |ends| ends.map(Some));
    [mean, low, high]
}

/// The comparisons on the whole of `split`, one a metric.
fn wholes(edition: &Edition, split: Split) -> impl Iterator<Item = &ComparedPart> {
    let parts = edition.comparison.iter().flat_map(|file| &file.parts);
    parts.filter(move |part| part.split == split && part.by == "all")
}

fn standings(edition: &Edition, part: &ComparedPart, methods: &[usize]) -> Standings {
    let stand = |standing: &bench::Standing| {
        let method = methods[edition.compared(&standing.method)?];
        Some(Stand { method, ranks: standing.ranks, letters: standing.letters.clone() })
    };
    Standings {
        undecided: part.comparison.undecided.map(bench::Absence::reason),
        rows: part.comparison.standings.iter().filter_map(stand).collect(),
    }
}

/// All pairs of methods on `split`, by metric.
pub(super) fn pairs(edition: &Edition, split: Split, methods: &[usize]) -> BTreeMap<Metric, Vec<BoardPair>> {
    let pair = |(index, pair): (usize, &PairComparison), part: &ComparedPart| {
        let [a, b] = [&pair.a, &pair.b].map(|name| edition.compared(name).map(|at| methods[at]));
        Some(BoardPair {
            a: a?,
            b: b?,
            difference: pair.difference,
            interval: pair.cluster,
            p: pair.p_adjusted,
            better: pair.a_better,
            worse: pair.b_better,
            repos: part.repos.get(index).map(|tally| [tally.better, tally.worse, tally.equal]),
            detectable: pair.detectable,
        })
    };
    let of = |part: &ComparedPart| {
        part.comparison.pairs.iter().enumerate().filter_map(|found| pair(found, part)).collect::<Vec<_>>()
    };
    wholes(edition, split).map(|part| (part.metric, of(part))).collect()
}

/// Every slicing of `suite`, in the order of the score files.
pub(super) fn slices(edition: &Edition, suite: &Suite) -> Vec<BoardSlice> {
    let parts: Vec<&SplitSummary> =
        suite.rows.iter().filter_map(|row| part(edition, row.method, suite.split)).collect();
    let mut order: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut known: BTreeMap<&str, BTreeMap<&str, Vec<Option<&Slice>>>> = BTreeMap::new();
    for (row, part) in parts.iter().enumerate() {
        for slice in part.slices.iter().filter(|slice| slice.by != "all") {
            let groups = known.entry(&slice.by).or_insert_with(|| {
                order.push((&slice.by, Vec::new()));
                BTreeMap::new()
            });
            let rows = groups.entry(&slice.group).or_insert_with(|| {
                let members = order.iter_mut().find(|(by, _)| *by == slice.by);
                members.expect("because it was put there first").1.push(&slice.group);
                vec![None; parts.len()]
            });
            rows[row] = Some(slice);
        }
    }
    let group = |by: &str, name: &&str| {
        let rows = &known[by][name];
        let found = || rows.iter().flatten();
        let estimates = |slice: &Slice| {
            let of = |metric: &Metric| {
                let estimate = slice.estimates.iter().find(|estimate| estimate.metric == *metric);
                triple(estimate.and_then(|e| e.mean), estimate.and_then(|e| e.cluster))
            };
            Metric::ALL.iter().map(of).collect()
        };
        BoardGroup {
            name: Shown::name(name),
            tasks: found().map(|slice| slice.tasks).max().unwrap_or(0),
            repos: found().map(|slice| slice.repos).max().unwrap_or(0),
            small: found().any(|slice| slice.small),
            rows: rows.iter().map(|slice| slice.map(estimates)).collect(),
        }
    };
    order
        .iter()
        .map(|(by, names)| BoardSlice {
            by: Shown::name(by),
            groups: names.iter().map(|name| group(by, name)).collect(),
        })
        .collect()
}
