//! Which version of each test file the walk remembers: all that must be kept to go on with a history later.

use std::collections::{BTreeMap, BTreeSet};

use bench::BlobId;
use serde::{Deserialize, Serialize};

/// The last version of a test file that parses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Remembered {
    /// Its blob.
    pub(super) blob: BlobId,
    /// Whether a later version does not parse.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) failed: bool,
}

/// The remembered versions by path, as they stand after a commit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ledger {
    files: BTreeMap<String, Remembered>,
    /// Paths whose version was not read in this process yet.
    unread: BTreeSet<String>,
}

impl Ledger {
    /// What an earlier walk left: nothing of it was read yet.
    pub(super) fn resumed(files: BTreeMap<String, Remembered>) -> Self {
        let unread = files.keys().cloned().collect();
        Self { files, unread }
    }

    /// The version of `path` that must be read before a change of it is looked at; none the next time.
    pub(super) fn take_unread(&mut self, path: &str) -> Option<Remembered> {
        self.unread.remove(path).then(|| self.files.get(path).cloned())?
    }

    /// The file at `path` has this version, which parses.
    pub(super) fn update(&mut self, path: &str, blob: BlobId) {
        self.files.insert(path.to_owned(), Remembered { blob, failed: false });
    }

    /// The file at `path` has a version that does not parse.
    pub(super) fn fail(&mut self, path: &str) {
        if let Some(known) = self.files.get_mut(path) {
            known.failed = true;
        }
    }

    /// The file at `path` is gone.
    pub(super) fn forget(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The file at `from` is now at `to`.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        if let Some(known) = self.files.remove(from) {
            self.files.insert(to.to_owned(), known);
        }
    }

    /// All of it.
    pub(super) fn into_files(self) -> BTreeMap<String, Remembered> {
        self.files
    }
}
