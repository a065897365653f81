//! Repositories of two sides beside each other.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tasks::Change;
use crate::ids::{CommitId, RepoId};
use crate::split::Partition;

/// What a side says of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) partition: Partition,
    /// The commit that was read; none where the tables do not say.
    pub(super) commit: Option<CommitId>,
}

/// A repository that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RepoDifference {
    /// The repository.
    pub repo: RepoId,
    /// Whether it is new, gone, or at another commit or in another partition.
    pub change: Change,
    /// Its commits on both sides, where it is known on both and differs.
    pub commit: Option<[CommitId; 2]>,
    /// Its partitions on both sides, where it is on both and they differ.
    pub partition: Option<[Partition; 2]>,
}

/// The repositories among `names` that differ, and how many do not.
pub(super) fn compare(names: &[&RepoId], both: &[BTreeMap<RepoId, Known>; 2]) -> (Vec<RepoDifference>, u64) {
    let differences: Vec<RepoDifference> = names.iter().filter_map(|repo| difference(repo, both)).collect();
    let same = (names.len() - differences.len()) as u64;
    (differences, same)
}

fn difference(repo: &RepoId, [a, b]: &[BTreeMap<RepoId, Known>; 2]) -> Option<RepoDifference> {
    let (change, commit, partition) = match (a.get(repo), b.get(repo)) {
        (Some(a), Some(b)) => {
            let commits = a.commit.clone().zip(b.commit.clone()).filter(|(a, b)| a != b).map(|(a, b)| [a, b]);
            let partitions = (a.partition != b.partition).then_some([a.partition, b.partition]);
            if commits.is_none() && partitions.is_none() {
                return None;
            }
            (Change::Changed, commits, partitions)
        }
        (None, _) => (Change::Added, None, None),
        (Some(_), None) => (Change::Removed, None, None),
    };
    Some(RepoDifference { repo: repo.clone(), change, commit, partition })
}
