//! A repository as it grows: what makers of adapters read of it, straight from git.
//!
//! A release tells the same of the commits it holds, by the same rules; here any commit will do, and a history is gone on
//! with where an earlier call ended. Nothing is checked out or executed.

mod memory;
mod survey;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use bench::{CommitId, Partition, RepoId, RepoPath, RepoView};

use crate::error::Result;
use crate::evolve::{Handles, Job, Scope, View};
use crate::mine::read_commit;
use crate::observer::NoObserver;
use crate::outcome::Options;
use crate::repository::Repository;

pub use memory::Memory;
pub use survey::{KeptCommits, Survey};

/// What the repository is called in views: its own name is nowhere in it.
const NAME: &str = "local/repository";

/// An opened repository.
pub struct Live {
    path: PathBuf,
    repo: RepoId,
    options: Options,
    partition: Option<Partition>,
}

impl Live {
    /// The repository at `path`, bare or not, read by `options`. The `partition` decides whether the content of a file can
    /// make it a test file in the history, under the profile `paper` (R41): nowhere in [`Partition::OodTest`].
    ///
    /// # Errors
    /// If no repository stands there.
    pub fn open(path: &Path, options: Options, partition: Option<Partition>) -> Result<Self> {
        Repository::open(path)?;
        Ok(Self { path: path.to_owned(), repo: RepoId::new(NAME)?, options, partition })
    }

    /// The commit that `rev` names; HEAD if there is none.
    ///
    /// # Errors
    /// If it names no commit.
    pub fn resolve(&self, rev: Option<&str>) -> Result<CommitId> {
        Repository::open(&self.path)?.resolve(rev)
    }

    /// The first of the first-parent ancestors of `head`: what a repository is known by.
    ///
    /// # Errors
    /// If the history cannot be read.
    pub fn root(&self, head: &CommitId) -> Result<CommitId> {
        Handles::new(&self.path).read(|history| history.root(head))
    }

    /// The files at `commit` as the static track reads them (R35–R38, R133).
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub fn snapshot(&self, commit: &CommitId) -> Result<RepoView> {
        let repository = Repository::open(&self.path)?;
        let files = read_commit(&self.repo, &repository, commit, &self.options, &NoObserver)?;
        Ok(RepoView { repo: self.repo.clone(), commit: commit.clone(), files: files.sources() })
    }

    /// The Python files at `commit` as the evolution track reads them, `commit` being its newest commit.
    ///
    /// # Errors
    /// If the tree cannot be read.
    pub fn tree(&self, commit: &CommitId) -> Result<RepoView> {
        self.survey(commit, None)?.tree(commit)
    }

    /// The history up to `head`. What an earlier survey left in `memory` saves work and changes nothing.
    ///
    /// # Errors
    /// If an object cannot be read.
    pub fn survey(&self, head: &CommitId, memory: Option<&Memory>) -> Result<Survey<'_>> {
        Survey::new(self, head, memory)
    }

    fn view(&self) -> View {
        match self.partition {
            Some(Partition::OodTest) => View::OutOfDistribution,
            _ => View::InDistribution,
        }
    }

    fn job<'a>(&'a self, head: &'a CommitId, tests: BTreeSet<RepoPath>) -> Job<'a> {
        let scope = Scope::new(self.options.profile, self.options.max_file_bytes, tests);
        let handles = Handles::new(&self.path);
        Job { repo: &self.repo, handles, head, scope, view: self.view(), options: &self.options }
    }
}
