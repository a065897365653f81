//! What a listener hears while a repository is mined.

use bench::RepoId;

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
}

/// Listens to mining. Calls come from the thread that mines the repository.
pub trait Observer: Sync {
    /// Hears of `event` in `repo`.
    fn hear(&self, repo: &RepoId, event: Event);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn hear(&self, _: &RepoId, _: Event) {}
}
