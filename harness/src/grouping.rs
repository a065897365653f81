//! The ways in which tasks are divided into slices. Every one is a partition: a task is in exactly one group (S94).

mod commits;
mod lengths;

use std::collections::BTreeMap;

use bench::leaks::Leak;
use bench::{AnalysisDifficulty, AssertionKind, Difficulty, Family, Need, RepoId, TargetType, TaskScore};

/// Tasks by one property: groups in their order, each with the places of its rows, ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grouping {
    /// The property, as score files name it.
    pub by: String,
    /// The groups. Only groups of commit positions may be without rows.
    pub groups: Vec<(String, Vec<usize>)>,
}

/// The leaks that divide tasks; the others are finer or rare, and in the score files.
const SLICED: [Leak; 6] = [
    Leak::TargetInPrefix,
    Leak::TargetInSources,
    Leak::TargetInDiff,
    Leak::LineInTraining,
    Leak::RepeatedInTraining,
    Leak::NearDuplicate,
];

/// The group of tasks whose property is not known.
pub(crate) const UNKNOWN: &str = "unknown";

/// Every grouping of `rows`, tasks of one split, that says something; the user's own last.
///
/// Properties that no row has are left out, and so are yes-or-no properties that all rows answer alike, except for
/// leaks, where silence could be taken for an answer.
pub fn groupings(rows: &[&TaskScore]) -> Vec<Grouping> {
    if rows.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut add = |by: &str, ranked: &dyn Fn(&TaskScore) -> (usize, String)| found.push(partition(by, rows, ranked));
    if rows.iter().any(|row| row.facts.need.is_some()) {
        add("need", &|row| member(row.facts.need, Need::ALL, Need::name));
    }
    add("family", &|row| member(Some(row.facts.kind.family()), Family::ALL, Family::name));
    add("kind", &|row| member(Some(row.facts.kind), AssertionKind::ALL, AssertionKind::name));
    add("target_type", &|row| member(row.facts.target_type, TargetType::ALL, TargetType::name));
    add("difficulty", &|row| member(Some(row.facts.difficulty), Difficulty::ALL, Difficulty::name));
    add("analysis_difficulty", &|row| {
        let tier = AnalysisDifficulty::of(&row.reference);
        member(Some(tier), AnalysisDifficulty::ALL, AnalysisDifficulty::name)
    });
    add("target_chars", &|row| lengths::target(row.facts.target_chars));
    add("prefix_chars", &|row| lengths::prefix(row.facts.prefix_chars));
    if rows.iter().any(|row| row.context_tokens.is_some()) {
        add("context", &|row| answer(row.context_tokens.map(|tokens| tokens > 0)));
    }
    if rows.iter().any(|row| row.facts.leaks.leaky().is_some()) {
        add("leaks", &leaky);
    }
    for leak in SLICED.iter().filter(|leak| rows.iter().any(|row| row.facts.leaks.get(**leak).is_some())) {
        add(leak.name(), &|row| flagged(row, *leak));
    }
    if rows.iter().any(|row| row.facts.unscored_by_paper) {
        add("unscored_by_paper", &|row| answer(Some(row.facts.unscored_by_paper)));
    }
    found.extend(commits::positions(rows));
    found.extend(commits::ages(rows));
    found.extend(commits::after_anchor(rows));
    found.push(by_repo(rows));
    found.extend(own(rows));
    found
}

/// A member of a closed set, in the order of the set.
fn member<T: Copy + PartialEq>(value: Option<T>, all: &[T], name: fn(T) -> &'static str) -> (usize, String) {
    let Some(value) = value else { return (all.len(), UNKNOWN.to_owned()) };
    (all.iter().position(|other| *other == value).unwrap_or(all.len()), name(value).to_owned())
}

/// Whether the task is no fair question to what was trained on the release.
fn leaky(row: &TaskScore) -> (usize, String) {
    match row.facts.leaks.leaky() {
        Some(true) => (0, "leaky".to_owned()),
        Some(false) => (1, "leak-free".to_owned()),
        None => (2, UNKNOWN.to_owned()),
    }
}

/// Whether the task has `leak`. Where commonplace targets stand says nothing, so these are a group of their own.
fn flagged(row: &TaskScore, leak: Leak) -> (usize, String) {
    if leak.is_visibility() && row.facts.commonplace {
        return (3, "commonplace".to_owned());
    }
    answer(row.facts.leaks.get(leak))
}

/// Yes before no before not known.
fn answer(value: Option<bool>) -> (usize, String) {
    match value {
        Some(true) => (0, "yes".to_owned()),
        Some(false) => (1, "no".to_owned()),
        None => (2, UNKNOWN.to_owned()),
    }
}

/// The rows by what `ranked` says of each: the rank of its group and the group's name.
fn partition(by: &str, rows: &[&TaskScore], ranked: &dyn Fn(&TaskScore) -> (usize, String)) -> Grouping {
    let mut groups: BTreeMap<(usize, String), Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        groups.entry(ranked(row)).or_default().push(at);
    }
    Grouping { by: by.to_owned(), groups: groups.into_iter().map(|((_, name), rows)| (name, rows)).collect() }
}

fn by_repo(rows: &[&TaskScore]) -> Grouping {
    let mut groups: BTreeMap<&RepoId, Vec<usize>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate() {
        groups.entry(&row.facts.repo).or_default().push(at);
    }
    let groups = groups.into_iter().map(|(repo, rows)| (repo.to_string(), rows)).collect();
    Grouping { by: "repo".to_owned(), groups }
}

/// The user's own groupings, by name.
fn own(rows: &[&TaskScore]) -> Vec<Grouping> {
    let mut names: Vec<&String> = rows.iter().flat_map(|row| row.facts.own.keys()).collect();
    names.sort_unstable();
    names.dedup();
    let of = |name: &&String| {
        partition(name, rows, &|row| match row.facts.own.get(*name) {
            Some(group) => (0, group.clone()),
            None => (1, UNKNOWN.to_owned()),
        })
    };
    names.iter().map(of).collect()
}
