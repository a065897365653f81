//! A sealed benchmark: every path of its folder, and the manifest that binds them.
//!
//! ```text
//! manifest.json                    written last; its presence means the release is complete
//! tasks/<split>.parquet            the tasks of one split
//! sources/<owner>__<name>.parquet  the files of one repository at the commit of its tasks
//! ```

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::file::{hash, read_json, rename, temporary, write_json};
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::mining::{Mining, MiningIndex, Shard, ShardTable, unchanged};
use crate::paper::SPLIT_SEED;
use crate::partition::{Candidate, divide, place};
use crate::profile::{Profile, Track};
use crate::repo::{RepoView, SourceFile};
use crate::split::{Partition, Split};
use crate::table::{Row, TableWriter, read_table};
use crate::task::{Draft, Task};

/// Version of the release format.
pub const RELEASE_FORMAT: u32 = 1;

/// A sealed benchmark on disk.
#[derive(Debug, Clone)]
pub struct Release {
    root: PathBuf,
    manifest: Manifest,
}

/// The file `manifest.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// BLAKE3 of `contents` as compact JSON: the name of the release everywhere else.
    pub root: String,
    /// What the release holds.
    pub contents: Contents,
}

/// What a release holds and how it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contents {
    /// Version of the release format.
    pub format: u32,
    /// The rules that were applied.
    pub profile: Profile,
    /// The view of the repositories.
    pub track: Track,
    /// Seed of the published draw.
    pub split_seed: u64,
    /// Selected pairs a repository needed.
    pub min_pairs: u64,
    /// The repositories, by id.
    pub repos: Vec<ReleasedRepo>,
    /// Repositories with too few pairs, by id, with their pairs.
    pub left_out: BTreeMap<RepoId, u64>,
    /// Every table file, by path.
    pub tables: Vec<TableEntry>,
}

/// A repository of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedRepo {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read.
    pub commit: CommitId,
    /// SPDX identifier of the licence, where known.
    pub licence: Option<String>,
    /// Where it went.
    pub partition: Partition,
    /// Its tasks by split.
    pub tasks: BTreeMap<Split, u64>,
}

/// A table file of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEntry {
    /// Path inside the release.
    pub path: String,
    /// The table.
    pub table: String,
    /// Its version.
    pub version: u32,
    /// Its rows.
    pub rows: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
}

impl Release {
    /// Splits what `mining` holds and seals it into the folder `root` (R80–R82).
    ///
    /// The folder appears whole or not at all. If it already holds this very release, it is left as it is.
    ///
    /// # Errors
    /// If `root` already holds something else, the repositories cannot be split, or a file cannot be read or written.
    pub fn seal(mining: &Mining, root: &Path, min_pairs: usize) -> Result<Self> {
        let index = mining.index()?;
        let partial = temporary(root)?;
        if partial.exists() {
            std::fs::remove_dir_all(&partial).map_err(|source| Error::io("remove", &partial, source))?;
        }
        let contents = write_contents(mining, &index, &partial, min_pairs)?;
        let manifest = Manifest { root: contents.hash(), contents };
        write_json(&partial.join(MANIFEST), &manifest)?;
        if root.exists() {
            let kept = keep_existing(root, &manifest.root);
            std::fs::remove_dir_all(&partial).map_err(|source| Error::io("remove", &partial, source))?;
            kept?;
        } else {
            rename(&partial, root)?;
        }
        Ok(Self { root: root.to_owned(), manifest })
    }

    /// The release in the folder `root`, its manifest checked against its own hash.
    ///
    /// # Errors
    /// If there is no manifest, or it is of another format, or was changed.
    pub fn open(root: &Path) -> Result<Self> {
        let path = root.join(MANIFEST);
        let manifest: Manifest = read_json(&path)?;
        let expected = RELEASE_FORMAT;
        if manifest.contents.format != expected {
            let found = format!("release format {}", manifest.contents.format);
            return Err(Error::Mismatch { path, found, expected: format!("format {expected}") });
        }
        let found = manifest.contents.hash();
        if found != manifest.root {
            return Err(Error::Changed { path, found, expected: manifest.root });
        }
        Ok(Self { root: root.to_owned(), manifest })
    }

    /// Whether the folder `root` holds a release.
    pub fn exists(root: &Path) -> bool {
        root.join(MANIFEST).exists()
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

    /// The tasks of `split`: repositories by id, tasks in the order of the split.
    ///
    /// # Errors
    /// If the table was changed after sealing or cannot be read.
    pub fn tasks(&self, split: Split) -> Result<Vec<Task>> {
        self.tasks_file(split)?.map_or_else(|| Ok(Vec::new()), |path| read_table(&path))
    }

    /// The file with the tasks of `split`, as it was sealed; none if there are none.
    ///
    /// # Errors
    /// If the file was changed after sealing or cannot be read.
    pub fn tasks_file(&self, split: Split) -> Result<Option<PathBuf>> {
        let path = tasks_path(&self.root, split);
        let Some(entry) = self.entry(&path) else { return Ok(None) };
        unchanged(&path, &entry.blake3)?;
        Ok(Some(path))
    }

    /// The files of all tables called `table`, as they were sealed, by path.
    ///
    /// # Errors
    /// If one was changed after sealing or cannot be read.
    pub fn table_files(&self, table: &str) -> Result<Vec<PathBuf>> {
        let entries = self.manifest.contents.tables.iter().filter(|entry| entry.table == table);
        let checked = |entry: &TableEntry| {
            let path = self.root.join(RepoPath::new(entry.path.as_str())?.as_str());
            unchanged(&path, &entry.blake3).map(|()| path)
        };
        entries.map(checked).collect()
    }

    /// All that methods may know of `repo`.
    ///
    /// # Errors
    /// If the repository is not in the release, or its table was changed or cannot be read.
    pub fn view(&self, repo: &RepoId) -> Result<RepoView> {
        let path = sources_path(&self.root, repo);
        let known = self.manifest.contents.repos.iter().find(|r| r.repo == *repo);
        let (Some(known), Some(entry)) = (known, self.entry(&path)) else {
            return Err(Error::malformed(&self.root, None, format!("the release has no repository {repo}")));
        };
        unchanged(&path, &entry.blake3)?;
        Ok(RepoView { repo: repo.clone(), commit: known.commit.clone(), files: read_table(&path)? })
    }

    fn entry(&self, path: &Path) -> Option<&TableEntry> {
        let name = relative(&self.root, path);
        self.manifest.contents.tables.iter().find(|entry| entry.path == name)
    }
}

impl Contents {
    fn hash(&self) -> String {
        let bytes = serde_json::to_vec(self).expect("because the contents have a JSON form");
        blake3::hash(&bytes).to_hex().to_string()
    }
}

const MANIFEST: &str = "manifest.json";

fn tasks_path(root: &Path, split: Split) -> PathBuf {
    root.join("tasks").join(format!("{split}.parquet"))
}

fn sources_path(root: &Path, repo: &RepoId) -> PathBuf {
    root.join("sources").join(repo.file_stem() + ".parquet")
}

fn relative(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Writes every table of the release into the folder `root`.
fn write_contents(mining: &Mining, index: &MiningIndex, root: &Path, min_pairs: usize) -> Result<Contents> {
    let (placed, left_out) = placement(index, min_pairs)?;
    let mut writers: BTreeMap<Split, TableWriter<Task>> = BTreeMap::new();
    let (mut repos, mut tables) = (Vec::new(), Vec::new());
    for shard in &index.repos {
        let Some(&partition) = placed.get(&shard.repo) else { continue };
        let mut tasks = BTreeMap::new();
        for (split, part) in divide(partition, selected(mining, shard)?) {
            tasks.insert(split, part.len() as u64);
            write_part(root, &mut writers, split, part)?;
        }
        let (commit, licence) = (shard.commit.clone(), shard.licence.clone());
        repos.push(ReleasedRepo { repo: shard.repo.clone(), commit, licence, partition, tasks });
        tables.push(copy_sources(mining, root, shard)?);
    }
    for (split, writer) in writers {
        let rows = writer.finish()?;
        tables.push(entry::<Task>(root, &tasks_path(root, split), rows)?);
    }
    tables.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Contents {
        format: RELEASE_FORMAT,
        profile: index.profile,
        track: Track::Static,
        split_seed: SPLIT_SEED,
        min_pairs: min_pairs as u64,
        repos,
        left_out,
        tables,
    })
}

/// Appends one repository's part of `split` as a row group of its own.
fn write_part(
    root: &Path,
    writers: &mut BTreeMap<Split, TableWriter<Task>>,
    split: Split,
    part: Vec<Draft>,
) -> Result<()> {
    let writer = match writers.entry(split) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(TableWriter::create(&tasks_path(root, split), &[])?),
    };
    for draft in part {
        writer.push(Task { split, assertion: draft.assertion })?;
    }
    writer.end_group()
}

/// Whether what stands in the folder `root` is the release `id`.
fn keep_existing(root: &Path, id: &str) -> Result<()> {
    let found = Release::open(root).map(|release| release.id().to_owned());
    match found {
        Ok(found) if found == id => Ok(()),
        Ok(found) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: format!("release {found}"),
            expected: format!("no release, or release {id}; choose another folder"),
        }),
        Err(_) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: "something that is no release".to_owned(),
            expected: "a folder that does not exist yet; choose another or remove it".to_owned(),
        }),
    }
}

/// Where every repository with enough pairs goes, and which have too few (R80).
fn placement(index: &MiningIndex, min_pairs: usize) -> Result<(BTreeMap<RepoId, Partition>, BTreeMap<RepoId, u64>)> {
    let (eligible, few): (Vec<&Shard>, Vec<&Shard>) =
        index.repos.iter().partition(|shard| shard.selected >= min_pairs.max(1) as u64);
    let candidates: Vec<Candidate> = eligible
        .iter()
        .map(|shard| Candidate {
            repo: shard.repo.clone(),
            pairs: usize::try_from(shard.selected).expect("because a repository has fewer than 2^64 pairs"),
            fixed: shard.partition,
        })
        .collect();
    if candidates.is_empty() {
        let reason = format!("none of {} has {min_pairs} selected pairs; lower --min-pairs", index.repos.len());
        return Err(Error::Split { found: 0, reason });
    }
    Ok((place(&candidates)?, few.iter().map(|shard| (shard.repo.clone(), shard.selected)).collect()))
}

/// The selected drafts of a shard, in selection order.
fn selected(mining: &Mining, shard: &Shard) -> Result<Vec<Draft>> {
    let mut drafts = Vec::new();
    for batch in mining.drafts(shard)? {
        drafts.extend(batch?.into_iter().filter(|draft| draft.rank.is_some()));
    }
    drafts.sort_by_key(|draft| draft.rank);
    Ok(drafts)
}

/// Copies the sources of a shard, unchanged, into the release.
fn copy_sources(mining: &Mining, root: &Path, shard: &Shard) -> Result<TableEntry> {
    let path = sources_path(root, &shard.repo);
    let sources = mining.sources(shard)?;
    let bytes =
        std::fs::read(mining.table_path(ShardTable::Sources, &shard.repo)).map_err(|e| Error::io("read", &path, e))?;
    crate::file::write_atomic(&path, &bytes)?;
    entry::<SourceFile>(root, &path, sources.len() as u64)
}

fn entry<R: Row>(root: &Path, path: &Path, rows: u64) -> Result<TableEntry> {
    Ok(TableEntry {
        path: relative(root, path),
        table: R::TABLE.to_owned(),
        version: R::VERSION,
        rows,
        blake3: hash(path)?,
    })
}
