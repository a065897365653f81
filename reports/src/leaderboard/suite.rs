//! One suite of a leaderboard: the rows of one split in their order, and its slices.

use std::cmp::Ordering;

use bench::{BUILT_IN_SLICES, Estimate, Metric, Need, Slice, Split, SplitSummary, Summary};

use super::HEADLINE;
use crate::context::Context;
use crate::render::number;
use crate::text::Shown;

/// Mean tokens above which a cost is not believed.
const MAX_TOKENS: f64 = 1e9;
/// Groups that a table shows side by side; properties with more are left to the score files.
const MAX_GROUPS: usize = 8;
/// The built-in properties that a page shows; the others are in the score files.
const SHOWN_SLICES: [&str; 6] = ["need", "family", "target_type", "target_chars", "context", "leaks"];

/// The results of one split.
#[derive(Debug)]
pub struct Suite {
    /// The split.
    pub split: Split,
    /// Its tasks; every row counts all of them (S82).
    pub tasks: u64,
    /// Its repositories, if known.
    pub repos: Option<u64>,
    /// The methods, best first.
    pub rows: Vec<Row>,
    /// The slicings of its tasks.
    pub groupings: Vec<Grouping>,
}

/// One method on one split.
#[derive(Debug)]
pub struct Row {
    /// Index of the method in [`super::Leaderboard::methods`].
    pub method: usize,
    /// One cell a metric, in the order of [`Metric::ALL`].
    pub cells: Vec<Cell>,
    /// Where it stands against the best row by [`HEADLINE`].
    pub standing: Standing,
    /// Tasks without an answer, counted as wrong (S117).
    pub missing: u64,
    /// Mean tokens read, if known.
    pub prompt_tokens: Option<f64>,
    /// Mean tokens of repository context read, if known.
    pub context_tokens: Option<f64>,
}

/// One number of a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell {
    /// What was measured.
    pub metric: Metric,
    /// The mean over tasks, in 0..=1.
    pub mean: Option<f64>,
    /// The interval from resampling repositories (S80).
    pub cluster: Option<[f64; 2]>,
    /// The interval from resampling tasks, as published (S75).
    pub tasks: Option<[f64; 2]>,
    /// Whether no other row has a higher mean, and some row a lower one.
    pub best: bool,
}

/// How a row relates to the best row of its suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no other row.
    Alone,
    /// It has the highest mean.
    Best,
    /// Its interval overlaps that of the best row: intervals alone do not separate the two.
    NotSeparable,
    /// Its interval lies below that of the best row.
    Behind,
    /// An interval is missing, so nothing can be said.
    Unknown,
}

/// The tasks of a suite by one property.
#[derive(Debug)]
pub struct Grouping {
    /// The property as score files name it: `need`, `family`.
    pub by: Shown,
    /// Its groups, in the order of the score files.
    pub groups: Vec<Group>,
}

/// The tasks of a suite that share a property.
#[derive(Debug)]
pub struct Group {
    /// Its name.
    pub name: Shown,
    /// Its tasks by row of the suite, none where a row lacks the group: how a row was asked may be its own group.
    pub tasks: Vec<u64>,
    /// Its repositories.
    pub repos: u64,
    /// What a guess from the vocabulary would score by [`HEADLINE`], if known.
    pub chance: Option<f64>,
    /// The [`HEADLINE`] of each row of the suite, none where a row lacks the group.
    pub cells: Vec<Option<Cell>>,
}

impl Row {
    /// The cell of `metric`; without numbers if it was not measured.
    pub fn cell(&self, metric: Metric) -> Cell {
        self.cells.iter().copied().find(|cell| cell.metric == metric).unwrap_or_else(|| Cell::new(metric, None))
    }
}

impl Cell {
    fn new(metric: Metric, estimates: Option<&[Estimate]>) -> Self {
        let found = estimates.and_then(|estimates| estimates.iter().find(|estimate| estimate.metric == metric));
        Self {
            metric,
            mean: found.and_then(|estimate| estimate.mean),
            cluster: found.and_then(|estimate| estimate.cluster),
            tasks: found.and_then(|estimate| estimate.tasks),
            best: false,
        }
    }
}

impl Suite {
    /// A sentence for each grouping whose parts do not add up to the whole (S94), row by row: what a row was asked with may
    /// be its own group.
    pub(super) fn uneven_groupings(&self) -> impl Iterator<Item = String> {
        self.groupings.iter().filter_map(|grouping| {
            let sum = (0..self.rows.len()).map(|row| grouping.tasks(row)).find(|sum| *sum != self.tasks)?;
            let (sum, tasks) = (number::count(sum), number::count(self.tasks));
            Some(format!("The groups by {} of {} hold {sum} of {tasks} tasks.", grouping.by, self.split.title()))
        })
    }
}

impl Grouping {
    /// The tasks of the groups that `row` has.
    fn tasks(&self, row: usize) -> u64 {
        self.groups.iter().filter_map(|group| group.tasks.get(row)).fold(0, |sum, tasks| sum.saturating_add(*tasks))
    }
}

impl Group {
    /// How many tasks it has, in words; where rows differ, at most.
    pub fn size(&self) -> String {
        let counts = || self.tasks.iter().zip(&self.cells).filter(|(_, cell)| cell.is_some()).map(|(tasks, _)| *tasks);
        let most = counts().max().unwrap_or(0);
        let limit = if counts().all(|tasks| tasks == most) { "" } else { "up to " };
        format!("{limit}{}", number::tasks(most))
    }
}

/// The suite of `split`, or none if no summary has it. Methods are named by their index in `summaries`.
pub(super) fn suite(split: Split, summaries: &[&Summary], context: &Context) -> Option<Suite> {
    let mut scored: Vec<(usize, &SplitSummary)> = summaries
        .iter()
        .enumerate()
        .filter_map(|(index, summary)| Some((index, summary.splits.iter().find(|part| part.split == split)?)))
        .collect();
    scored
        .sort_by(|left, right| higher_first(headline_mean(left.1), headline_mean(right.1)).then(left.0.cmp(&right.0)));
    let mut rows: Vec<Row> =
        scored.iter().map(|&(method, part)| row(method, summaries[method], part, context)).collect();
    mark_best(&mut rows);
    mark_standing(&mut rows);
    let &(_, first) = scored.first()?;
    let repos = whole(first).map(|slice| slice.repos);
    Some(Suite {
        split,
        tasks: first.tasks,
        repos: context.splits.iter().find(|facts| facts.split == split).map(|facts| facts.repos).or(repos),
        rows,
        groupings: groupings(&scored, context),
    })
}

fn row(method: usize, summary: &Summary, part: &SplitSummary, context: &Context) -> Row {
    let estimates = whole(part).map(|slice| slice.estimates.as_slice());
    let cost = context.costs.iter().find(|cost| cost.split == part.split && cost.predictions == summary.predictions);
    let believed = |tokens: f64| (0.0..=MAX_TOKENS).contains(&tokens).then_some(tokens);
    Row {
        method,
        cells: Metric::ALL.iter().map(|&metric| Cell::new(metric, estimates)).collect(),
        standing: Standing::Unknown,
        missing: part.missing,
        prompt_tokens: cost.and_then(|cost| cost.prompt_tokens).and_then(believed),
        context_tokens: cost.and_then(|cost| cost.context_tokens).and_then(believed),
    }
}

fn whole(part: &SplitSummary) -> Option<&Slice> {
    part.slices.iter().find(|slice| slice.by == "all")
}

fn headline_mean(part: &SplitSummary) -> Option<f64> {
    Cell::new(HEADLINE, whole(part).map(|slice| slice.estimates.as_slice())).mean
}

fn higher_first(left: Option<f64>, right: Option<f64>) -> Ordering {
    right.unwrap_or(-1.0).total_cmp(&left.unwrap_or(-1.0))
}

fn mark_best(rows: &mut [Row]) {
    for column in 0..Metric::ALL.len() {
        let means: Vec<f64> = rows.iter().filter_map(|row| row.cells[column].mean).collect();
        let high = means.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let contested = means.iter().any(|mean| *mean < high);
        for row in rows.iter_mut() {
            row.cells[column].best = contested && row.cells[column].mean == Some(high);
        }
    }
}

fn mark_standing(rows: &mut [Row]) {
    let Some(best) = rows.first().map(|row| row.cell(HEADLINE)) else { return };
    let alone = rows.len() == 1;
    for row in rows {
        let cell = row.cell(HEADLINE);
        row.standing = match (cell.mean, cell.cluster, best.cluster) {
            _ if alone => Standing::Alone,
            (Some(mean), ..) if Some(mean) == best.mean => Standing::Best,
            (Some(_), Some([_, high]), Some([low, _])) if high < low => Standing::Behind,
            (Some(_), Some(_), Some(_)) => Standing::NotSeparable,
            _ => Standing::Unknown,
        };
    }
}

fn groupings(scored: &[(usize, &SplitSummary)], context: &Context) -> Vec<Grouping> {
    // Score files list properties and groups in their order; what only a later file has comes last.
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for slice in scored.iter().flat_map(|(_, part)| &part.slices).filter(|slice| is_shown(&slice.by)) {
        let at = groups.iter().position(|(by, _)| *by == slice.by).unwrap_or(groups.len());
        if at == groups.len() {
            groups.push((&slice.by, Vec::new()));
        }
        if !groups[at].1.contains(&&*slice.group) {
            groups[at].1.push(&slice.group);
        }
    }
    groups.retain(|(_, members)| members.len() <= MAX_GROUPS);
    groups
        .into_iter()
        .map(|(by, members)| {
            let chance = |member: &str| member.parse::<Need>().ok().filter(|_| by == "need");
            let level = |member: &str| chance(member).and_then(|need| context.chance.get(&need)).copied();
            let groups = members.into_iter().map(|member| group(by, member, level(member), scored)).collect();
            Grouping { by: Shown::name(by), groups }
        })
        .collect()
}

/// Whether a page shows slices by `by`: a few built-in properties, and all of the user's own.
fn is_shown(by: &str) -> bool {
    SHOWN_SLICES.contains(&by) || !BUILT_IN_SLICES.contains(&by)
}

fn group(by: &str, member: &str, chance: Option<f64>, scored: &[(usize, &SplitSummary)]) -> Group {
    let find = |part: &'_ SplitSummary| part.slices.iter().position(|slice| slice.by == by && slice.group == member);
    let slices: Vec<Option<&Slice>> = scored.iter().map(|(_, part)| find(part).map(|at| &part.slices[at])).collect();
    Group {
        name: Shown::name(member),
        tasks: slices.iter().map(|slice| slice.map_or(0, |slice| slice.tasks)).collect(),
        repos: slices.iter().flatten().map(|slice| slice.repos).max().unwrap_or(0),
        chance: chance.filter(|level| (0.0..=1.0).contains(level)),
        cells: slices.iter().map(|slice| slice.map(|slice| Cell::new(HEADLINE, Some(&slice.estimates)))).collect(),
    }
}
