//! Raw objects: read, checked for kind and size, trees remembered for a while.

use std::cell::RefCell;
use std::rc::Rc;

use git2::{ErrorCode, ObjectType, Odb, Oid};

use super::limits::Limits;
use super::recent::Recent;
use crate::error::{Error, Result};
use crate::repository::Repository;

/// Bytes of trees that are remembered: the trees of one commit, twice.
const TREE_CACHE_BYTES: usize = 32 << 20;
/// Bytes of texts that are remembered: what one diff reads as new, the next reads as old.
const TEXT_CACHE_BYTES: usize = 32 << 20;

/// The object store of one repository.
pub(super) struct Objects<'r> {
    repository: &'r Repository,
    odb: Odb<'r>,
    trees: RefCell<Recent<Rc<[u8]>>>,
    texts: RefCell<Recent<git2::Blob<'r>>>,
    object_bytes: usize,
}

impl<'r> Objects<'r> {
    pub(super) fn open(repository: &'r Repository, limits: &Limits) -> Result<Self> {
        let odb = repository.git.odb().map_err(|source| repository.damaged("the objects", source))?;
        let trees = RefCell::new(Recent::new(TREE_CACHE_BYTES));
        let texts = RefCell::new(Recent::new(TEXT_CACHE_BYTES));
        Ok(Self { repository, odb, trees, texts, object_bytes: limits.object_bytes })
    }

    /// The content of the commit `id`.
    ///
    /// # Errors
    /// If it is missing, damaged, too large or no commit.
    pub(super) fn commit(&self, id: Oid) -> Result<Vec<u8>> {
        self.read(id, ObjectType::Commit)
    }

    /// The content of the tree `id`.
    ///
    /// # Errors
    /// If it is missing, damaged, too large or no tree.
    pub(super) fn tree(&self, id: Oid) -> Result<Rc<[u8]>> {
        if let Some(known) = self.trees.borrow_mut().get(id, |tree| tree.len()) {
            return Ok(known);
        }
        let tree: Rc<[u8]> = self.read(id, ObjectType::Tree)?;
        self.trees.borrow_mut().insert(id, Rc::clone(&tree), tree.len());
        Ok(tree)
    }

    /// The size of the blob `id` in bytes; none if it is missing, damaged or no blob.
    pub(super) fn blob_size(&self, id: Oid) -> Option<usize> {
        let (size, kind) = self.odb.read_header(id).ok()?;
        (kind == ObjectType::Blob).then_some(size)
    }

    /// The content of the blob `id`; none if it is missing, damaged, longer than `limit` or no blob.
    pub(super) fn blob(&self, id: Oid, limit: usize) -> Option<Vec<u8>> {
        if self.blob_size(id)? > limit {
            return None;
        }
        Some(self.odb.read(id).ok()?.data().to_vec())
    }

    /// The blob `id`; none if it is longer than `limit`.
    ///
    /// # Errors
    /// If it is missing, damaged or no blob.
    pub(super) fn text(&self, id: Oid, limit: usize) -> Result<Option<git2::Blob<'r>>> {
        if let Some(known) = self.texts.borrow_mut().get(id, git2::Blob::size) {
            return Ok(Some(known).filter(|text| text.size() <= limit));
        }
        let unreadable = |source| self.unreadable(format!("the blob {id}"), source);
        let (size, _) = self.odb.read_header(id).map_err(unreadable)?;
        if size > limit {
            return Ok(None);
        }
        let text = self.repository.git.find_blob(id).map_err(unreadable)?;
        self.texts.borrow_mut().insert(id, text.clone(), size);
        Ok(Some(text))
    }

    /// The error of something that does not have its form.
    pub(super) fn malformed(&self, what: String) -> Error {
        self.repository.damaged(what, git2::Error::from_str("the object does not have its form"))
    }

    /// The error of something that is larger than `limit`.
    pub(super) fn beyond(&self, what: impl Into<String>, limit: usize) -> Error {
        Error::Beyond { what: what.into(), limit, path: self.repository.path.clone() }
    }

    fn read<T: for<'d> From<&'d [u8]>>(&self, id: Oid, kind: ObjectType) -> Result<T> {
        let what = || format!("the {kind} {id}");
        let (size, found) = self.odb.read_header(id).map_err(|source| self.unreadable(what(), source))?;
        if found != kind {
            return Err(self.malformed(what()));
        }
        if size > self.object_bytes {
            return Err(self.beyond(format!("the size of {} in bytes", what()), self.object_bytes));
        }
        let object = self.odb.read(id).map_err(|source| self.unreadable(what(), source))?;
        Ok(T::from(object.data()))
    }

    fn unreadable(&self, what: String, source: git2::Error) -> Error {
        if source.code() == ErrorCode::NotFound {
            return Error::Incomplete { what, path: self.repository.path.clone() };
        }
        self.repository.damaged(what, source)
    }
}
