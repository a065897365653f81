//! Folders of this machine as remotes, which the `git` program is not allowed to follow: libgit2 reads them.

use std::path::Path;

use git2::{Direction, FetchOptions, FetchPrune, RemoteCallbacks, Repository, RepositoryInitOptions};

use super::REFS;
use super::program::Call;
use crate::error::{Error, Result};

/// Makes the folder of `call` a bare clone of its URL.
///
/// # Errors
/// If the URL leads to no repository, or the folder cannot be written.
pub(super) fn clone(call: &Call<'_>) -> Result<()> {
    let mut options = RepositoryInitOptions::new();
    let made = Repository::init_opts(call.folder, options.bare(true).external_template(false));
    let head = made.and_then(|git| fetch(&git, call)).map_err(|error| call.failed(error.message()))?;
    set_head(call.folder, head.as_deref())
}

/// Fetches into the bare clone in the folder of `call`; the remote's default branch.
///
/// # Errors
/// As [`clone`].
pub(super) fn update(call: &Call<'_>) -> Result<Option<String>> {
    let fetched = Repository::open_bare(call.folder).and_then(|git| fetch(&git, call));
    fetched.map_err(|error| call.failed(error.message()))
}

/// Makes `head` the default branch of the bare clone in `folder`, if it is a branch.
///
/// # Errors
/// If its name is no valid one.
pub(super) fn set_head(folder: &Path, head: Option<&str>) -> Result<()> {
    let Some(head) = head.filter(|head| head.starts_with("refs/heads/")) else { return Ok(()) };
    let set = Repository::open_bare(folder).and_then(|git| git.set_head(head));
    set.map_err(|source| Error::Damaged { what: "HEAD".to_owned(), path: folder.to_owned(), source })
}

fn fetch(git: &Repository, call: &Call<'_>) -> std::result::Result<Option<String>, git2::Error> {
    let mut callbacks = RemoteCallbacks::new();
    callbacks.transfer_progress(|stats| {
        (call.progress)(stats.received_objects() as u64, stats.total_objects() as u64);
        true
    });
    let mut options = FetchOptions::new();
    options.prune(FetchPrune::On).update_fetchhead(false).remote_callbacks(callbacks);
    let mut remote = git.remote_anonymous(call.url)?;
    remote.fetch(&REFS, Some(&mut options), None)?;
    remote.connect(Direction::Fetch)?;
    Ok(remote.default_branch().ok().and_then(|name| name.as_str().ok().map(str::to_owned)))
}
