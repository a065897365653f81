//! A task of the evolution track as it is stored: an emission that passed the caps.

use super::{Emission, Stage};
use crate::ids::{CommitId, RepoId, TaskId};
use crate::split::Split;
use crate::task::Task;

/// An emission that became a task; its prefix is still a span of its blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanTask {
    /// The content address of the task with its whole prefix, see [`Assertion::address`](crate::Assertion::address).
    pub id: TaskId,
    /// The repository.
    pub repo: RepoId,
    /// The kept commit.
    pub commit: CommitId,
    /// The stage of that commit.
    pub stage: Stage,
    /// The part of the benchmark.
    pub split: Split,
    /// Bytes of the text in front of the prefix: 0, but where prefixes are cut to their last characters (R123).
    pub prefix_start: u32,
    /// The emission.
    pub emission: Emission,
}

impl SpanTask {
    /// The prefix, cut out of `text`, the text of the emission's blob; none if the span does not lie in it.
    pub fn prefix(&self, text: &str) -> Option<String> {
        self.emission.prefix(self.prefix_start, text)
    }

    /// The task with `prefix`.
    pub fn task(&self, prefix: String) -> Task {
        let mut assertion = self.emission.assertion(&self.repo, &self.commit, self.stage, prefix);
        assertion.id = self.id.clone();
        Task { split: self.split, assertion }
    }
}
