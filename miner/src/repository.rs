//! Opening a repository and pinning its revision; nothing of it is executed, checked out or written.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use bench::CommitId;
use git2::{ErrorCode, Oid, RepositoryOpenFlags};

use crate::error::{Error, Result};

/// Bytes of a commit or tag object at most.
const MAX_COMMIT_BYTES: usize = 32 << 20;

/// An open repository, bare or with a working tree.
pub struct Repository {
    pub(crate) git: git2::Repository,
    pub(crate) path: PathBuf,
}

impl Repository {
    /// The repository at `path`: a bare one, or the folder that holds `.git`. Folders above are not searched.
    ///
    /// # Errors
    /// If nothing, or no repository, or one of another user stands there.
    pub fn open(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Err(Error::Missing { path: path.to_owned() });
        }
        // Every read would hash the object, which costs more than inflating it; `git log` does not either. A damaged pack
        // still fails its checksums of compressed data.
        git2::opts::strict_hash_verification(false);
        let none: [&OsStr; 0] = [];
        let git = git2::Repository::open_ext(path, RepositoryOpenFlags::NO_SEARCH, none);
        git.map(|git| Self { git, path: path.to_owned() }).map_err(|source| match source.code() {
            ErrorCode::Owner => Error::Ownership { path: path.to_owned() },
            _ => Error::NotRepository { path: path.to_owned(), source },
        })
    }

    /// The commit that `rev` names; the head of the checked-out or default branch if there is no `rev`.
    ///
    /// # Errors
    /// If the repository has no commit, or HEAD or `rev` names none.
    pub fn resolve(&self, rev: Option<&str>) -> Result<CommitId> {
        let commit = match rev {
            Some(rev) => self.named(rev),
            None => self.git.head().and_then(|head| self.commit(head.resolve()?.target())),
        };
        let commit = commit.map_err(|source| self.unresolved(rev, source))?;
        Ok(CommitId::new(commit.id().to_string())?)
    }

    /// The id of the tree of `commit`.
    pub(crate) fn tree_id(&self, commit: &CommitId) -> Result<Oid> {
        let commit_of = || self.commit(Some(Oid::from_str(commit.as_str())?));
        let read = commit_of().map_err(|source| self.damaged(format!("the commit {commit}"), source))?;
        Ok(read.tree_id())
    }

    /// The commit that `rev` names, an id as it is.
    fn named(&self, rev: &str) -> std::result::Result<git2::Commit<'_>, git2::Error> {
        match CommitId::new(rev) {
            Ok(id) => self.commit(Some(Oid::from_str(id.as_str())?)),
            Err(_) => self.git.revparse_single(rev)?.peel_to_commit(),
        }
    }

    /// The commit `id`, or the one behind the tag `id`, unless the object is too large to be one.
    fn commit(&self, id: Option<Oid>) -> std::result::Result<git2::Commit<'_>, git2::Error> {
        let id = id.ok_or_else(|| git2::Error::from_str("the reference names no object"))?;
        let (bytes, _) = self.git.odb()?.read_header(id)?;
        if bytes > MAX_COMMIT_BYTES {
            return Err(git2::Error::from_str(&format!("an object of {bytes} bytes is no commit")));
        }
        self.git.find_object(id, None)?.peel_to_commit()
    }

    pub(crate) fn damaged(&self, what: impl Into<String>, source: git2::Error) -> Error {
        Error::Damaged { what: what.into(), path: self.path.clone(), source }
    }

    pub(crate) fn too_large(&self, limit: usize) -> Error {
        Error::TreeTooLarge { path: self.path.clone(), limit }
    }

    fn unresolved(&self, rev: Option<&str>, source: git2::Error) -> Error {
        let path = self.path.clone();
        let has_references = self.git.references().is_ok_and(|mut all| all.next().is_some());
        match rev {
            _ if !has_references && source.code() != ErrorCode::InvalidSpec && self.git.head().is_err() => {
                Error::Empty { path }
            }
            Some(rev) => Error::Revision { path, rev: rev.to_owned(), source },
            None if matches!(source.code(), ErrorCode::UnbornBranch | ErrorCode::NotFound) => Error::Unborn { path },
            None => self.damaged("HEAD", source),
        }
    }
}
