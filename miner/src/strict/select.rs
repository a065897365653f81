//! The balanced selection of one repository under the profile `strict` (R71, Q21–Q25).

use std::collections::BTreeSet;

use bench::{Difficulty, Family, RepoId, Seed, paper};
use rand_chacha::rand_core::Rng;

use crate::select::{Caps, groups, quotas};

/// Which members of a group are kept when a cap binds (Q25).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// Any, by the seed.
    Random(Seed),
    /// The shortest targets, those on one line first, as the reference does.
    Shortest,
}

impl Default for Choice {
    /// Random, by the seed of the published draw.
    fn default() -> Self {
        Self::Random(Seed(paper::SPLIT_SEED))
    }
}

impl Choice {
    /// The choice inside one repository: what others hold does not matter.
    pub fn of_repository(self, repo: &RepoId) -> Self {
        match self {
            Self::Random(seed) => Self::Random(seed.derive("selection").derive(repo.as_str())),
            Self::Shortest => Self::Shortest,
        }
    }

    /// One key an entry, the smallest of which are kept. Every stage draws anew: the entries that a small group kept
    /// would have small keys.
    fn keys(self, stage: &str, entries: &[StrictEntry<'_>]) -> Vec<(bool, u64)> {
        match self {
            Self::Random(seed) => {
                let mut generator = seed.derive(stage).rng();
                entries.iter().map(|_| (false, generator.next_u64())).collect()
            }
            Self::Shortest => {
                entries.iter().map(|entry| (entry.multiline, entry.target.chars().count() as u64)).collect()
            }
        }
    }
}

/// What selection looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StrictEntry<'a> {
    /// The test file.
    pub file: &'a str,
    /// The qualified name of the enclosing function (Q22).
    pub function: &'a str,
    /// The target.
    pub target: &'a str,
    /// Whether the target held a line feed.
    pub multiline: bool,
    /// Its tier.
    pub difficulty: Difficulty,
    /// Its family.
    pub family: Family,
}

/// The indices of the selected entries, ascending.
///
/// Duplicates inside a function go first (Q23), then the caps per function and per file; what is left is stratified by
/// difficulty and family (Q24) if the cap per repository binds.
pub fn select_strict(entries: &[StrictEntry<'_>], caps: Caps, choice: Choice) -> Vec<usize> {
    let mut seen = BTreeSet::new();
    let unique: Vec<usize> = (0..entries.len())
        .filter(|&index| seen.insert((entries[index].file, entries[index].function, entries[index].target)))
        .collect();
    let keys = choice.keys("function", entries);
    let by_function = groups(unique, |index| (entries[index].file, entries[index].function));
    let kept = by_function.into_iter().flat_map(|members| keep(members, &keys, caps.per_function));
    let keys = choice.keys("file", entries);
    let by_file = groups(kept.collect(), |index| entries[index].file);
    let mut kept: Vec<usize> = by_file.into_iter().flat_map(|members| keep(members, &keys, caps.per_file)).collect();
    if kept.len() > caps.per_repository {
        kept = stratify(entries, kept, caps.per_repository, &choice.keys("repository", entries));
    }
    kept.sort_unstable();
    kept
}

fn stratify(entries: &[StrictEntry<'_>], kept: Vec<usize>, limit: usize, keys: &[(bool, u64)]) -> Vec<usize> {
    let total = kept.len();
    let strata = groups(kept, |index| (entries[index].difficulty, entries[index].family));
    let quotas = quotas(&strata.iter().map(Vec::len).collect::<Vec<_>>(), total, limit);
    strata.into_iter().zip(quotas).flat_map(|(members, quota)| keep(members, keys, quota)).collect()
}

fn keep(mut members: Vec<usize>, keys: &[(bool, u64)], limit: usize) -> Vec<usize> {
    members.sort_by_key(|&index| keys[index]);
    members.truncate(limit);
    members
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(file: &'static str, function: &'static str, target: &'static str) -> StrictEntry<'static> {
        let (difficulty, family) = (Difficulty::of(target), Family::Assert);
        StrictEntry { file, function, target, multiline: false, difficulty, family }
    }

    #[test]
    fn classes_have_budgets_of_their_own() {
        let caps = Caps { per_function: 1, ..Caps::default() };
        let entries = [entry("a", "A.f", "11"), entry("a", "A.f", "22"), entry("a", "B.f", "33")];
        assert_eq!(select_strict(&entries, caps, Choice::Shortest), [0, 2]);
    }

    #[test]
    fn duplicates_take_no_slot() {
        let caps = Caps { per_function: 2, ..Caps::default() };
        let entries = [entry("a", "f", "1"), entry("a", "f", "1"), entry("a", "f", "222"), entry("a", "g", "1")];
        assert_eq!(select_strict(&entries, caps, Choice::Shortest), [0, 2, 3]);
    }

    #[test]
    fn families_share_the_slots() {
        let caps = Caps { per_repository: 4, ..Caps::default() };
        let row = |family, function| StrictEntry { family, ..entry("a", function, "11") };
        let functions = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let entries = [0, 1, 2, 3, 4, 5, 6, 7]
            .map(|i| row(if i < 6 { Family::Assert } else { Family::SelfAssert }, functions[i]));
        let chosen = select_strict(&entries, caps, Choice::default());
        assert_eq!(chosen.iter().filter(|&&index| index >= 6).count(), 1);
    }

    proptest! {
        #[test]
        fn caps_hold_and_slots_are_filled(rows in prop::collection::vec((0_usize..4, 0_usize..6, 0_usize..40), 0..400)) {
            let names: Vec<String> = (10..50).map(|i| i.to_string()).collect();
            let row = |&(file, function, target): &(usize, usize, usize)| StrictEntry {
                file: &names[file],
                function: &names[function],
                target: &names[target],
                ..entry("", "", "")
            };
            let entries: Vec<_> = rows.iter().map(row).collect();
            let chosen = select_strict(&entries, Caps::default(), Choice::default());
            prop_assert_eq!(&chosen, &select_strict(&entries, Caps::default(), Choice::default()));
            prop_assert!(chosen.is_sorted());
            let unique: BTreeSet<_> = rows.iter().collect();
            for file in 0..4 {
                let functions = (0..6).map(|g| unique.iter().filter(|row| (row.0, row.1) == (file, g)).count().min(5));
                let expected = functions.sum::<usize>().min(20);
                prop_assert_eq!(chosen.iter().filter(|&&index| rows[index].0 == file).count(), expected);
            }
        }
    }
}
