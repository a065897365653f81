//! Repositories as they are listed, and their files as methods see them.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::error::{Error, Result};
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::split::Partition;

/// One entry of `repos.toml`: a repository to mine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoSpec {
    /// The repository.
    pub name: RepoId,
    /// A URL, or a path (relative ones count from the folder of the list).
    pub source: String,
    /// Commit, tag or branch to pin; the default branch's head if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rev: Option<String>,
    /// SPDX identifier of the licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// The part the repository must go to; drawn by rule R81 if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition: Option<Partition>,
    /// Labels of a generated corpus, JSON lines (relative paths count from the folder of the list).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs: Option<PathBuf>,
}

/// The file `repos.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepoList {
    /// The repositories, names distinct.
    #[serde(rename = "repo", default)]
    pub repos: Vec<RepoSpec>,
}

impl RepoList {
    /// The list in the TOML file at `path`, relative paths resolved against its folder.
    ///
    /// # Errors
    /// If the file cannot be read, is not such a list, is empty, or names a repository twice.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
        let mut list: Self = toml::from_str(&text).map_err(|e| Error::malformed(path, None, e.to_string()))?;
        if list.repos.is_empty() {
            return Err(Error::malformed(path, None, "lists no repository; add a [[repo]] with name and source"));
        }
        let mut names: Vec<&RepoId> = list.repos.iter().map(|spec| &spec.name).collect();
        names.sort();
        if let Some([name, _]) = names.array_windows().find(|[a, b]| a == b) {
            return Err(Error::malformed(path, None, format!("names {name} twice")));
        }
        let folder = path.parent().unwrap_or(Path::new(""));
        for spec in &mut list.repos {
            if !is_url(&spec.source) {
                spec.source = folder.join(&spec.source).to_string_lossy().into_owned();
            }
            spec.needs = spec.needs.take().map(|needs| folder.join(needs));
        }
        Ok(list)
    }
}

/// Whether `source` is a URL (or the `host:path` form of ssh) rather than a path on this machine.
pub fn is_url(source: &str) -> bool {
    source.contains("://") || source.split_once(':').is_some_and(|(host, _)| host.contains('@') && !host.contains('/'))
}

closed_set! {
    /// What a file is to the benchmark (section 3).
    pub enum Role as "file role" {
        /// A test file: never shown as repository context.
        Test = "test",
        /// Everything else.
        Production = "production",
    }
}

/// A text file of one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
    /// The path in the tree.
    pub path: RepoPath,
    /// Test or production.
    pub role: Role,
    /// The text, decoded as the profile says.
    pub text: String,
}

/// All that a method may know of a repository at one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepoView {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
    /// Its files, by path.
    pub files: Vec<SourceFile>,
}

impl RepoView {
    /// The production files, by path: what contexts are built from.
    pub fn production(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.role == Role::Production)
    }
}
