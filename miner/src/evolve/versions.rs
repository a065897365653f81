//! From what a change names to the version of a test file that it brings (R91).

use bench::{BlobId, RepoPath};
use git2::Oid;

use super::ahead::{Reads, Wanted};
use super::scope::Scope;
use super::states::{Reader, Reading};
use crate::error::{Error, Result};
use crate::history::{FileVersion, History, Mode};

/// A version of a file whose path may be that of a test file.
pub(super) enum TestVersion {
    /// It is no file or cannot be had.
    Unreadable,
    /// The profile refuses its bytes (Q20).
    Undecodable,
    /// Its content makes it no test file.
    Production,
    /// Its text, and what it is if Python 3.12 parses it.
    Test(String, Option<Reading>),
}

/// Reads such versions.
pub(super) struct VersionSource<'a> {
    scope: &'a Scope,
    reader: Reader,
}

impl<'a> VersionSource<'a> {
    /// A source of what `reader` reads.
    pub(super) fn new(scope: &'a Scope, reader: Reader) -> Self {
        Self { scope, reader }
    }

    /// The version of `path` that is the blob `id`.
    pub(super) fn get(&mut self, id: Oid, path: &RepoPath, history: &History<'_>) -> TestVersion {
        let Some(bytes) = history.blob(id, self.scope.max_file_bytes) else { return TestVersion::Unreadable };
        let Some(text) = self.scope.decode(bytes) else { return TestVersion::Undecodable };
        if !self.scope.is_test(path, &text) {
            return TestVersion::Production;
        }
        let reading = self.reader.read(path, &text);
        TestVersion::Test(text, reading)
    }

    /// The version of the test file `path` that is the blob `id`, which an earlier walk read and parsed.
    ///
    /// # Errors
    /// If it is no longer there, or no longer reads like that.
    pub(super) fn remembered(&mut self, id: &BlobId, path: &RepoPath, history: &History<'_>) -> Result<Reading> {
        let lost = || Error::Forgotten { what: format!("the version {id} of {path}") };
        let id = Oid::from_str(id.as_str()).map_err(|_| lost())?;
        let bytes = history.blob(id, self.scope.max_file_bytes);
        let text = bytes.and_then(|bytes| self.scope.decode(bytes)).ok_or_else(lost)?;
        self.reader.read(path, &text).ok_or_else(lost)
    }
}

impl Reads for VersionSource<'_> {
    type Made = TestVersion;

    fn read(&mut self, (id, path): &Wanted, history: &History<'_>) -> (TestVersion, usize) {
        let version = self.get(*id, path, history);
        let bytes = match &version {
            TestVersion::Test(text, _) => text.len(),
            TestVersion::Unreadable | TestVersion::Undecodable | TestVersion::Production => 0,
        };
        (version, bytes)
    }
}

/// The blob that a change may bring as a test file, with the name it is listed under.
pub(super) fn wanted(scope: &Scope, path: &[u8], version: FileVersion) -> Option<Wanted> {
    if version.mode == Mode::Submodule {
        return None;
    }
    let path = RepoPath::new(&*scope.listed(path)).ok().filter(|path| scope.may_be_test(path))?;
    Some((version.id, path))
}
