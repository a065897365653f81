//! What was measured of a task, before its completion is compared with its target.

use bench::audit::{AuditRow, Setting};
use bench::leaks::stands_in_prefix;
use bench::{RepoId, TaskId};
use serde::{Deserialize, Serialize};

use super::cast::CastTask;

/// The scores of one task under one setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scored {
    /// The task.
    pub task: TaskId,
    /// The setting.
    pub setting: Setting,
    /// How much of a residual was added, where it blends.
    pub lambda: Option<f64>,
    /// The other repository, where the setting has one.
    pub other: Option<RepoId>,
    /// Mean negative log-likelihood of the target's tokens.
    pub nll: f64,
    /// The same with the end of sequence.
    pub nll_with_eos: f64,
    /// The rank of the first target token, from 1.
    pub rank: u32,
    /// The greedy completion, where one was made.
    pub completion: Option<String>,
}

impl Scored {
    /// The row of a table that this is of `task`; `is_match` compares completion and target.
    pub fn row(&self, task: &CastTask, is_match: impl FnOnce(&str, &str) -> bool) -> AuditRow {
        let assertion = &task.task.assertion;
        AuditRow {
            task: self.task.clone(),
            repo: assertion.repo.clone(),
            commit: assertion.commit.clone(),
            setting: self.setting,
            lambda: self.lambda,
            other: self.other.clone(),
            nll: self.nll,
            nll_with_eos: self.nll_with_eos,
            rank: self.rank,
            em: self.completion.as_deref().map(|completion| is_match(completion, &assertion.target)),
            need: assertion.need,
            target_in_prefix: stands_in_prefix(&assertion.prefix, &assertion.target),
            target_tokens: u32::try_from(task.target.len()).unwrap_or(u32::MAX),
        }
    }
}
