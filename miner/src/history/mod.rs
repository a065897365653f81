//! The history of a repository as `git log --first-parent` tells it (R87–R91).
//!
//! [`History`] reads one repository on one thread. [`History::walk`] gives its first-parent commits, oldest first, as
//! [`Step`]s: what changed against the first parent, with renames as git finds them. [`History::blob`] reads what a
//! change names, [`History::diff`] puts the difference of two trees into the words of `git diff`.
//!
//! Nothing asks the `git` program, and no configuration is read (R149): names, rename limits and diff algorithm are those
//! of an unconfigured git. Lists of changes and texts of diffs are equal to those of git 2.47; tests compare them.
//!
//! Four things of git are left out on purpose: `refs/replace`, which clones do not carry; attributes while renames are
//! sought, which only tell how a carriage return before a line feed counts; blobs beyond [`Limits::blob_bytes`], which are
//! renamed only when they are unchanged; and giving up where a blob that might have been renamed is missing.

mod change;
mod commit;
mod compare;
mod diff;
mod ident;
mod limits;
mod name;
mod objects;
mod recent;
mod rename;
mod tree;
mod walk;

pub use change::{Change, FileVersion, Mode, Status};
pub use diff::{Abbreviation, Attributes, Diff, Style, filter, kept_name};
pub use limits::Limits;
pub use name::{Names, quoted_name};
pub use walk::{Step, Walk};

use git2::Oid;

use crate::error::{Error, Result};
use crate::repository::Repository;
use objects::Objects;

/// One repository, opened for reading its history on one thread; its caches are bounded.
pub struct History<'r> {
    repository: &'r Repository,
    objects: Objects<'r>,
    limits: Limits,
}

impl<'r> History<'r> {
    /// Opens the history of `repository`.
    ///
    /// # Errors
    /// If the clone is shallow, or its objects cannot be opened.
    pub fn open(repository: &'r Repository, limits: Limits) -> Result<Self> {
        if repository.git.is_shallow() {
            return Err(Error::Shallow { path: repository.path.clone() });
        }
        Ok(Self { repository, objects: Objects::open(repository, &limits)?, limits })
    }

    /// What changed from the tree `old` to the tree `new`, none being the empty tree: sorted by path, a rename at its new
    /// path, as `git diff-tree -r -M` lists it.
    ///
    /// # Errors
    /// If an object is missing or damaged, or a limit is exceeded.
    pub fn changes(&self, old: Option<Oid>, new: Option<Oid>) -> Result<Vec<Change>> {
        let changes = compare::compare(&self.objects, &self.limits, old, new)?;
        Ok(rename::detect(&self.objects, &self.limits, changes))
    }

    /// As [`History::changes`], without looking for renames.
    ///
    /// # Errors
    /// As [`History::changes`].
    pub(crate) fn differences(&self, old: Option<Oid>, new: Oid) -> Result<Vec<Change>> {
        compare::compare(&self.objects, &self.limits, old, Some(new))
    }

    /// The bytes of a file or link at most `limit` bytes long (R91); a link's are its target. None if the object is
    /// missing, damaged, longer or no blob, as that of a submodule.
    pub fn blob(&self, id: Oid, limit: usize) -> Option<Vec<u8>> {
        self.objects.blob(id, limit)
    }
}
