//! The manifest of a release: what it holds, how it was made, and the hashes that bind it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::cap::Caps;
use crate::closed::closed_set;
use crate::evolution::Stage;
use crate::ids::{CommitId, RepoId};
use crate::leaks::LeakSummary;
use crate::partition::Grouping;
use crate::profile::{Profile, Track};
use crate::split::{Partition, Split};

/// Version of the release format.
pub const RELEASE_FORMAT: u32 = 2;

closed_set! {
    /// Where the tasks of a release come from.
    pub enum Origin as "origin" {
        /// Mined and split by this program.
        Mined = "mined",
        /// Read from tables of another program; what those do not hold, the release has not either.
        Imported = "imported",
    }
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
    /// Where the tasks come from.
    pub origin: Origin,
    /// The rules that were applied.
    pub profile: Profile,
    /// The view of the repositories.
    pub track: Track,
    /// Seed of the published draws.
    pub split_seed: u64,
    /// What stayed together when training repositories were split; absent if pairs were drawn one by one.
    #[serde(default = "published_grouping", skip_serializing_if = "Grouping::is_published")]
    pub group: Grouping,
    /// Selected pairs a repository needed.
    pub min_pairs: u64,
    /// The limits on the tasks of a commit; none in the static track.
    pub caps: Option<Caps>,
    /// The repositories, by id.
    pub repos: Vec<ReleasedRepo>,
    /// Repositories with too few pairs, by id, with their pairs.
    pub left_out: BTreeMap<RepoId, u64>,
    /// Repositories without a kept commit, by id (R112).
    pub without_commits: Vec<RepoId>,
    /// Every table file, by path.
    pub tables: Vec<TableEntry>,
    /// How many tasks have which leak; none in releases that were sealed before leaks were looked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leaks: Option<LeakSummary>,
}

/// A repository of a release.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleasedRepo {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read: the snapshot of the static track, the head of the walk of the evolution track.
    pub commit: CommitId,
    /// SPDX identifier of the licence, where known.
    pub licence: Option<String>,
    /// Where it went.
    pub partition: Partition,
    /// Its tasks by split.
    pub tasks: BTreeMap<Split, u64>,
    /// Its kept commits by stage; empty in the static track.
    pub commits: BTreeMap<Stage, u64>,
    /// The kept commit that stands for it in the static view (R125); none in the static track.
    pub anchor: Option<Anchor>,
}

/// The kept commit that stands for a repository in the static view of the evolution track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anchor {
    /// The commit.
    pub commit: CommitId,
    /// Its place among the kept commits, from 0.
    pub index: u32,
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

impl Manifest {
    /// The manifest of `contents`.
    pub(crate) fn of(contents: Contents) -> Self {
        Self { root: contents.hash(), contents }
    }
}

fn published_grouping() -> Grouping {
    Grouping::Pair
}

impl Contents {
    /// The hash that names a release with these contents.
    pub(crate) fn hash(&self) -> String {
        let bytes = serde_json::to_vec(self).expect("because the contents have a JSON form");
        blake3::hash(&bytes).to_hex().to_string()
    }

    /// The entry of the table file at `path` inside the release.
    pub fn table(&self, path: &str) -> Option<&TableEntry> {
        self.tables.iter().find(|entry| entry.path == path)
    }

    /// What the release says of `repo`.
    pub fn repo(&self, repo: &RepoId) -> Option<&ReleasedRepo> {
        self.repos.binary_search_by(|known| known.repo.cmp(repo)).ok().map(|at| &self.repos[at])
    }
}
