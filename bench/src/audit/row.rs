//! What was measured of a task under one setting.

use std::cmp::Ordering;

use super::Setting;
use crate::ids::{CommitId, RepoId, TaskId};
use crate::need::Need;

/// The scores of one task under one setting (M161).
#[derive(Debug, Clone, PartialEq)]
pub struct AuditRow {
    /// The task.
    pub task: TaskId,
    /// Its repository: the unit that intervals resample.
    pub repo: RepoId,
    /// Its commit.
    pub commit: CommitId,
    /// Under which adapter, or behind which context.
    pub setting: Setting,
    /// How much of a residual was added, where the setting blends.
    pub lambda: Option<f64>,
    /// The other repository, where the setting has one.
    pub other: Option<RepoId>,
    /// Mean negative log-likelihood of the target's tokens in nats, without the end of sequence.
    pub nll: f64,
    /// The same with the end of sequence.
    pub nll_with_eos: f64,
    /// The place of the first target token among all ids by likelihood, from 1; ties count as worse.
    pub rank: u32,
    /// Whether the greedy completion is an exact match; none where nothing was generated.
    pub em: Option<bool>,
    /// What the task needs, where known.
    pub need: Option<Need>,
    /// Whether the target stands in the prefix.
    pub target_in_prefix: bool,
    /// Tokens of the target, without the end of sequence; at least one.
    pub target_tokens: u32,
}

impl AuditRow {
    /// The order of rows in their file: by task, setting, lambda and other repository.
    pub fn order(&self, other: &Self) -> Ordering {
        let lambda = |row: &Self| row.lambda.unwrap_or(f64::NEG_INFINITY);
        (&self.task, self.setting)
            .cmp(&(&other.task, other.setting))
            .then_with(|| lambda(self).total_cmp(&lambda(other)))
            .then_with(|| self.other.cmp(&other.other))
    }
}
