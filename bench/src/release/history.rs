//! One repository of the evolution track through its kept commits: the tree at each of them.

use std::collections::BTreeMap;

use crate::evolution::{CommitPlace, FileChange};
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::mining::Texts;
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

    /// The files at the kept commit `commit`, by path; none if it is no kept commit.
    pub fn tree(&self, commit: &CommitId) -> Option<Vec<TreeFile<'_>>> {
        let place = self.commits.iter().find(|place| place.commit == *commit)?;
        let latest = |changes: &[Change]| {
            let until = changes.partition_point(|change| change.commit_index <= place.index);
            let Change { role, blob, .. } = changes[..until].last().copied()?;
            Some((role, blob?))
        };
        let file =
            |(path, changes): (_, &Vec<Change>)| latest(changes).map(|(role, blob)| TreeFile { path, role, blob });
        Some(self.paths.iter().filter_map(file).collect())
    }

    /// The text with the number `blob`; none if it is missing.
    pub fn text(&self, blob: u32) -> Option<&str> {
        self.texts.get(blob)
    }

    /// The tree at the kept commit `commit`, files by path; none if it is no kept commit, or a text is missing.
    pub fn view(&self, commit: &CommitId) -> Option<RepoView> {
        let mut files = Vec::new();
        for TreeFile { path, role, blob } in self.tree(commit)? {
            let text = self.texts.get(blob)?.to_owned();
            files.push(SourceFile { repo: self.repo.clone(), commit: commit.clone(), path: path.clone(), role, text });
        }
        Some(RepoView { repo: self.repo.clone(), commit: commit.clone(), files })
    }
}

/// A file of a tree whose text is named, not copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeFile<'a> {
    /// The path in the tree.
    pub path: &'a RepoPath,
    /// Test or production.
    pub role: Role,
    /// The number of the text, for [`History::text`].
    pub blob: u32,
}
