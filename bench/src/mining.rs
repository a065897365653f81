//! What mining leaves behind: one shard a repository, and an index written last.
//!
//! ```text
//! mining.json               the index: which repositories, at which commits, with what counts
//! drafts/<owner>__<name>.parquet
//! sources/<owner>__<name>.parquet
//! outcomes/<owner>__<name>.json   written after the shard's tables: its presence means the shard is complete
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::file::{hash, read_json, write_json};
use crate::ids::{CommitId, RepoId};
use crate::profile::{Profile, Track};
use crate::repo::SourceFile;
use crate::split::Partition;
use crate::table::{TableReader, read_table, write_table};
use crate::task::Draft;

/// Version of the mining format.
pub const MINING_FORMAT: u32 = 1;

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
    /// The view of the repositories.
    pub track: Track,
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
    /// Assertions that passed the filters.
    pub drafts: u64,
    /// Of these, the selected ones.
    pub selected: u64,
    /// Counts of what was read and found, by name.
    pub counts: BTreeMap<String, u64>,
    /// Counts of rejected assertions and files, by reason.
    pub skipped: BTreeMap<String, u64>,
    /// BLAKE3 of the two tables: drafts, sources.
    pub hashes: [String; 2],
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
        self.root.join("mining.json")
    }

    /// The drafts of `repo`.
    pub fn drafts_path(&self, repo: &RepoId) -> PathBuf {
        self.root.join("drafts").join(repo.file_stem() + ".parquet")
    }

    /// The sources of `repo`.
    pub fn sources_path(&self, repo: &RepoId) -> PathBuf {
        self.root.join("sources").join(repo.file_stem() + ".parquet")
    }

    fn outcome_path(&self, repo: &RepoId) -> PathBuf {
        self.root.join("outcomes").join(repo.file_stem() + ".json")
    }

    /// The complete shard of `repo`, if there is one for `commit` and `key` whose tables are as they were written.
    pub fn shard(&self, repo: &RepoId, commit: &CommitId, key: &str) -> Option<Shard> {
        let shard: Shard = read_json(&self.outcome_path(repo)).ok()?;
        let same = shard.repo == *repo && shard.commit == *commit && shard.key == key;
        let hashes = [hash(&self.drafts_path(repo)).ok()?, hash(&self.sources_path(repo)).ok()?];
        (same && shard.hashes == hashes).then_some(shard)
    }

    /// Writes the tables of a shard, then the shard's outcome; `shard.hashes` is filled in.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write_shard(&self, mut shard: Shard, drafts: Vec<Draft>, sources: Vec<SourceFile>) -> Result<Shard> {
        let (drafts_path, sources_path) = (self.drafts_path(&shard.repo), self.sources_path(&shard.repo));
        write_table(&drafts_path, &[], drafts)?;
        write_table(&sources_path, &[], sources)?;
        shard.hashes = [hash(&drafts_path)?, hash(&sources_path)?];
        write_json(&self.outcome_path(&shard.repo), &shard)?;
        Ok(shard)
    }

    /// Writes the index; shards sorted by repository.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_index(&self, profile: Profile, track: Track, mut repos: Vec<Shard>) -> Result<MiningIndex> {
        repos.sort_by(|a, b| a.repo.cmp(&b.repo));
        let index = MiningIndex { format: MINING_FORMAT, profile, track, repos };
        write_json(&self.index_path(), &index)?;
        Ok(index)
    }

    /// The index of a finished mining run.
    ///
    /// # Errors
    /// If there is none, or it is of another format.
    pub fn index(&self) -> Result<MiningIndex> {
        let path = self.index_path();
        let index: MiningIndex = read_json(&path)?;
        if index.format != MINING_FORMAT {
            let (found, expected) = (format!("mining format {}", index.format), format!("format {MINING_FORMAT}"));
            return Err(Error::Mismatch { path, found, expected });
        }
        Ok(index)
    }

    /// The drafts of one shard, in extraction order.
    ///
    /// # Errors
    /// If the table was changed or cannot be read.
    pub fn drafts(&self, shard: &Shard) -> Result<TableReader<Draft>> {
        let path = self.drafts_path(&shard.repo);
        unchanged(&path, &shard.hashes[0])?;
        TableReader::open(&path)
    }

    /// The sources of one shard, by path.
    ///
    /// # Errors
    /// If the table was changed or cannot be read.
    pub fn sources(&self, shard: &Shard) -> Result<Vec<SourceFile>> {
        let path = self.sources_path(&shard.repo);
        unchanged(&path, &shard.hashes[1])?;
        read_table(&path)
    }
}

/// Checks that the file at `path` still has the hash `expected`.
pub(crate) fn unchanged(path: &Path, expected: &str) -> Result<()> {
    let found = hash(path)?;
    if found == expected {
        return Ok(());
    }
    Err(Error::Changed { path: path.to_owned(), found, expected: expected.to_owned() })
}
