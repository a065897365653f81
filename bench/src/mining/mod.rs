//! What mining leaves behind: one shard a repository, and an index written last.
//!
//! ```text
//! mining.json                      the index: which repositories, at which commits, with what counts
//! <table>/<owner>__<name>.parquet  one folder a table: see [`ShardTable`]
//! outcomes/<owner>__<name>.json    written after the shard's tables: its presence means the shard is complete
//! ```

mod emitted;
mod packed;
mod runs;
mod shard;
mod texts;

pub use emitted::Emitted;
pub(crate) use packed::PackedTexts;
pub(crate) use runs::by_commit;
pub use shard::{EvolutionTables, Shard, ShardTable, ShardWriter, TableMark};
pub(crate) use texts::Texts;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::file::{hash, read_format, read_json, remove_file, write_json};
use crate::ids::{CommitId, RepoId};
use crate::profile::{Profile, Track};
use crate::repo::SourceFile;
use crate::table::{Columns, TableReader, read_table};
use crate::task::Draft;

/// Version of the mining format.
pub const MINING_FORMAT: u32 = 2;

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

    /// Starts to write the shard of `repo`; one that stands there no longer counts, nor does an index that lists it: if the
    /// run fails half-way, nothing takes the old index for the new shards.
    ///
    /// # Errors
    /// If the mark of an earlier shard or the index cannot be removed.
    pub fn start(&self, repo: &RepoId) -> Result<ShardWriter> {
        let lists = |index: MiningIndex| index.repos.iter().any(|shard| shard.repo == *repo);
        if self.index_path().exists() && self.index().is_ok_and(lists) {
            remove_file(&self.index_path())?;
        }
        remove_file(&self.outcome_path(repo))?;
        Ok(ShardWriter::new(self.clone(), repo.clone()))
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
        let path = self.index_path();
        if !path.exists() && self.root.join(OUTCOMES).exists() {
            let reason =
                "is missing, because the last `mine` did not finish; run it again, which goes on where it stopped";
            return Err(Error::malformed(&path, None, reason));
        }
        read_format(&path, &["format"], MINING_FORMAT, "mining")
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

    /// The assertions that one shard emits, before any cap, in the order of R110.
    ///
    /// # Errors
    /// If a table was changed or cannot be read.
    pub fn emitted(&self, shard: &Shard) -> Result<Emitted> {
        Emitted::open(self, shard)
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
