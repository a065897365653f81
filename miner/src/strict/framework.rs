//! Whether a repository tests with pytest or unittest (R21, R34).

use std::collections::BTreeMap;

use bench::{CommitId, Profile, RepoPath};

use super::files;
use crate::error::Result;
use crate::outcome::MAX_FILE_BYTES;
use crate::repository::Repository;
use crate::separate::separate;
use crate::tree::Tree;

/// Files of the root folder that name dependencies (R21).
const DEPENDENCY_FILES: [&str; 7] = [
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-test.txt",
    "pyproject.toml",
    "setup.cfg",
    "tox.ini",
    "Pipfile",
];
/// Bytes of such a file at most. Our choice, far above any real one.
const MAX_DEPENDENCY_BYTES: usize = 4 << 20;

/// The test frameworks of one commit. The profile `strict` takes repositories that have one; the reference only looks
/// for pytest (C3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Framework {
    /// A dependency file of the root folder contains "pytest" in any case.
    pub pytest: bool,
    /// A test file (R40) imports `unittest`.
    pub unittest: bool,
}

impl Framework {
    /// The frameworks at `commit`.
    ///
    /// # Errors
    /// If an object is missing or damaged.
    pub fn read(repository: &Repository, commit: &CommitId) -> Result<Self> {
        let tree = Tree::read(repository, commit)?;
        Self::of(&tree, &separate(&tree, MAX_FILE_BYTES, Profile::Strict)?.tests)
    }

    /// The frameworks of `tree`, whose test files are `tests`.
    pub(crate) fn of(tree: &Tree<'_>, tests: &BTreeMap<RepoPath, String>) -> Result<Self> {
        let mut pytest = false;
        for name in DEPENDENCY_FILES {
            pytest |= mentions_pytest(tree, &RepoPath::new(name)?)?;
        }
        Ok(Self { pytest, unittest: tests.values().any(|text| files::imports_unittest(text)) })
    }

    /// Whether there is any.
    pub fn is_known(self) -> bool {
        self.pytest || self.unittest
    }
}

fn mentions_pytest(tree: &Tree<'_>, path: &RepoPath) -> Result<bool> {
    let Some(target) = tree.follow(path)? else { return Ok(false) };
    if tree.size(&target)?.is_none_or(|size| size > MAX_DEPENDENCY_BYTES) {
        return Ok(false);
    }
    Ok(tree.bytes(&target)?.to_ascii_lowercase().windows(6).any(|word| word == b"pytest"))
}
