//! Clones of URLs: in the cache of `mine`, and in folders of mirrors.
//!
//! A remote is hostile until it is shown to be dull. The `git` program speaks to it, under settings that it cannot
//! bend; nothing is checked out, and nothing that it sends is run.

mod library;
mod mirror;
mod program;
mod words;

pub use mirror::{Existing, FetchOptions, Fetched, Mirrors, Retry, mirror_path, mirrored_repo};
pub use program::CloneLimits;

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use bench::file::{claim_folder, remove_file, remove_folder};
use bench::{RepoId, TaskId};

use crate::error::{Error, Result};
use crate::observer::{Event, Observer};
use program::{Call, REMOTE_SCHEMES};

/// What is fetched: all branches and tags, as `git clone --bare` does.
const REFS: [&str; 2] = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"];

/// How often another process that makes the same clone is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// The bare clone of `url` in the folder `cache`, made if it is not there yet. Its name holds a hash of the URL, so that
/// another source of the same repository is another clone. One process at a time makes it, and others wait; what one that
/// was killed left is made anew.
///
/// # Errors
/// If the scheme is not supported, the folder cannot be written, or cloning fails.
pub(crate) fn cached(url: &str, repo: &RepoId, cache: &Path, observer: &dyn Observer) -> Result<PathBuf> {
    let stem = format!("{}-{}", repo.file_stem(), TaskId::of(&[url.as_bytes()]));
    let path = cache.join(format!("{stem}.git"));
    if path.exists() {
        return Ok(path);
    }
    let partial = cache.join(format!("{stem}.git.partial"));
    let lock = loop {
        match claim_folder(&partial) {
            Ok(lock) => break lock,
            Err(bench::Error::Busy { .. }) => observer.check(repo)?,
            Err(error) => return Err(error.into()),
        }
        thread::sleep(LOOK);
    };
    if path.exists() {
        remove_folder(&partial)?;
        return Ok(path);
    }
    empty(&partial)?;
    let progress = |received, total| observer.hear(repo, Event::Cloning { received, total });
    let call = Call { url, folder: &partial, claim: &lock, limits: CloneLimits::NONE, progress: &progress };
    whole(&call, &path)?;
    Ok(path)
}

/// Removes what is in `folder`, which stays.
fn empty(folder: &Path) -> Result<()> {
    let io = |source| Error::Io { action: "read", path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(io)? {
        let entry = entry.map_err(io)?;
        let is_folder = entry.file_type().map_err(io)?.is_dir();
        if is_folder { remove_folder(&entry.path())? } else { remove_file(&entry.path())? }
    }
    Ok(())
}

/// Clones to the folder of `call`, which is empty or not there, and moves it to `path` once it is complete.
fn whole(call: &Call<'_>, path: &Path) -> Result<()> {
    let partial = call.folder;
    if let Err(error) = clone(call) {
        remove_folder(partial)?;
        return Err(error);
    }
    fs::rename(partial, path).map_err(|source| Error::Io { action: "rename", path: partial.to_owned(), source })
}

/// A bare clone of all branches and tags with full history.
fn clone(call: &Call<'_>) -> Result<()> {
    match scheme(call.url) {
        Some("file") => library::clone(call),
        Some(scheme) if REMOTE_SCHEMES.contains(&scheme) => {
            let arguments: [&OsStr; 7] = [
                "clone".as_ref(),
                "--bare".as_ref(),
                "--progress".as_ref(),
                "--template=".as_ref(),
                "--".as_ref(),
                call.url.as_ref(),
                call.folder.as_ref(),
            ];
            call.run(&arguments)?;
            call.measure()
        }
        _ => Err(Error::Scheme { url: words::redacted(call.url) }),
    }
}

/// The scheme of a URL; `user@host:path` is ssh.
fn scheme(url: &str) -> Option<&str> {
    match url.split_once("://") {
        Some((scheme, _)) => Some(scheme),
        None => bench::is_url(url).then_some("ssh"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_are_told_apart() {
        assert_eq!(scheme("https://example.org/a/b"), Some("https"));
        assert_eq!(scheme("git@example.org:a/b.git"), Some("ssh"));
        assert_eq!(scheme("ext::sh -c x"), None);
    }
}
