//! A task of the evolution track as it is stored: an emission that passed the caps.

use super::{Emission, Evolution, Stage};
use crate::ids::{CommitId, RepoId, TaskId};
use crate::split::Split;
use crate::task::{Assertion, Task};

/// An emission that became a task; its prefix is still a span of its blob.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpanTask {
    /// The content address of the task with its whole prefix, see [`Assertion::address`].
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
        let range = usize::try_from(self.prefix_start).ok()?..usize::try_from(self.emission.prefix_end).ok()?;
        Some([text.get(range)?, &self.emission.in_line].concat())
    }

    /// The task with `prefix`.
    pub fn task(&self, prefix: String) -> Task {
        let Self { emission, .. } = self;
        let assertion = Assertion {
            id: self.id.clone(),
            repo: self.repo.clone(),
            commit: self.commit.clone(),
            path: emission.path.clone(),
            line: emission.line,
            column: emission.column,
            target_column: emission.target_column,
            kind: emission.kind,
            function: emission.function.clone(),
            class: emission.class.clone(),
            difficulty: emission.difficulty,
            multiline: emission.multiline,
            prefix,
            target: emission.target.clone(),
            need: None,
            evolution: Some(Evolution {
                commit_index: emission.commit_index,
                stage: self.stage,
                event: Some(emission.event),
                target_line: Some(emission.target_line),
                old_target: emission.old_target.clone(),
                old_line: emission.old_line,
                old_column: emission.old_column,
            }),
        };
        Task { split: self.split, assertion }
    }
}
