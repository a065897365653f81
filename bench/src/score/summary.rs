//! What a leaderboard needs of one method: the file `summary.json`, and the manifest beside it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{ErrorTally, Metric};
use crate::prediction::MethodCard;
use crate::profile::Profile;
use crate::split::Split;

/// Version of `summary.json` and of the manifest beside it.
pub const SUMMARY_FORMAT: u32 = 2;

/// The mean of a metric over a group of tasks, with its intervals at level 0.95.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// What was measured.
    pub metric: Metric,
    /// Mean over tasks, in 0..=1; none if there is no task.
    pub mean: Option<f64>,
    /// Bootstrap over repositories (S80), the primary interval: low and high. None if there is no task, or if the group is
    /// one repository.
    pub cluster: Option<[f64; 2]>,
    /// Bootstrap over tasks as published (S75), for whole splits alone; too narrow when tasks of a repository resemble
    /// each other.
    pub tasks: Option<[f64; 2]>,
}

/// A group of tasks and its estimates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// What the tasks were grouped by: `all`, `need`, `family`, ….
    pub by: String,
    /// The group: `all`, or the member.
    pub group: String,
    /// How many tasks.
    pub tasks: u64,
    /// Of how many repositories.
    pub repos: u64,
    /// Whether there are too few tasks or repositories for the numbers to say much.
    pub small: bool,
    /// One estimate a metric, in the order of [`Metric::ALL`].
    pub estimates: Vec<Estimate>,
}

/// How a metric varies between repositories, each weighing the same (S85).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spread {
    /// The metric.
    pub metric: Metric,
    /// Median of the means of the repositories, in 0..=1.
    pub median: f64,
    /// Standard deviation of these means (divisor: their number).
    pub deviation: f64,
}

/// What the authors' cleaning, which looks at the target, did to the answers of a split.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperBias {
    /// Answers cut to their first line (S6).
    pub cut_to_line: u64,
    /// Answers cut at their first comma (S9).
    pub cut_at_comma: u64,
    /// Answers cut to their first word (S10).
    pub cut_to_word: u64,
    /// Exact match of the paper without the cuts of S9 and S10; none if there is no task.
    pub em_uncut: Option<f64>,
    /// Tasks that the authors' evaluation of the static track would not have scored (S83).
    pub unscored: u64,
}

/// Mean token counts over the answers of a split, where every answer states them.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenMeans {
    /// Tokens the model read.
    pub prompt: Option<f64>,
    /// Of these, tokens of repository context.
    pub context: Option<f64>,
    /// Tokens the model wrote.
    pub new: Option<f64>,
}

/// The results of one split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitSummary {
    /// The split.
    pub split: Split,
    /// Tasks of the split.
    pub tasks: u64,
    /// Tasks without an answer, scored as wrong (S117).
    pub missing: u64,
    /// What the answers cost.
    pub tokens: TokenMeans,
    /// What looking at the target did.
    pub paper_bias: PaperBias,
    /// How the metrics vary between repositories, in the order of [`Metric::ALL`]; empty without tasks.
    pub spread: Vec<Spread>,
    /// What went wrong.
    pub errors: ErrorTally,
    /// The slices, `all` first; the parts of each grouping add up to it (S94).
    pub slices: Vec<Slice>,
}

/// The versions of everything that a score depends on besides its inputs (S115).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Versions {
    /// Version of the scoring rules.
    pub rules: String,
    /// The Python grammar of `CodeBLEU`.
    pub grammar: String,
    /// The Unicode data of identifiers.
    pub unicode: String,
}

/// The file `summary.json`: everything a leaderboard needs of one method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// Version of this format.
    pub format: u32,
    /// Version of the scoring rules (S115).
    pub rules: String,
    /// Root hash of the release.
    pub release: String,
    /// How the release was built.
    pub profile: Profile,
    /// Hash of the predictions: of header and answers, whatever the order, format or number of their files.
    pub predictions: String,
    /// The method.
    pub card: MethodCard,
    /// Bootstrap resamples.
    pub resamples: u32,
    /// Bootstrap seed.
    pub seed: u64,
    /// One summary a split, in the order of [`Split::ALL`].
    pub splits: Vec<SplitSummary>,
}

/// The file `manifest.json` of a folder of scores: what went in and what came out, each with its BLAKE3.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreManifest {
    /// Version of this format.
    pub format: u32,
    /// Root hash of the release.
    pub release: String,
    /// Hash of the predictions, see [`Summary::predictions`].
    pub predictions: String,
    /// Hash of the user's own groupings, if there were any.
    pub slices: Option<String>,
    /// Every option that can change a byte.
    pub options: BTreeMap<String, String>,
    /// What the numbers depend on besides.
    pub versions: Versions,
    /// The files of the folder by name.
    pub files: BTreeMap<String, String>,
}
