//! The folder of mirrors: bare clones with full history, one a repository, named after it.

use std::path::{Path, PathBuf};

use bench::RepoId;

/// What ends the name of a mirror.
const SUFFIX: &str = ".git";

/// Where the mirror of `repo` stands in `folder`: `owner__name.git`.
pub fn mirror_path(folder: &Path, repo: &RepoId) -> PathBuf {
    folder.join(format!("{}{SUFFIX}", repo.file_stem()))
}

/// The repository whose mirror has the name `file_name`, cut at the first `__`: owners on the large hosts hold none, a
/// name may.
///
/// ```
/// assert_eq!(miner::mirrored_repo("a-b__c__d.git").unwrap().as_str(), "a-b/c__d");
/// assert!(miner::mirrored_repo("a__b.git.partial").is_none());
/// ```
pub fn mirrored_repo(file_name: &str) -> Option<RepoId> {
    let (owner, name) = file_name.strip_suffix(SUFFIX)?.split_once("__")?;
    RepoId::new(format!("{owner}/{name}")).ok()
}
