//! How many assertions of one commit become tasks, and which (R117–R121).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evolution::Emission;
use crate::mt19937::Mt19937;
use crate::paper::{MAX_TASKS_PER_COMMIT, MAX_TASKS_PER_FILE, SPLIT_SEED, TRIVIAL_CHARS, TRIVIAL_CLOSED_CHARS};
use crate::profile::Profile;
use crate::pytext;
use crate::split::Split;

/// The limits on the tasks of one commit, all at least 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Caps {
    /// Evaluated tasks of a commit at most.
    pub evaluated: usize,
    /// Training tasks of a commit at most.
    pub trained: usize,
    /// Tasks of one file of a commit at most, wherever tasks are drawn.
    pub file: usize,
}

impl Default for Caps {
    /// The published limits: 8, 8 and 4.
    fn default() -> Self {
        Self { evaluated: MAX_TASKS_PER_COMMIT, trained: MAX_TASKS_PER_COMMIT, file: MAX_TASKS_PER_FILE }
    }
}

/// Whether `target` is too short to train on (R118).
///
/// ```
/// use bench::is_trivial;
/// assert!(is_trivial("42") && is_trivial("None)") && is_trivial(", 1)"));
/// assert!(!is_trivial("None") && !is_trivial("\"abcd\")"));
/// ```
pub fn is_trivial(target: &str) -> bool {
    let bare = pytext::strip(target);
    let chars = bare.chars().count();
    chars < TRIVIAL_CHARS || (chars <= TRIVIAL_CLOSED_CHARS && (bare.ends_with(')') || bare.starts_with(',')))
}

/// Where an assertion of a commit stands: all that the draw looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot<'a> {
    /// The test file.
    pub file: &'a str,
    /// The test function, or empty.
    pub function: &'a str,
}

/// The published draw of a commit's tasks (R119): one generator runs through all commits of a table.
pub struct SmartCap {
    generator: Mt19937,
    commit: usize,
    file: usize,
}

impl SmartCap {
    /// A draw of at most `commit` tasks a commit and `file` a file, with the published seed.
    pub fn new(commit: usize, file: usize) -> Self {
        Self { generator: Mt19937::new(SPLIT_SEED), commit, file }
    }

    /// The places in `rows`, ascending, of the tasks that are drawn for the next commit.
    pub fn choose(&mut self, rows: &[Spot<'_>]) -> Vec<usize> {
        let files = grouped(0..rows.len(), |row| rows[row].file);
        let mut chosen: Vec<Vec<usize>> = files.into_iter().map(|file| self.of_file(rows, file)).collect();
        self.generator.shuffle(&mut chosen);
        let mut drawn = round_robin(&mut chosen, self.commit);
        drawn.sort_unstable();
        drawn
    }

    /// The rows drawn of one file, in the order in which they are drawn.
    fn of_file(&mut self, rows: &[Spot<'_>], mut file: Vec<usize>) -> Vec<usize> {
        self.generator.shuffle(&mut file);
        let mut functions = grouped(file, |row| rows[row].function);
        self.generator.shuffle(&mut functions);
        round_robin(&mut functions, self.file)
    }
}

/// What limits the tasks of a commit in one split.
pub enum Limit {
    /// The first ones in table order (R117).
    First(usize),
    /// A draw (R119).
    Drawn {
        /// The draw, which runs on from commit to commit.
        draw: Box<SmartCap>,
        /// Whether trivial targets take part (R118).
        trivial: Trivial,
    },
}

/// What becomes of trivial targets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trivial {
    /// They are dropped before the draw.
    Dropped,
    /// They take part.
    Kept,
}

impl Limit {
    /// The rule for `split`: a draw without trivial targets for training; for evaluation the first ones in the profile
    /// `paper`, and in `strict` a draw like that of training, trivial targets included (R117–R121).
    ///
    /// Each split has a draw of its own, begun with the published seed.
    pub fn of(split: Split, profile: Profile, caps: Caps) -> Self {
        let drawn = |commit, trivial| Self::Drawn { draw: Box::new(SmartCap::new(commit, caps.file)), trivial };
        match (split, profile) {
            (Split::Train, _) => drawn(caps.trained, Trivial::Dropped),
            (_, Profile::Paper) => Self::First(caps.evaluated),
            (_, Profile::Strict) => drawn(caps.evaluated, Trivial::Kept),
        }
    }

    /// The places in `emissions`, all those of the next commit, that become tasks, ascending.
    pub fn choose(&mut self, emissions: &[Emission]) -> Vec<usize> {
        match self {
            Self::First(limit) => (0..emissions.len().min(*limit)).collect(),
            Self::Drawn { draw, trivial } => {
                let takes_part = |at: &usize| *trivial == Trivial::Kept || !is_trivial(&emissions[*at].target);
                let rows: Vec<usize> = (0..emissions.len()).filter(takes_part).collect();
                let spot = |at: &usize| Spot { file: emissions[*at].path.as_str(), function: &emissions[*at].function };
                let spots: Vec<Spot<'_>> = rows.iter().map(spot).collect();
                draw.choose(&spots).into_iter().map(|at| rows[at]).collect()
            }
        }
    }
}

/// `rows` in groups of equal key, groups by first appearance.
fn grouped<'a>(rows: impl IntoIterator<Item = usize>, key: impl Fn(usize) -> &'a str) -> Vec<Vec<usize>> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for row in rows {
        let place = *places.entry(key(row)).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(row);
    }
    groups
}

/// Takes the last row of each group in turn until `limit` are taken or none is left.
fn round_robin(groups: &mut [Vec<usize>], limit: usize) -> Vec<usize> {
    let mut taken = Vec::new();
    loop {
        let before = taken.len();
        for group in &mut *groups {
            if taken.len() == limit {
                return taken;
            }
            taken.extend(group.pop());
        }
        if taken.len() == before {
            return taken;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_limit_is_passed(
            places in prop::collection::vec((0_u8..4, 0_u8..4), 0..60), commit in 1_usize..12, file in 1_usize..6,
        ) {
            let names: Vec<(String, String)> =
                places.iter().map(|(file, function)| (file.to_string(), function.to_string())).collect();
            let rows: Vec<Spot<'_>> = names.iter().map(|(file, function)| Spot { file, function }).collect();
            let drawn = SmartCap::new(commit, file).choose(&rows);
            prop_assert!(drawn.is_sorted_by(|a, b| a < b) && drawn.len() <= commit);
            let in_file = |name: &str| drawn.iter().filter(|row| rows[**row].file == name).count();
            prop_assert!(rows.iter().all(|row| in_file(row.file) <= file));
            let available: usize = grouped(0..rows.len(), |row| rows[row].file).iter().map(|g| g.len().min(file)).sum();
            prop_assert_eq!(drawn.len(), available.min(commit));
        }
    }
}
