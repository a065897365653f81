//! Scores: one row a task, one summary a method.

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::ids::{RepoId, TaskId};
use crate::kind::Family;
use crate::need::Need;
use crate::prediction::MethodCard;
use crate::profile::Profile;
use crate::split::Split;

closed_set! {
    /// A number that says how good an answer is. All are in 0..=1, higher is better.
    pub enum Metric as "metric" {
        /// Exact match as the authors score it (S5–S14).
        ExactMatchPaper = "em_paper",
        /// Exact match without looking at the target: cut at the end of the bracket-balanced logical expression (M46).
        ExactMatchStrict = "em_strict",
        /// Edit similarity of the cleaned strings (S17–S23).
        EditSimilarity = "edit_similarity",
    }
}

impl Metric {
    /// The name printed in tables.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ExactMatchPaper => "EM (paper)",
            Self::ExactMatchStrict => "EM (strict)",
            Self::EditSimilarity => "Edit similarity",
        }
    }
}

/// The scores of one answer.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskScore {
    /// The task.
    pub task: TaskId,
    /// Its split.
    pub split: Split,
    /// Its repository: the unit that intervals resample.
    pub repo: RepoId,
    /// Its assertion family.
    pub family: Family,
    /// What it needs, where known.
    pub need: Option<Need>,
    /// Whether the file held an answer; a missing one scores as an empty text and is wrong.
    pub answered: bool,
    /// The cleaned prediction (`pred_clean`, S11).
    pub prediction: String,
    /// The cleaned target (`ref_clean`, S8).
    pub reference: String,
    /// [`Metric::ExactMatchPaper`].
    pub em_paper: bool,
    /// [`Metric::ExactMatchStrict`].
    pub em_strict: bool,
    /// [`Metric::EditSimilarity`].
    pub edit_similarity: f64,
}

impl TaskScore {
    /// The value of `metric`, in 0..=1.
    pub fn value(&self, metric: Metric) -> f64 {
        match metric {
            Metric::ExactMatchPaper => f64::from(u8::from(self.em_paper)),
            Metric::ExactMatchStrict => f64::from(u8::from(self.em_strict)),
            Metric::EditSimilarity => self.edit_similarity,
        }
    }
}

/// The mean of a metric over a group of tasks, with its intervals at level 0.95.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// What was measured.
    pub metric: Metric,
    /// Mean over tasks, in 0..=1; none if there is no task.
    pub mean: Option<f64>,
    /// Bootstrap over repositories (S80), the primary interval: low and high.
    pub cluster: Option<[f64; 2]>,
    /// Bootstrap over tasks as published (S75); too narrow when tasks of a repository resemble each other.
    pub tasks: Option<[f64; 2]>,
}

/// A group of tasks and its estimates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    /// What the tasks were grouped by: `all`, `need`, `family`.
    pub by: String,
    /// The group: `all`, or the member.
    pub group: String,
    /// How many tasks.
    pub tasks: u64,
    /// Of how many repositories.
    pub repos: u64,
    /// One estimate a metric, in the order of [`Metric::ALL`].
    pub estimates: Vec<Estimate>,
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
    /// The slices, `all` first; the parts of each grouping add up to it (S94).
    pub slices: Vec<Slice>,
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
    /// BLAKE3 of the predictions file.
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
