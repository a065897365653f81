//! What is measured of releases: whole numbers wherever there is a count, so that every share can be recomputed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::composition::{TableFamily, TableTarget};
use super::distribution::{Histogram, Summary};
use super::part::Part;
use crate::closed::closed_set;
use crate::difficulty::Difficulty;
use crate::evolution::Event;
use crate::ids::RepoId;
use crate::kind::AssertionKind;
use crate::profile::{Profile, Track};
use crate::split::Split;
use crate::timestamp::Timestamp;

/// Version of the form of [`Statistics`].
pub const STATISTICS_FORMAT: u32 = 1;

/// Everything that is measured of one or more releases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statistics {
    /// Version of this form.
    pub format: u32,
    /// The releases, in the order given.
    pub releases: Vec<MeasuredRelease>,
    /// One entry a part that has tasks, in the order of [`Part::ALL`].
    pub parts: Vec<PartStatistics>,
    /// Token counts, if there was a tokenizer.
    pub tokens: Option<TokenStatistics>,
    /// Kept commits of the evolution track, if a release has it.
    pub commits: Option<CommitStatistics>,
}

/// A release that was measured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredRelease {
    /// Its root hash.
    pub root: String,
    /// Its profile.
    pub profile: Profile,
    /// Its track.
    pub track: Track,
}

/// What is measured of one part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartStatistics {
    /// The part.
    pub part: Part,
    /// Tables 1 and 5.
    pub counts: Counts,
    /// Table 6 as the paper classifies (R141).
    pub by_words: Composition,
    /// Table 6 by syntax (R146).
    pub by_syntax: Composition,
    /// Tasks by assertion type.
    pub kinds: BTreeMap<AssertionKind, u64>,
    /// Tasks by difficulty tier (R69).
    pub tiers: BTreeMap<Difficulty, u64>,
    /// Characters of targets.
    pub target_chars: Summary,
    /// Characters of prefixes.
    pub prefix_chars: Summary,
    /// Tasks whose target occurs verbatim in their prefix (R146).
    pub target_in_prefix: u64,
    /// Tasks by what their commit did; empty in the static track.
    pub events: BTreeMap<Event, u64>,
    /// What training tasks of the same track show of the part; none for training parts.
    pub repeats: Option<Repeats>,
}

/// Distinct things in a part (R140).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Repositories with at least one task.
    pub repos: u64,
    /// Pairs of repository and commit with at least one task; in the static track one a repository.
    pub commits: u64,
    /// Tasks.
    pub tasks: u64,
}

/// Tasks by family and by target type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Composition {
    /// The tasks that count: all of them by syntax, those of R141 by words.
    pub tasks: u64,
    /// Tasks by family.
    pub families: BTreeMap<TableFamily, u64>,
    /// Tasks by target type.
    pub targets: BTreeMap<TableTarget, u64>,
}

/// Tasks of an evaluated part that a training task of the same track repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// Same prefix and target, in any repository.
    pub whole: u64,
    /// Same repository, function, last line of the prefix and target (R103).
    pub assertion: u64,
}

closed_set! {
    /// A text whose tokens Table 7 counts (R142).
    pub enum Component as "component" {
        /// All Python files of the repository, once for every task.
        RepoSize = "repo_size",
        /// The prefix and the marker before the answer.
        Prefix = "prefix",
        /// The target.
        Target = "target",
    }
}

/// Tokens of the static track (R142, R143).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenStatistics {
    /// What the tokenizer calls itself.
    pub tokenizer: String,
    /// Table 7.
    pub components: BTreeMap<Component, Summary>,
    /// The left panel of Figure 3: tokens of prefixes.
    pub prefixes: Histogram,
}

/// Kept commits of the evolution track, and what they emit before the caps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CommitStatistics {
    /// Kept commits of a repository (R145).
    pub per_repo: Summary,
    /// Commits and rows by the split that their stage gives them (R16, R120).
    pub splits: BTreeMap<Split, KeptCounts>,
    /// The earliest author date.
    pub first: Timestamp,
    /// The latest author date.
    pub last: Timestamp,
    /// Most rows of one commit (R17).
    pub most_rows: u64,
    /// Figure 2.
    pub activity: Vec<RepoActivity>,
}

/// Kept commits of a split, and their rows before the caps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptCounts {
    /// Kept commits.
    pub commits: u64,
    /// Rows that are added.
    pub added: u64,
    /// Rows that are modified.
    pub modified: u64,
    /// Rows that are re-emitted (R102).
    pub reemitted: u64,
}

impl KeptCounts {
    /// All rows.
    pub const fn rows(&self) -> u64 {
        self.added + self.modified + self.reemitted
    }
}

/// The kept commits of one repository in the window of Figure 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoActivity {
    /// The repository.
    pub repo: RepoId,
    /// Its kept commits by author date.
    pub kept: Vec<KeptDot>,
}

/// A dot of Figure 2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptDot {
    /// The author date.
    pub time: Timestamp,
    /// Rows before the caps.
    pub rows: u64,
}
