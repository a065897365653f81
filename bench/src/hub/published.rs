//! Reading the published layout: folders of the authors, and those that `export` wrote.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{HubAnchorPair, HubCommit, HubPair, HubStaticPair, HubVector};
use crate::error::{Error, Result};
use crate::ids::RepoId;
use crate::profile::{Profile, Track};
use crate::release::TaskSet;
use crate::split::{Partition, Split};
use crate::table::{Columns, Row, TableReader, column_names, read_published};
use crate::task::Task;

/// A folder in the published layout.
///
/// Not everything of a task is published: where a table lacks the column, the class is empty, `target_column` is 0,
/// `multiline` is false, lines and columns are 0 and the commit is [`CommitId::unknown`](crate::CommitId::unknown), and the
/// difficulty is that of the target. Ids are addresses of what is there, so they differ from those of a mined release.
#[derive(Debug, Clone)]
pub struct Published {
    root: PathBuf,
    track: Track,
    pairs: BTreeMap<TaskSet, Vec<PathBuf>>,
    commits: Vec<PathBuf>,
}

/// What a table of pairs holds, told by its columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    FullFile,
    Anchor,
    Snapshot,
}

/// The columns of a table of pairs.
pub(crate) struct Layout {
    /// The name of the table.
    pub(crate) table: &'static str,
    /// Those that were published, in their order.
    pub(crate) published: Vec<String>,
    /// Those that only this project writes, which come last (R147).
    pub(crate) ours: Vec<String>,
}

/// Folders of pair tables.
const PAIRS: [&str; 2] = ["qna", "qna_evo"];
const STATIC_OOD: &str = "qna_static";
const COMMITS: &str = "commits";

impl Published {
    /// The tables in the folder `root`: those in `qna/` or `qna_evo/`, in `qna_static/` and in `commits/`, each named
    /// for its split, or for its split and a part (`train-00000-of-00002.parquet`).
    ///
    /// # Errors
    /// If there is no table of pairs, a name is no split, or both tracks are mixed.
    pub fn open(root: &Path) -> Result<Self> {
        let mut pairs: BTreeMap<TaskSet, Vec<PathBuf>> = BTreeMap::new();
        let mut track = None;
        for path in PAIRS.iter().map(|folder| tables(&root.join(folder))).collect::<Result<Vec<_>>>()?.concat() {
            let (split, kind) = (split(&path)?, Kind::of(&path)?);
            let found = if kind == Kind::Snapshot { Track::Static } else { Track::Evolution };
            if *track.get_or_insert(found) != found {
                return Err(Error::malformed(&path, None, "is of the other track than the tables beside it"));
            }
            let set = if kind == Kind::Anchor { TaskSet::Anchor } else { TaskSet::Split(split) };
            pairs.entry(set).or_default().push(path);
        }
        let static_ood = tables(&root.join(STATIC_OOD))?;
        if !static_ood.is_empty() {
            pairs.insert(TaskSet::StaticOod, static_ood);
        }
        if pairs.is_empty() {
            let reason = "holds no tables of pairs; give a folder with qna/<split>.parquet";
            return Err(Error::malformed(root, None, reason));
        }
        let commits = tables(&root.join(COMMITS))?;
        Ok(Self { root: root.to_owned(), track: track.unwrap_or(Track::Evolution), pairs, commits })
    }

    /// Whether the folder `root` looks like one.
    pub fn exists(root: &Path) -> bool {
        PAIRS.iter().chain([&STATIC_OOD]).any(|folder| root.join(folder).is_dir())
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The track of its tables.
    pub fn track(&self) -> Track {
        self.track
    }

    /// The sets of tasks that it holds.
    pub fn sets(&self) -> impl Iterator<Item = TaskSet> {
        self.pairs.keys().copied()
    }

    /// The tasks of `set` in the order of the tables.
    pub fn tasks(&self, set: TaskSet) -> PublishedTasks {
        let mut files = self.pairs.get(&set).cloned().unwrap_or_default();
        files.reverse();
        PublishedTasks { set, files, repo: None, open: None }
    }

    /// The tasks of `set` that are of `repo`; row groups of other repositories are not read.
    pub fn tasks_of(&self, set: TaskSet, repo: &RepoId) -> PublishedTasks {
        PublishedTasks { repo: Some(repo.clone()), ..self.tasks(set) }
    }

    /// Every repository of its tables, with its partition.
    ///
    /// # Errors
    /// If a table cannot be read or does not tell the partition.
    pub fn repositories(&self) -> Result<BTreeMap<RepoId, Partition>> {
        let mut found = BTreeMap::new();
        for path in self.pairs.values().flatten().chain(&self.commits) {
            read_published(path, &mut found)?;
        }
        Ok(found.into_iter().map(|(repo, known)| (repo, known.partition)).collect())
    }

    /// Every table of pairs, with the columns that it should have.
    ///
    /// # Errors
    /// If a table cannot be opened.
    pub(crate) fn layouts(&self) -> Result<Vec<(Layout, PathBuf)>> {
        self.pairs.values().flatten().map(|path| Ok((Kind::of(path)?.layout(), path.clone()))).collect()
    }

    /// The kept commits in the order of the tables.
    ///
    /// # Errors
    /// If a table cannot be opened.
    pub fn commits(&self) -> Result<impl Iterator<Item = Result<Vec<HubCommit>>> + use<>> {
        self.of_commits()
    }

    /// The vectors of diffs, or of trees, that the tables of commits hold, in the order of the tables.
    ///
    /// # Errors
    /// If a table cannot be opened.
    pub fn vectors<const OF_DIFF: bool>(
        &self,
    ) -> Result<impl Iterator<Item = Result<Vec<HubVector<OF_DIFF>>>> + use<OF_DIFF>> {
        self.of_commits()
    }

    fn of_commits<R: Columns>(&self) -> Result<impl Iterator<Item = Result<Vec<R>>> + use<R>> {
        let readers: Vec<_> = self.commits.iter().map(|path| TableReader::open_foreign(path)).collect::<Result<_>>()?;
        Ok(readers.into_iter().flatten())
    }
}

impl Kind {
    fn of(path: &Path) -> Result<Self> {
        let names = column_names(path)?;
        let has = |name: &str| names.iter().any(|found| found == name);
        Ok(match (has("qna_source"), has("commit_index")) {
            (true, _) => Self::Anchor,
            (false, true) => Self::FullFile,
            (false, false) => Self::Snapshot,
        })
    }

    fn layout(self) -> Layout {
        match self {
            Self::FullFile => Layout::of::<HubPair>("old_col_offset"),
            Self::Anchor => Layout::of::<HubAnchorPair>("qna_source"),
            Self::Snapshot => Layout::of::<HubStaticPair>("commit_idx"),
        }
    }
}

impl Layout {
    /// The layout of the table `R`, whose published columns end with `last`.
    fn of<R: Row>(last: &str) -> Self {
        let mut published: Vec<String> = R::schema().fields().iter().map(|field| field.name().clone()).collect();
        let end = published.iter().position(|name| name == last).map_or(published.len(), |at| at + 1);
        let ours = published.split_off(end);
        Self { table: R::TABLE, published, ours }
    }
}

/// The Parquet files in `folder`, by name; none if there is no such folder.
fn tables(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|source| Error::io("read", folder, source))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|source| Error::io("read", folder, source))?.path();
        if path.extension().is_some_and(|suffix| suffix == "parquet") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The split that the file at `path` is named for; the published names `cr_train` and `ood` are other names of two.
fn split(path: &Path) -> Result<Split> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    match stem.split('-').next().unwrap_or_default() {
        "cr_train" => Ok(Split::Train),
        "ood" => Ok(Split::OodTest),
        name => {
            name.parse().map_err(|error: Error| Error::malformed(path, None, format!("is named for no split: {error}")))
        }
    }
}

/// The tasks of one set of a published folder, in pieces.
pub struct PublishedTasks {
    set: TaskSet,
    /// Those that are not read yet, last first.
    files: Vec<PathBuf>,
    /// The one repository whose tasks are wanted; all if none.
    repo: Option<RepoId>,
    open: Option<Open>,
}

struct Open {
    path: PathBuf,
    rows: u64,
    reader: Reader,
}

enum Reader {
    FullFile(TableReader<HubPair>),
    Anchor(TableReader<HubAnchorPair>),
    Snapshot(TableReader<HubStaticPair>),
}

/// A task, the partition of its repository where the table says, and the profile where it says.
type PublishedTask = (Task, Option<Partition>, Option<Profile>);

impl PublishedTasks {
    fn piece(&mut self) -> Result<Option<Vec<PublishedTask>>> {
        loop {
            if let Some(open) = &mut self.open
                && let Some(mut rows) = open.next(self.set)?
            {
                if let Some(repo) = &self.repo {
                    rows.retain(|(task, ..)| task.assertion.repo == *repo);
                }
                return Ok(Some(rows));
            }
            let Some(path) = self.files.pop() else { return Ok(None) };
            let reader = match Kind::of(&path)? {
                Kind::FullFile => Reader::FullFile(reader(&path, self.repo.as_ref())?),
                Kind::Anchor => Reader::Anchor(reader(&path, self.repo.as_ref())?),
                Kind::Snapshot => Reader::Snapshot(reader(&path, self.repo.as_ref())?),
            };
            self.open = Some(Open { path, rows: 0, reader });
        }
    }
}

/// A reader of the table at `path`, of the row groups of `repo` alone if there is one.
fn reader<R: Row>(path: &Path, repo: Option<&RepoId>) -> Result<TableReader<R>> {
    match repo {
        Some(repo) => TableReader::open_foreign_groups(path, "repo_id", repo.as_str()),
        None => TableReader::open_foreign(path),
    }
}

impl Iterator for PublishedTasks {
    type Item = Result<Vec<PublishedTask>>;

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.piece().transpose();
        if matches!(piece, Some(Err(_))) {
            (self.files, self.open) = (Vec::new(), None);
        }
        piece
    }
}

impl Open {
    fn next(&mut self, set: TaskSet) -> Result<Option<Vec<PublishedTask>>> {
        let split = match set {
            TaskSet::Split(split) => split,
            TaskSet::Anchor => Split::Train,
            TaskSet::StaticOod => Split::OodTest,
        };
        let task = |assertion| Task { split, assertion };
        let rows: Option<Vec<PublishedTask>> = match &mut self.reader {
            Reader::FullFile(reader) => reader
                .next()
                .transpose()?
                .map(|rows| rows.into_iter().map(|row| (task(row.assertion), row.partition, row.profile)).collect()),
            Reader::Anchor(reader) => {
                let rows = reader.next().transpose()?;
                rows.map(|rows| rows.into_iter().map(|row| (task(row.assertion), None, row.profile)).collect())
            }
            Reader::Snapshot(reader) => {
                let rows = reader.next().transpose()?;
                rows.map(|rows| rows.into_iter().map(|row| (task(row.assertion), None, row.profile)).collect())
            }
        };
        for (task, partition, _) in rows.iter().flatten() {
            self.rows += 1;
            self.check(task, *partition)?;
        }
        Ok(rows)
    }

    /// Whether the row belongs into the table that holds it (R15, R113).
    fn check(&self, task: &Task, partition: Option<Partition>) -> Result<()> {
        let Some(own) = &task.assertion.evolution else { return Ok(()) };
        let partition = partition.unwrap_or(Partition::of(task.split));
        let found = partition.split_at(own.stage);
        if found == task.split {
            return Ok(());
        }
        let reason = format!(
            "belongs to {found} (cross_repo_split {partition}, in_repo_split {}), but the table is of {}; the published \
             smart-cap file mixes such rows (R15): take the table of that split alone",
            own.stage, task.split
        );
        Err(Error::malformed(&self.path, Some(self.rows), reason))
    }
}
