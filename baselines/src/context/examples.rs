//! Training tasks that can be shown as examples.

use std::sync::Mutex;

use bench::{Partition, Release, RepoId, RepoPath, RepoView, Split, TaskSet, pytext};

use super::last_chars;
use crate::error::Result;

/// A training task with its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The test file.
    pub path: RepoPath,
    /// Place of the commit among the kept commits of its repository; none in the static track.
    pub commit_index: Option<u32>,
    /// The end of the text before the cut.
    pub prefix: String,
    /// The answer.
    pub target: String,
}

/// The training tasks of a release, by repository.
pub trait ExamplePool: Send + Sync {
    /// The training repositories, by id.
    fn repositories(&self) -> &[RepoId];

    /// The examples of `repo`, in the order of the release, of prefixes the last `prefix_chars` characters; none if it has
    /// no training task.
    ///
    /// # Errors
    /// If a table cannot be read.
    fn examples(&self, repo: &RepoId, prefix_chars: usize) -> Result<Vec<Example>>;

    /// The one view that stands for `repo`.
    ///
    /// # Errors
    /// If a table cannot be read.
    fn view(&self, repo: &RepoId) -> Result<RepoView>;
}

/// The pool of a sealed release.
#[derive(Debug)]
pub struct ReleasePool {
    release: Mutex<Release>,
    repositories: Vec<RepoId>,
}

impl ReleasePool {
    /// The pool of `release`.
    pub fn new(release: Release) -> Self {
        let known = release.manifest().contents.repos.iter().filter(|known| known.partition == Partition::Train);
        let repositories = known.map(|known| known.repo.clone()).collect();
        Self { release: Mutex::new(release), repositories }
    }

    fn release(&self) -> Release {
        self.release.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }
}

impl ExamplePool for ReleasePool {
    fn repositories(&self) -> &[RepoId] {
        &self.repositories
    }

    fn examples(&self, repo: &RepoId, prefix_chars: usize) -> Result<Vec<Example>> {
        let mut examples = Vec::new();
        for batch in self.release().stream_of(TaskSet::Split(Split::Train), repo)? {
            for task in batch? {
                let bench::Assertion { path, prefix, target, evolution, .. } = task.assertion;
                let commit_index = evolution.map(|evolution| evolution.commit_index);
                let prefix = last_chars(&prefix, prefix_chars).to_owned();
                examples.push(Example { path, commit_index, prefix, target });
            }
        }
        examples.retain(is_usable);
        Ok(examples)
    }

    fn view(&self, repo: &RepoId) -> Result<RepoView> {
        Ok(self.release().snapshot(repo)?)
    }
}

/// Whether `example` passes the filters of the static track (M28).
fn is_usable(example: &Example) -> bool {
    !example.prefix.is_empty() && !example.target.is_empty() && !pytext::strip_start(&example.target).starts_with(',')
}
