//! What is known of the leaks of one task: a row of the leak tables.

use super::leak::LeakFlags;
use crate::ids::{RepoId, TaskId};

/// The leaks of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskLeaks {
    /// The task.
    pub task: TaskId,
    /// Its repository.
    pub repo: RepoId,
    /// Characters of its target.
    pub target_chars: u32,
    /// Whether its target says nothing by standing somewhere, see [`is_commonplace`](super::is_commonplace).
    pub commonplace: bool,
    /// Its flags.
    pub flags: LeakFlags,
    /// The training task that it resembles most, if any does.
    pub nearest: Option<NearestTask>,
}

/// A training task that a task resembles.
#[derive(Debug, Clone, PartialEq)]
pub struct NearestTask {
    /// The training task.
    pub task: TaskId,
    /// Its repository.
    pub repo: RepoId,
    /// The Jaccard similarity of what both ask, in [`LISTED_SIMILARITY`](crate::paper::LISTED_SIMILARITY)..=1.
    pub similarity: f64,
}
