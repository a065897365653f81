//! Rows of the published commit tables.

use crate::evolution::{CommitPlace, KeptCommit};
use crate::ids::{CommitId, RepoId};
use crate::profile::Profile;
use crate::split::Partition;

/// A kept commit as published (R109, R114).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubCommit {
    /// The commit; none of the columns of ours in tables of others, where re-emissions count as added.
    pub commit: KeptCommit,
    /// The partition of its repository, where it has one.
    pub partition: Option<Partition>,
    /// The rules that were applied, where the table says.
    pub profile: Option<Profile>,
}

/// A kept commit in the static view, without its diff (R130).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubAnchorCommit {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub place: CommitPlace,
    /// The partition of its repository.
    pub partition: Partition,
}

/// A repository of the static track (R76), its embedding left to whoever has an encoder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubRepo {
    /// The repository.
    pub repo: RepoId,
    /// The commit that was read.
    pub commit: CommitId,
    /// SPDX identifier of the licence, where known.
    pub licence: Option<String>,
}
