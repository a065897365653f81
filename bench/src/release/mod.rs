//! A sealed benchmark: every path of its folder, and the manifest that binds them.
//!
//! ```text
//! manifest.json                     written last; its presence means the release is complete
//! tasks/<split>.parquet             the tasks of one split; in the evolution track spans of blobs
//! sources/<owner>__<name>.parquet   static track: the files of one repository at the commit of its tasks
//! commits/, blobs/, files/, definitions/<owner>__<name>.parquet
//!                                   evolution track: one repository through its kept commits
//! anchor/train.parquet              evolution track: static tasks of the training repositories at their anchors
//! leaks/<split>.parquet             what is known of the leaks of a split's tasks
//! static/ood_test.parquet           evolution track: one static set of tasks of the OOD repositories
//! provenance.json                   how it was made, outside the seal
//! README.md, LICENCES.md            the data card and the licences, outside the seal
//! ```
//!
//! [`seal`](Release::seal) makes one of a mining folder; [`stream`](Release::stream) reads tasks back with their
//! prefixes, [`view`](Release::view) what methods may know of a repository at a commit.

mod build;
mod card;
mod evolution;
mod history;
mod manifest;
mod provenance;
mod seal;
mod set;
mod snapshot;
mod static_ood;
mod stream;

pub use build::BuildOptions;
pub(crate) use card::{LICENCES, Splits, configs, licences};
pub use history::{History, TreeFile};
pub use manifest::{Anchor, Contents, Manifest, Origin, RELEASE_FORMAT, ReleasedRepo, TableEntry};
pub(crate) use provenance::PROVENANCE;
pub use provenance::{Made, PROVENANCE_FORMAT, ReleaseProvenance};
pub(crate) use seal::{entry, seal};
pub use set::TaskSet;
pub use stream::TaskStream;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use crate::error::{Error, Result};
use crate::file::read_format;
use crate::ids::{CommitId, RepoId};
use crate::leaks::LeakWatch;
use crate::mining::{Mining, ShardTable, Texts, unchanged};
use crate::profile::Track;
use crate::repo::RepoView;
use crate::split::Split;
use crate::table::{Columns, TableReader, read_table};
use crate::task::Task;

/// The name of the manifest inside a release.
pub(crate) const MANIFEST: &str = "manifest.json";

/// A sealed benchmark on disk.
#[derive(Debug, Clone)]
pub struct Release {
    root: PathBuf,
    manifest: Manifest,
    /// The repository that was looked at last: views of its commits are asked for one after the other.
    latest: Arc<Mutex<Option<Arc<History>>>>,
}

impl Release {
    /// Splits what `mining` holds and seals it into the folder `root` (R80–R82, R111–R129).
    ///
    /// The folder appears whole or not at all. If it already holds this very release, it is left as it is.
    ///
    /// # Errors
    /// If `root` already holds something else, the mining folder lacks a track, the repositories cannot be split, or a
    /// file cannot be read or written.
    pub fn seal(mining: &Mining, root: &Path, options: &BuildOptions) -> Result<Self> {
        Self::seal_watched(mining, root, options, &|_| ())
    }

    /// As [`Release::seal`]; `watch` follows the search for leaks.
    ///
    /// # Errors
    /// As [`Release::seal`].
    pub fn seal_watched(mining: &Mining, root: &Path, options: &BuildOptions, watch: &LeakWatch<'_>) -> Result<Self> {
        let index = mining.index()?;
        let made = Made::of(&index, &options.tools);
        seal(root, made, watch, |partial| build::write(mining, &index, partial, options))
    }

    /// The release in the folder `root`, its manifest checked against its own hash.
    ///
    /// # Errors
    /// If there is no manifest, or it is of another format, or was changed.
    pub fn open(root: &Path) -> Result<Self> {
        let release = Self::open_as_found(root)?;
        let found = release.manifest.contents.hash();
        if found != release.manifest.root {
            let (path, expected) = (root.join(MANIFEST), release.manifest.root);
            return Err(Error::Changed { path, found, expected });
        }
        Ok(release)
    }

    /// As [`Release::open`], whatever hash the manifest bears: for the check that tells what is wrong.
    pub(crate) fn open_as_found(root: &Path) -> Result<Self> {
        let manifest = read_format(&root.join(MANIFEST), &["contents", "format"], RELEASE_FORMAT, "release")?;
        Ok(Self::at(root, manifest))
    }

    /// Whether the folder `root` holds a release.
    pub fn exists(root: &Path) -> bool {
        root.join(MANIFEST).exists()
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The hash that names this release.
    pub fn id(&self) -> &str {
        &self.manifest.root
    }

    /// The splits that have tasks, in the order of [`Split::ALL`].
    pub fn splits(&self) -> Vec<Split> {
        let has =
            |split: &Split| self.manifest.contents.repos.iter().any(|r| r.tasks.get(split).is_some_and(|n| *n > 0));
        Split::ALL.iter().copied().filter(has).collect()
    }

    /// The tasks of `split`, in its order: repository by repository, in the evolution track commit by commit.
    ///
    /// Prefixes of the evolution track are whole files; [`Release::stream`] does not hold them all.
    ///
    /// # Errors
    /// If a table was changed after sealing or cannot be read.
    pub fn tasks(&self, split: Split) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for batch in self.stream(TaskSet::Split(split))? {
            tasks.extend(batch?);
        }
        Ok(tasks)
    }

    /// The tasks of `set`, a commit at a time; nothing if the release has no such set.
    ///
    /// # Errors
    /// If a table was changed after sealing or cannot be read.
    pub fn stream(&self, set: TaskSet) -> Result<TaskStream<'_>> {
        TaskStream::open(self, set, None)
    }

    /// The tasks of `set` that are of `repo`; the tables of other repositories are not read.
    ///
    /// # Errors
    /// If a table was changed after sealing or cannot be read.
    pub fn stream_of(&self, set: TaskSet, repo: &RepoId) -> Result<TaskStream<'_>> {
        TaskStream::open(self, set, Some(repo))
    }

    /// The rows of `table` of `repo`, in their order.
    ///
    /// # Errors
    /// If the release has no such table, or it was changed or cannot be read.
    pub fn rows<R: Columns>(&self, repo: &RepoId, table: ShardTable) -> Result<TableReader<R>> {
        TableReader::open(&self.checked(&shard_path(table, repo))?)
    }

    /// All that methods may know of `repo` at `commit`: the commit of its tasks in the static track, any kept commit in
    /// the evolution track.
    ///
    /// # Errors
    /// If the release does not hold this tree, or a table was changed or cannot be read.
    pub fn view(&self, repo: &RepoId, commit: &CommitId) -> Result<RepoView> {
        let absent =
            || Error::malformed(&self.root, None, format!("the release does not hold the files of {repo} at {commit}"));
        match self.manifest.contents.track {
            Track::Static => {
                let view = self.snapshot(repo)?;
                if view.commit == *commit { Ok(view) } else { Err(absent()) }
            }
            Track::Evolution => self.history(repo)?.view(commit).ok_or_else(absent),
        }
    }

    /// All that methods may know of `repo` at the one commit that stands for it: that of its tasks in the static track,
    /// its anchor in the evolution track (R125).
    ///
    /// # Errors
    /// If the repository is not in the release, or its tables were changed or cannot be read.
    pub fn snapshot(&self, repo: &RepoId) -> Result<RepoView> {
        let Some(known) = self.manifest.contents.repo(repo) else {
            return Err(Error::malformed(&self.root, None, format!("the release has no repository {repo}")));
        };
        if let Some(anchor) = &known.anchor {
            return self.view(repo, &anchor.commit);
        }
        let files = read_table(&self.checked(&shard_path(ShardTable::Sources, repo))?)?;
        Ok(RepoView { repo: repo.clone(), commit: known.commit.clone(), files })
    }

    /// The kept commits of `repo` with their trees. The latest one is kept in memory.
    ///
    /// # Errors
    /// If the repository has no history in this release, or its tables were changed or cannot be read.
    pub fn history(&self, repo: &RepoId) -> Result<Arc<History>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(history) = latest.as_ref().filter(|history| history.repo() == repo) {
            return Ok(Arc::clone(history));
        }
        *latest = None;
        let commits = read_table(&self.checked(&shard_path(ShardTable::Commits, repo))?)?;
        let changes = read_table(&self.checked(&shard_path(ShardTable::Files, repo))?)?;
        let texts = Texts::read(self.rows(repo, ShardTable::Blobs)?)?;
        let history = Arc::new(History::new(repo.clone(), commits, changes, texts));
        *latest = Some(Arc::clone(&history));
        Ok(history)
    }

    /// The file at `path` inside the release, its hash checked.
    pub(crate) fn checked(&self, path: &str) -> Result<PathBuf> {
        let full = self.root.join(path);
        match self.manifest.contents.table(path) {
            Some(entry) => unchanged(&full, &entry.blake3).map(|()| full),
            None => {
                let why = match self.manifest.contents.origin {
                    Origin::Mined => "",
                    Origin::Imported => "; it was imported, and the tables it came from hold nothing of the kind",
                };
                Err(Error::malformed(&self.root, None, format!("the release has no table {path}{why}")))
            }
        }
    }

    fn at(root: &Path, manifest: Manifest) -> Self {
        Self { root: root.to_owned(), manifest, latest: Arc::default() }
    }
}

/// The path of `table` of `repo` inside a release.
pub(crate) fn shard_path(table: ShardTable, repo: &RepoId) -> String {
    format!("{table}/{}.parquet", repo.file_stem())
}
