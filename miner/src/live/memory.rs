//! What a survey leaves for the next one.

use std::collections::{BTreeMap, BTreeSet};

use bench::{CommitId, RepoPath};
use serde::{Deserialize, Serialize};

use crate::evolve::Remembered;

/// What was found out about a history up to some commit. It is bound to the rules and the repository that it came from,
/// which its keeper must look after; a damaged one is refused or leads to nothing worse than wrong kept commits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Memory {
    /// The newest commit that was looked at.
    pub(super) head: CommitId,
    /// Files that their content makes test files there.
    pub(super) tests: BTreeSet<RepoPath>,
    /// Bytes of text in test files there, at least.
    pub(super) test_bytes: u64,
    /// The versions of test files that the next commits are compared with.
    pub(super) files: BTreeMap<String, Remembered>,
}

impl Memory {
    /// The newest commit that was looked at.
    pub fn head(&self) -> &CommitId {
        &self.head
    }
}
