//! The file that `compare` writes: comparisons by split, metric and slice.

use serde::{Deserialize, Serialize};

use crate::comparison::Comparison;
use crate::score::Metric;
use crate::split::Split;

/// Version of the comparison file.
pub const COMPARISON_FORMAT: u32 = 1;

/// A whole comparison file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparisonFile {
    /// Version of this format.
    pub format: u32,
    /// Version of the scoring rules.
    pub rules: String,
    /// Root hash of the release.
    pub release: String,
    /// Whether only tasks that every method answered were compared; otherwise missing answers count as wrong.
    pub common: bool,
    /// The methods in the order in which they were given.
    pub methods: Vec<ComparedMethod>,
    /// By split, then metric, the whole split before its slices.
    pub parts: Vec<ComparedPart>,
}

/// A method of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedMethod {
    /// What it is called in the comparison.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Hash of its predictions, as in its summary.
    pub predictions: String,
}

/// The comparison on one group of tasks by one metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComparedPart {
    /// The split.
    pub split: Split,
    /// The metric.
    pub metric: Metric,
    /// The property that the tasks share: `all`, `family`, ….
    pub by: String,
    /// Its value.
    pub group: String,
    /// Pairs of methods with the repositories on which each is better, in the order of the pairs of `comparison` (S85).
    pub repos: Vec<RepoTally>,
    /// What was found.
    pub comparison: Comparison,
}

/// On how many repositories the mean of the first method of a pair is higher, lower, equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoTally {
    /// Higher.
    pub better: u64,
    /// Lower.
    pub worse: u64,
    /// Equal.
    pub equal: u64,
}
