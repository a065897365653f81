//! One repository of the evolution track through its kept commits: the tree at each of them.

use std::collections::BTreeMap;

use super::texts::Texts;
use crate::evolution::{CommitPlace, FileChange};
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::repo::{RepoView, Role, SourceFile};

/// A repository's kept commits, trees and texts.
#[derive(Debug)]
pub struct History {
    repo: RepoId,
    commits: Vec<CommitPlace>,
    /// What becomes of each path, by kept commit.
    paths: BTreeMap<RepoPath, Vec<Change>>,
    texts: Texts,
}

#[derive(Debug, Clone, Copy)]
struct Change {
    commit_index: u32,
    role: Role,
    blob: Option<u32>,
}

impl History {
    /// The history that the tables of `repo` tell.
    pub(crate) fn new(repo: RepoId, commits: Vec<CommitPlace>, changes: Vec<FileChange>, texts: Texts) -> Self {
        let mut paths: BTreeMap<RepoPath, Vec<Change>> = BTreeMap::new();
        for FileChange { commit_index, path, role, blob } in changes {
            paths.entry(path).or_default().push(Change { commit_index, role, blob });
        }
        for changes in paths.values_mut() {
            changes.sort_by_key(|change| change.commit_index);
        }
        Self { repo, commits, paths, texts }
    }

    /// The repository.
    pub fn repo(&self) -> &RepoId {
        &self.repo
    }

    /// The kept commits, oldest first.
    pub fn commits(&self) -> &[CommitPlace] {
        &self.commits
    }

    /// The tree at the kept commit `commit`, files by path; none if it is no kept commit, or a text is missing.
    pub fn view(&self, commit: &CommitId) -> Option<RepoView> {
        let place = self.commits.iter().find(|place| place.commit == *commit)?;
        let mut files = Vec::new();
        for (path, changes) in &self.paths {
            let until = changes.partition_point(|change| change.commit_index <= place.index);
            let Some(Change { role, blob: Some(blob), .. }) = changes[..until].last().copied() else { continue };
            let text = self.texts.get(blob)?.to_owned();
            files.push(SourceFile { repo: self.repo.clone(), commit: commit.clone(), path: path.clone(), role, text });
        }
        Some(RepoView { repo: self.repo.clone(), commit: commit.clone(), files })
    }
}
