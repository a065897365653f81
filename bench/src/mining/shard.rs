//! One mined repository: which tables it has, and how they are written.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::Mining;
use crate::closed::closed_set;
use crate::error::Result;
use crate::evolution::{Blob, DefinitionStep, Emission, FileChange, KeptCommit};
use crate::file::{hash, write_json};
use crate::ids::{CommitId, RepoId};
use crate::profile::Track;
use crate::repo::SourceFile;
use crate::split::Partition;
use crate::table::{Row, TableWriter, write_table};
use crate::task::Draft;

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
        /// [`DefinitionStep`]s, text by text in the order of the blobs.
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
    /// Where others can have the repository, where the list names an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
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
    /// Definitions, text by text in the order of the blobs.
    pub definitions: TableWriter<DefinitionStep>,
}

/// Completes a table.
type Ending<'w> = Box<dyn FnOnce() -> Result<(ShardTable, TableMark)> + Send + 'w>;

impl ShardWriter {
    /// A writer of the shard of `repo`, without tables so far.
    pub(super) fn new(mining: Mining, repo: RepoId) -> Self {
        Self { mining, repo, tables: BTreeMap::new() }
    }

    /// Writes the tables of the static track.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn snapshot(&mut self, drafts: Vec<Draft>, sources: Vec<SourceFile>) -> Result<()> {
        let [at_drafts, at_sources] = [ShardTable::Drafts, ShardTable::Sources].map(|table| self.path(table));
        let drafts = self.mark(ShardTable::Drafts, write_table(&at_drafts, &[], drafts)?)?;
        let sources = self.mark(ShardTable::Sources, write_table(&at_sources, &[], sources)?)?;
        self.tables.extend([(ShardTable::Drafts, drafts), (ShardTable::Sources, sources)]);
        Ok(())
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
        let endings: Vec<Ending<'_>> = vec![
            self.ending(ShardTable::Commits, commits),
            self.ending(ShardTable::Blobs, blobs),
            self.ending(ShardTable::Files, files),
            self.ending(ShardTable::Emissions, emissions),
            self.ending(ShardTable::Anchor, anchor),
            self.ending(ShardTable::Definitions, definitions),
        ];
        let marks: Vec<(ShardTable, TableMark)> =
            endings.into_par_iter().map(|ending| ending()).collect::<Result<_>>()?;
        self.tables.extend(marks);
        Ok(())
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

    /// What completes `table`, to be done on any thread.
    fn ending<R: Row + Send + 'static>(&self, table: ShardTable, writer: TableWriter<R>) -> Ending<'_> {
        Box::new(move || {
            let rows = writer.finish()?;
            Ok((table, self.mark(table, rows)?))
        })
    }

    fn mark(&self, table: ShardTable, rows: u64) -> Result<TableMark> {
        Ok(TableMark { rows, blake3: hash(&self.path(table))? })
    }

    fn path(&self, table: ShardTable) -> PathBuf {
        self.mining.table_path(table, &self.repo)
    }
}
