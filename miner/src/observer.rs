//! What a listener hears while a repository is mined.

use bench::RepoId;

use crate::error::{Error, Result};

/// A step of mining one repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// Objects arrive from a remote; `total` is 0 until the remote has counted them.
    Cloning {
        /// Objects received.
        received: u64,
        /// Objects to receive.
        total: u64,
    },
    /// A remote failed and is tried again later.
    Waiting {
        /// Until then.
        seconds: u64,
        /// Tries so far.
        attempt: u32,
    },
    /// The tree is being read; this many files stand in it.
    Reading {
        /// Files of the tree.
        files: u64,
    },
    /// Test files are being extracted from.
    Extracting {
        /// Test files done.
        done: u64,
        /// Test files in all.
        total: u64,
    },
    /// The history is being walked.
    Walking {
        /// First-parent commits done.
        done: u64,
        /// First-parent commits in all.
        total: u64,
    },
    /// The diffs of kept commits are being written.
    Diffing {
        /// Kept commits done.
        done: u64,
        /// Kept commits in all.
        total: u64,
    },
}

/// Listens to mining. Calls come from any of the threads that mine the repository.
pub trait Observer: Sync {
    /// Hears of `event` in `repo`.
    fn hear(&self, repo: &RepoId, event: Event);

    /// Whether mining `repo` may go on; asked again and again, at least once a commit and a file.
    fn may_go_on(&self, repo: &RepoId) -> bool {
        let _ = repo;
        true
    }
}

impl dyn Observer + '_ {
    /// Fails if mining `repo` may not go on.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub(crate) fn check(&self, repo: &RepoId) -> Result<()> {
        if self.may_go_on(repo) { Ok(()) } else { Err(Error::Stopped { repo: repo.clone() }) }
    }
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn hear(&self, _: &RepoId, _: Event) {}
}
