//! Repositories that have tasks alike: forks and copies.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::row::TaskLeaks;
use crate::ids::RepoId;
use crate::paper::NEAR_DUPLICATE;
use crate::split::Split;

/// Counts tasks that resemble a training task of another repository most.
#[derive(Debug, Default)]
pub struct Copies(BTreeMap<(Split, RepoId, RepoId), u64>);

/// A repository whose tasks resemble those of a training repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopiedRepo {
    /// The split of the tasks.
    pub split: Split,
    /// Their repository.
    pub repo: RepoId,
    /// The training repository.
    pub training: RepoId,
    /// Near-duplicate tasks.
    pub tasks: u64,
}

impl Copies {
    /// Counts `row`, a task of `split`.
    pub fn add(&mut self, split: Split, row: &TaskLeaks) {
        let near = row.nearest.as_ref().filter(|near| near.similarity >= NEAR_DUPLICATE && near.repo != row.repo);
        if let Some(near) = near {
            *self.0.entry((split, row.repo.clone(), near.repo.clone())).or_default() += 1;
        }
    }

    /// The pairs of repositories, by split, those with most tasks first.
    pub fn sorted(self) -> Vec<CopiedRepo> {
        let copy = |((split, repo, training), tasks)| CopiedRepo { split, repo, training, tasks };
        let mut copies: Vec<CopiedRepo> = self.0.into_iter().map(copy).collect();
        copies.sort_by_key(|copy| (copy.split, std::cmp::Reverse(copy.tasks)));
        copies
    }
}
