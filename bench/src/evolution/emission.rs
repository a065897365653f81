//! An assertion that a kept commit emits, as a span of its blob.

use super::{Event, Evolution, Stage};
use crate::difficulty::Difficulty;
use crate::ids::{CommitId, RepoId, RepoPath, TaskId};
use crate::kind::AssertionKind;
use crate::task::Assertion;

/// An assertion that a kept commit emits (R99, R104), before caps.
///
/// Its prefix is the text of the blob up to `prefix_end`, followed by `in_line`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Emission {
    /// The kept commit.
    pub commit_index: u32,
    /// The test file.
    pub path: RepoPath,
    /// The number of the file's text.
    pub blob: u32,
    /// Line of the assertion node, from 1, parser lines (R4).
    pub line: u32,
    /// Column of the assertion node, from 0, in UTF-8 bytes (R6).
    pub column: u32,
    /// Line of the node at which the source is cut, from 1.
    pub target_line: u32,
    /// Column of that node, from 0, in UTF-8 bytes.
    pub target_column: u32,
    /// Bytes of the text that begin the prefix.
    pub prefix_end: u32,
    /// The rest of the prefix (R93, or nothing where the source itself is cut).
    pub in_line: String,
    /// The published type.
    pub kind: AssertionKind,
    /// Enclosing test function, or empty (R96).
    pub function: String,
    /// Enclosing class, or empty.
    pub class: String,
    /// The tier of the target (R69).
    pub difficulty: Difficulty,
    /// Whether the target held a line break before it was collapsed.
    pub multiline: bool,
    /// What a model is asked for.
    pub target: String,
    /// What the commit did to the assertion.
    pub event: Event,
    /// The target before the commit, if it was modified.
    pub old_target: Option<String>,
    /// The line of the counterpart before the commit, from 1.
    pub old_line: Option<u32>,
    /// The column of the counterpart before the commit, from 0, in UTF-8 bytes.
    pub old_column: Option<u32>,
}

impl Emission {
    /// The prefix without the first `start` bytes of `text`, the text of the blob; none if the span does not lie in it.
    pub fn prefix(&self, start: u32, text: &str) -> Option<String> {
        let body = text.get(usize::try_from(start).ok()?..usize::try_from(self.prefix_end).ok()?)?;
        Some([body, &self.in_line].concat())
    }

    /// The assertion of `repo` at `commit`, of `stage`, with `prefix`; its id is not computed yet.
    pub fn assertion(&self, repo: &RepoId, commit: &CommitId, stage: Stage, prefix: String) -> Assertion {
        Assertion {
            id: TaskId::of(&[]),
            repo: repo.clone(),
            commit: commit.clone(),
            path: self.path.clone(),
            line: self.line,
            column: self.column,
            target_column: self.target_column,
            kind: self.kind,
            function: self.function.clone(),
            class: self.class.clone(),
            difficulty: self.difficulty,
            multiline: self.multiline,
            prefix,
            target: self.target.clone(),
            need: None,
            evolution: Some(Evolution {
                commit_index: self.commit_index,
                stage,
                event: Some(self.event),
                target_line: Some(self.target_line),
                old_target: self.old_target.clone(),
                old_line: self.old_line,
                old_column: self.old_column,
            }),
        }
    }
}

/// The number of the text that an emission lies in, read without the rest of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlobUse(pub u32);
