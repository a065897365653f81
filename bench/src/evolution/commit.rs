//! A commit of the evolution track.

use super::Stage;
use crate::ids::{CommitId, RepoId};

/// A commit that emits at least one assertion (R101, R104).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptCommit {
    /// The repository.
    pub repo: RepoId,
    /// Place among the kept commits of the repository, from 0, oldest first.
    pub index: u32,
    /// The commit.
    pub commit: CommitId,
    /// Author date, strict ISO 8601 with the author's offset (R87).
    pub time: String,
    /// The stage, by [`stages`](super::stages) of the number of kept commits (R113).
    pub stage: Stage,
    /// Production diff from the kept commit before, or from the empty tree for the first (R105–R107).
    pub diff: String,
    /// Production diff from the first parent; none in the profile `paper` (R116).
    pub commit_diff: Option<String>,
    /// Why `diff` is empty although it should not be (Q37).
    pub diff_error: Option<String>,
    /// Emissions that are added.
    pub added: u32,
    /// Emissions that are modified.
    pub modified: u32,
    /// Emissions that are re-emitted.
    pub reemitted: u32,
}

impl KeptCommit {
    /// All emissions of the commit: `n_new_assertions` of R109.
    pub fn emitted(&self) -> u32 {
        self.added.saturating_add(self.modified).saturating_add(self.reemitted)
    }
}

/// What is short of a [`KeptCommit`]: all but its diffs, which are read only where they are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitPlace {
    /// See [`KeptCommit::index`].
    pub index: u32,
    /// See [`KeptCommit::commit`].
    pub commit: CommitId,
    /// See [`KeptCommit::time`].
    pub time: String,
    /// See [`KeptCommit::stage`].
    pub stage: Stage,
    /// See [`KeptCommit::emitted`].
    pub emitted: u32,
}
