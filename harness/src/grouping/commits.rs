//! Where a task's commit stands in the life of its repository (S87, S88).

use std::collections::BTreeMap;

use bench::{RepoId, TaskScore};

use super::{Grouping, UNKNOWN};

/// Bins of commit positions: 5 % each (S87).
const POSITIONS: usize = 20;
/// Where bins of commits after the first scored one begin; the last has no end (S88).
const AGES: [u32; 10] = [0, 1, 5, 10, 25, 50, 100, 200, 500, 1000];

/// Where bins of commits after the anchor begin; the last has no end (S88).
const AFTER_ANCHOR: [u32; 8] = [0, 1, 5, 20, 50, 100, 500, 2000];

/// Smallest and largest commit index of each repository among `rows`.
fn spans<'a>(rows: &[&'a TaskScore]) -> BTreeMap<&'a RepoId, (u32, u32)> {
    let mut spans: BTreeMap<&RepoId, (u32, u32)> = BTreeMap::new();
    for row in rows {
        let Some(index) = row.facts.commit_index else { continue };
        let span = spans.entry(&row.facts.repo).or_insert((index, index));
        *span = (span.0.min(index), span.1.max(index));
    }
    spans
}

/// By commit position, i.e. (i − first) / (last − first) of the repository's scored commits: twenty half-open bins, the
/// last closed; all of them, also those without tasks. None in the static track.
pub(super) fn positions(rows: &[&TaskScore]) -> Option<Grouping> {
    let spans = spans(rows);
    if spans.is_empty() {
        return None;
    }
    let name = |bin: usize| format!("{:02}-{:02} %", bin * 100 / POSITIONS, (bin + 1) * 100 / POSITIONS);
    let mut groups: Vec<(String, Vec<usize>)> = (0..POSITIONS).map(|bin| (name(bin), Vec::new())).collect();
    let mut unknown = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        match row.facts.commit_index {
            Some(index) => groups[position(index, spans[&row.facts.repo])].1.push(at),
            None => unknown.push(at),
        }
    }
    if !unknown.is_empty() {
        groups.push((UNKNOWN.to_owned(), unknown));
    }
    Some(Grouping { by: "commit_position".to_owned(), groups })
}

/// `min(19, floor(20·(i − first) / span))` in integers, where a span of 0 counts as 1 (S87).
fn position(index: u32, (first, last): (u32, u32)) -> usize {
    let span = u64::from(last - first).max(1);
    let bin = POSITIONS as u64 * u64::from(index - first) / span;
    usize::try_from(bin).map_or(POSITIONS - 1, |bin| bin.min(POSITIONS - 1))
}

/// By commits after the first scored one of the repository; bins without tasks are left out. None in the static track.
pub(super) fn ages(rows: &[&TaskScore]) -> Option<Grouping> {
    let spans = spans(rows);
    if spans.is_empty() {
        return None;
    }
    let age = |row: &TaskScore| match row.facts.commit_index {
        Some(index) => bin(index - spans[&row.facts.repo].0, &AGES, 0),
        None => (usize::MAX, UNKNOWN.to_owned()),
    };
    Some(super::partition("commit_age", rows, &age))
}

/// The bin of `commits` among those that begin at `starts`: its rank, counted from `first`, and name.
fn bin(commits: u32, starts: &[u32], first: usize) -> (usize, String) {
    let bin = starts.partition_point(|start| *start <= commits) - 1;
    let start = starts[bin];
    let name = match starts.get(bin + 1) {
        None => format!("{start}+"),
        Some(next) if *next == start + 1 => start.to_string(),
        Some(next) => format!("{start}-{}", next - 1),
    };
    (first + bin, name)
}

/// By commits after the anchor of the repository (S88, the second scheme); bins without tasks are left out. None where no
/// anchor is known.
pub(super) fn after_anchor(rows: &[&TaskScore]) -> Option<Grouping> {
    rows.iter().find_map(|row| row.facts.anchor_index)?;
    let distance = |row: &TaskScore| match (row.facts.commit_index, row.facts.anchor_index) {
        (Some(index), Some(anchor)) if index < anchor => (0, "<=anchor".to_owned()),
        (Some(index), Some(anchor)) => bin(index - anchor, &AFTER_ANCHOR, 1),
        _ => (usize::MAX, UNKNOWN.to_owned()),
    };
    Some(super::partition("commit_after_anchor", rows, &distance))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_half_open_and_the_last_is_closed() {
        let bins: Vec<usize> = [10, 14, 15, 109, 110].map(|index| position(index, (10, 110))).into();
        assert_eq!(bins, [0, 0, 1, 19, 19]);
        assert_eq!(position(7, (7, 7)), 0);
        assert_eq!(position(u32::MAX, (0, u32::MAX)), 19);
    }

    #[test]
    fn ages_have_the_published_edges() {
        let names: Vec<String> = [0, 1, 4, 5, 999, 1000, u32::MAX].map(|commits| bin(commits, &AGES, 0).1).into();
        assert_eq!(names, ["0", "1-4", "1-4", "5-9", "500-999", "1000+", "1000+"]);
        let names: Vec<String> = [0, 4, 5, 19, 1999, 2000].map(|commits| bin(commits, &AFTER_ANCHOR, 1).1).into();
        assert_eq!(names, ["0", "1-4", "5-19", "5-19", "500-1999", "2000+"]);
    }
}
