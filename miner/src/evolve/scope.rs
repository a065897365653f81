//! Which files of a history are test files, and under which names they are known (R36–R43, R88).

use std::borrow::Cow;
use std::collections::BTreeSet;

use bench::{RepoPath, Role};

use crate::history::quoted_name;
use crate::rules;

/// The files that the evolution track looks at.
pub(crate) struct Scope {
    pub(super) max_file_bytes: usize,
    tests: Tests,
}

/// How test files are told.
enum Tests {
    /// By their path, or because their content decided so at the newest commit (R41).
    Listed(BTreeSet<RepoPath>),
}

impl Scope {
    /// The files of the profile `paper`; `by_content` are those that the separation on disk moved (R41).
    pub(crate) fn paper(max_file_bytes: usize, by_content: BTreeSet<RepoPath>) -> Self {
        Self { max_file_bytes, tests: Tests::Listed(by_content) }
    }

    /// The name under which the profile knows the path written as `bytes`.
    pub(super) fn listed<'a>(&self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self.tests {
            Tests::Listed(_) => quoted_name(bytes),
        }
    }
}
