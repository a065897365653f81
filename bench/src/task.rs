//! The one task type: an assertion, the text before the cut and the text after it.

use crate::difficulty::Difficulty;
use crate::evolution::Evolution;
use crate::ids::{CommitId, RepoId, RepoPath, TaskId};
use crate::kind::AssertionKind;
use crate::need::Need;
use crate::split::Split;

/// An assertion of one file of one commit, cut into prefix and target.
#[derive(Debug, Clone, PartialEq)]
pub struct Assertion {
    /// Content address, see [`Assertion::address`].
    pub id: TaskId,
    /// The repository.
    pub repo: RepoId,
    /// The commit whose tree holds the file.
    pub commit: CommitId,
    /// The test file.
    pub path: RepoPath,
    /// Line of the assertion node, from 1, parser lines (R4).
    pub line: u32,
    /// Column of the assertion node, from 0, in UTF-8 bytes (R6).
    pub column: u32,
    /// Column of the node at which the source is cut, from 0, in UTF-8 bytes.
    pub target_column: u32,
    /// The published type.
    pub kind: AssertionKind,
    /// Enclosing function, or empty (R59).
    pub function: String,
    /// Enclosing class, or empty (R59).
    pub class: String,
    /// The tier of the target (R69).
    pub difficulty: Difficulty,
    /// Whether the target held a line break before it was collapsed (R58).
    pub multiline: bool,
    /// What a model reads.
    pub prefix: String,
    /// What a model is asked for.
    pub target: String,
    /// What answering needs, where the corpus knows it.
    pub need: Option<Need>,
    /// What only tasks of the evolution track have.
    pub evolution: Option<Evolution>,
}

impl Assertion {
    /// The content address of this assertion: everything a model or a scorer can see, and where it stands.
    pub fn address(&self) -> TaskId {
        TaskId::of(&[
            self.repo.as_str().as_bytes(),
            self.commit.as_str().as_bytes(),
            self.path.as_str().as_bytes(),
            &self.line.to_le_bytes(),
            &self.column.to_le_bytes(),
            &self.target_column.to_le_bytes(),
            self.kind.name().as_bytes(),
            self.prefix.as_bytes(),
            self.target.as_bytes(),
        ])
    }
}

/// An assertion that passed the quality filters, before repositories are split.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The assertion.
    pub assertion: Assertion,
    /// Place in the balanced selection of its repository (R71), from 0; none if it was not selected.
    pub rank: Option<u32>,
}

/// An assertion that belongs to a part of the benchmark.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// The part.
    pub split: Split,
    /// The assertion.
    pub assertion: Assertion,
}

impl Task {
    /// The task's id.
    pub fn id(&self) -> &TaskId {
        &self.assertion.id
    }
}
