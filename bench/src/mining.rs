//! What mining leaves behind: one shard a repository, and an index written last.
//!
//! ```text
//! mining.json                      the index: which repositories, at which commits, with what counts
//! <table>/<owner>__<name>.parquet  one folder a table: see [`ShardTable`]
//! outcomes/<owner>__<name>.json    written after the shard's tables: its presence means the shard is complete
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::error::{Error, Result};
use crate::evolution::{Blob, Definition, Emission, FileChange, KeptCommit};
use crate::file::{hash, read_format, read_json, write_json};
use crate::ids::{CommitId, RepoId};
use crate::profile::{Profile, Track};
use crate::repo::SourceFile;
use crate::split::Partition;
use crate::table::{Columns, Row, TableReader, TableWriter, read_table, write_table};
use crate::task::Draft;

/// Version of the mining format.
pub const MINING_FORMAT: u32 = 2;

closed_set! {
    /// A table of a shard; the name of its folder.
    pub enum ShardTable as "table of a shard" {
        /// [`Draft`]s of the static track.
        Drafts = "drafts",
        /// [`SourceFile`]s at the commit of the static track.
        Sources = "sources",
        /// [`KeptCommit`]s, oldest first.
        Commits = "commits",
        /// [`Blob`]s of the test and production files of the kept commits.
        Blobs = "blobs",
        /// [`FileChange`]s, by kept commit and path.
        Files = "files",
        /// [`Emission`]s by kept commit, uncapped, in the order of R110.
        Emissions = "emissions",
        /// [`Draft`]s at the anchor commit, ranked by the selection (R125, R127).
        Anchor = "anchor",
        /// [`Definition`]s by blob.
        Definitions = "definitions",
    }
}

impl ShardTable {
    /// The tables of `track`.
    pub const fn of(track: Track) -> &'static [Self] {
        match track {
            Track::Static => &[Self::Drafts, Self::Sources],
            Track::Evolution => {
                &[Self::Commits, Self::Blobs, Self::Files, Self::Emissions, Self::Anchor, Self::Definitions]
            }
        }
    }
}

/// A folder of mined repositories.
#[derive(Debug, Clone)]
pub struct Mining {
    root: PathBuf,
}

/// The file `mining.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MiningIndex {
    /// Version of this format.
    pub format: u32,
    /// The rules that were applied.
    pub profile: Profile,
    /// The tracks that every repository was mined for.
    pub tracks: Vec<Track>,
    /// The repositories, by id.
    pub repos: Vec<Shard>,
}

/// One mined repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shard {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read.
    pub commit: CommitId,
    /// Hash of everything else that decided the shard: profile, limits, labels, tool version.
    pub key: String,
    /// SPDX identifier of the licence, where known.
    pub licence: Option<String>,
    /// The partition it must go to, where fixed.
    pub partition: Option<Partition>,
    /// Selected drafts of the static track.
    pub selected: u64,
    /// Counts of what was read and found, by name.
    pub counts: BTreeMap<String, u64>,
    /// Counts of rejected assertions and files, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// What was written.
    pub tables: BTreeMap<ShardTable, TableMark>,
}

/// A table as it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableMark {
    /// Its rows.
    pub rows: u64,
    /// BLAKE3 of the file.
    pub blake3: String,
}

impl Shard {
    /// The rows of `table`; 0 if the shard has no such table.
    pub fn rows(&self, table: ShardTable) -> u64 {
        self.tables.get(&table).map_or(0, |mark| mark.rows)
    }

    /// Whether the shard has the tables of `track`.
    pub fn holds(&self, track: Track) -> bool {
        ShardTable::of(track).iter().all(|table| self.tables.contains_key(table))
    }
}

/// A shard while it is written. Nothing counts before [`ShardWriter::finish`].
pub struct ShardWriter {
    mining: Mining,
    repo: RepoId,
    tables: BTreeMap<ShardTable, TableMark>,
}

/// The open tables of the evolution track of one shard; rows may come to them in any interleaving.
pub struct EvolutionTables {
    /// Kept commits, oldest first.
    pub commits: TableWriter<KeptCommit>,
    /// Texts, once each.
    pub blobs: TableWriter<Blob>,
    /// Changes of the tree, by kept commit and path.
    pub files: TableWriter<FileChange>,
    /// Emissions, uncapped: by kept commit, then file in listing order, then walk order (R110).
    pub emissions: TableWriter<Emission>,
    /// Drafts at the anchor.
    pub anchor: TableWriter<Draft>,
    /// Definitions, by blob.
    pub definitions: TableWriter<Definition>,
}

impl ShardWriter {
    /// Writes the tables of the static track.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn snapshot(&mut self, drafts: Vec<Draft>, sources: Vec<SourceFile>) -> Result<()> {
        let [at_drafts, at_sources] = [ShardTable::Drafts, ShardTable::Sources].map(|table| self.path(table));
        let rows = write_table(&at_drafts, &[], drafts)?;
        self.mark(ShardTable::Drafts, rows)?;
        let rows = write_table(&at_sources, &[], sources)?;
        self.mark(ShardTable::Sources, rows)
    }

    /// Opens the tables of the evolution track.
    ///
    /// # Errors
    /// If a file cannot be created.
    pub fn evolution(&self) -> Result<EvolutionTables> {
        Ok(EvolutionTables {
            commits: TableWriter::create(&self.path(ShardTable::Commits), &[])?,
            blobs: TableWriter::create(&self.path(ShardTable::Blobs), &[])?,
            files: TableWriter::create(&self.path(ShardTable::Files), &[])?,
            emissions: TableWriter::create(&self.path(ShardTable::Emissions), &[])?,
            anchor: TableWriter::create(&self.path(ShardTable::Anchor), &[])?,
            definitions: TableWriter::create(&self.path(ShardTable::Definitions), &[])?,
        })
    }

    /// Completes the tables of the evolution track.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn close(&mut self, tables: EvolutionTables) -> Result<()> {
        let EvolutionTables { commits, blobs, files, emissions, anchor, definitions } = tables;
        self.complete(ShardTable::Commits, commits)?;
        self.complete(ShardTable::Blobs, blobs)?;
        self.complete(ShardTable::Files, files)?;
        self.complete(ShardTable::Emissions, emissions)?;
        self.complete(ShardTable::Anchor, anchor)?;
        self.complete(ShardTable::Definitions, definitions)
    }

    /// Writes the outcome that makes the shard complete; `shard.tables` is filled in.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(self, mut shard: Shard) -> Result<Shard> {
        shard.tables = self.tables;
        write_json(&self.mining.outcome_path(&self.repo), &shard)?;
        Ok(shard)
    }

    fn complete<R: Row>(&mut self, table: ShardTable, writer: TableWriter<R>) -> Result<()> {
        let rows = writer.finish()?;
        self.mark(table, rows)
    }

    fn mark(&mut self, table: ShardTable, rows: u64) -> Result<()> {
        let blake3 = hash(&self.path(table))?;
        self.tables.insert(table, TableMark { rows, blake3 });
        Ok(())
    }

    fn path(&self, table: ShardTable) -> PathBuf {
        self.mining.table_path(table, &self.repo)
    }
}

impl Mining {
    /// The mining folder at `root`, which need not exist yet.
    pub fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The index.
    pub fn index_path(&self) -> PathBuf {
        self.root.join(INDEX)
    }

    /// The names of everything that mining writes into its folder.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ShardTable::ALL.iter().map(|table| table.name()).chain([OUTCOMES, INDEX])
    }

    /// The file of `table` of `repo`.
    pub fn table_path(&self, table: ShardTable, repo: &RepoId) -> PathBuf {
        self.root.join(table.name()).join(repo.file_stem() + ".parquet")
    }

    fn outcome_path(&self, repo: &RepoId) -> PathBuf {
        self.root.join(OUTCOMES).join(repo.file_stem() + ".json")
    }

    /// The complete shard of `repo`, if there is one for `commit` and `key` whose tables are as they were written.
    pub fn shard(&self, repo: &RepoId, commit: &CommitId, key: &str) -> Option<Shard> {
        let shard: Shard = read_json(&self.outcome_path(repo)).ok()?;
        let intact = |(table, mark): (&ShardTable, &TableMark)| {
            hash(&self.table_path(*table, repo)).is_ok_and(|found| found == mark.blake3)
        };
        let same = shard.repo == *repo && shard.commit == *commit && shard.key == key;
        (same && shard.tables.iter().all(intact)).then_some(shard)
    }

    /// Starts to write the shard of `repo`; one that stands there no longer counts.
    ///
    /// # Errors
    /// If the mark of an earlier shard cannot be removed.
    pub fn start(&self, repo: &RepoId) -> Result<ShardWriter> {
        let outcome = self.outcome_path(repo);
        match std::fs::remove_file(&outcome) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &outcome, source)),
            _ => Ok(ShardWriter { mining: self.clone(), repo: repo.clone(), tables: BTreeMap::new() }),
        }
    }

    /// Writes the index; shards sorted by repository.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_index(&self, profile: Profile, tracks: Vec<Track>, mut repos: Vec<Shard>) -> Result<MiningIndex> {
        repos.sort_by(|a, b| a.repo.cmp(&b.repo));
        let index = MiningIndex { format: MINING_FORMAT, profile, tracks, repos };
        write_json(&self.index_path(), &index)?;
        Ok(index)
    }

    /// The index of a finished mining run.
    ///
    /// # Errors
    /// If there is none, or it is of another format.
    pub fn index(&self) -> Result<MiningIndex> {
        read_format(&self.index_path(), &["format"], MINING_FORMAT, "mining")
    }

    /// The rows of `table` of one shard, in their order.
    ///
    /// # Errors
    /// If the shard has no such table, or it was changed or cannot be read.
    pub fn rows<R: Columns>(&self, shard: &Shard, table: ShardTable) -> Result<TableReader<R>> {
        TableReader::open(&self.checked(shard, table)?)
    }

    /// The drafts of one shard, in extraction order.
    ///
    /// # Errors
    /// If the table was changed or cannot be read.
    pub fn drafts(&self, shard: &Shard) -> Result<TableReader<Draft>> {
        self.rows(shard, ShardTable::Drafts)
    }

    /// The sources of one shard, by path.
    ///
    /// # Errors
    /// If the table was changed or cannot be read.
    pub fn sources(&self, shard: &Shard) -> Result<Vec<SourceFile>> {
        read_table(&self.checked(shard, ShardTable::Sources)?)
    }

    /// The file of `table` of one shard, its hash checked.
    ///
    /// # Errors
    /// If the shard has no such table, or it was changed or cannot be read.
    pub fn checked(&self, shard: &Shard, table: ShardTable) -> Result<PathBuf> {
        let path = self.table_path(table, &shard.repo);
        let Some(mark) = shard.tables.get(&table) else {
            let reason = format!("{} was mined without {table}; mine it for the track that has them", shard.repo);
            return Err(Error::malformed(&self.index_path(), None, reason));
        };
        unchanged(&path, &mark.blake3)?;
        Ok(path)
    }
}

const INDEX: &str = "mining.json";
const OUTCOMES: &str = "outcomes";

/// Checks that the file at `path` still has the hash `expected`.
pub(crate) fn unchanged(path: &Path, expected: &str) -> Result<()> {
    let found = hash(path)?;
    if found == expected {
        return Ok(());
    }
    Err(Error::Changed { path: path.to_owned(), found, expected: expected.to_owned() })
}
