//! From a mining folder to the contents of a release: who goes where, and what both tracks share.

use std::collections::BTreeMap;
use std::path::Path;

use super::manifest::{Contents, TableEntry};
use super::{evolution, shard_path, snapshot};
use crate::cap::Caps;
use crate::error::{Error, Result};
use crate::ids::RepoId;
use crate::mining::{Mining, MiningIndex, Shard, ShardTable};
use crate::paper::MIN_PAIRS;
use crate::partition::{Candidate, Grouping, place};
use crate::profile::Track;
use crate::split::Partition;
use crate::table::Row;

/// How to make a release of a mining folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOptions {
    /// The track.
    pub track: Track,
    /// Selected pairs that a repository needs in the static track, unless it is an OOD one (R80).
    pub min_pairs: usize,
    /// Limits on the tasks of a commit, in the evolution track.
    pub caps: Caps,
    /// What is split as one in the static track (R86); what the profile does if nothing is asked.
    pub group: Option<Grouping>,
    /// Versions of what mined, by name; they are told beside the release and do not change it (R148).
    pub tools: BTreeMap<String, String>,
}

impl BuildOptions {
    /// The published options for `track`.
    pub fn new(track: Track) -> Self {
        Self { track, min_pairs: MIN_PAIRS, caps: Caps::default(), group: None, tools: BTreeMap::new() }
    }

    /// The options that made a release with these `contents`.
    pub(crate) fn again(contents: &Contents) -> Self {
        Self {
            min_pairs: usize::try_from(contents.min_pairs).unwrap_or(usize::MAX),
            caps: contents.caps.unwrap_or_default(),
            group: Some(contents.group),
            ..Self::new(contents.track)
        }
    }
}

/// Writes every table of the release into the folder `root`.
pub(super) fn write(mining: &Mining, index: &MiningIndex, root: &Path, options: &BuildOptions) -> Result<Contents> {
    if !index.tracks.contains(&options.track) {
        let found = index.tracks.iter().map(|track| track.name()).collect::<Vec<_>>().join(", ");
        let (path, expected) = (mining.index_path(), format!("the track {}; mine it too", options.track));
        return Err(Error::Mismatch { path, found: format!("only the track {found}"), expected });
    }
    let placement = Placement::of(index, options)?;
    match options.track {
        Track::Static => snapshot::write(mining, index, root, options, placement),
        Track::Evolution => evolution::write(mining, index, root, options, placement),
    }
}

/// Where every repository with enough pairs goes, and which have too few.
pub(super) struct Placement {
    /// The repositories that take part.
    pub(super) placed: BTreeMap<RepoId, Partition>,
    /// The others, with their pairs.
    pub(super) left_out: BTreeMap<RepoId, u64>,
}

impl Placement {
    /// The placement of the repositories of `index` (R80, R81); the same for both tracks (R112).
    fn of(index: &MiningIndex, options: &BuildOptions) -> Result<Self> {
        let drawable = index.tracks.contains(&Track::Static);
        if let (false, Some(shard)) = (drawable, index.repos.iter().find(|shard| shard.partition.is_none())) {
            let reason = format!(
                "{} has no partition, and the draw goes by the tasks of the static track (R81, R112): mine both tracks, or \
                 give every repository its partition in repos.toml",
                shard.repo
            );
            return Err(Error::Split { found: index.repos.len(), reason });
        }
        let needed = |shard: &Shard| match shard.partition {
            _ if !drawable => 0,
            Some(Partition::OodTest) => u64::from(options.track == Track::Static),
            _ => options.min_pairs.max(1) as u64,
        };
        let (eligible, few): (Vec<&Shard>, Vec<&Shard>) =
            index.repos.iter().partition(|shard| shard.selected >= needed(shard));
        if eligible.is_empty() {
            let (all, min_pairs) = (index.repos.len(), options.min_pairs);
            let reason = format!("none of {all} has {min_pairs} selected pairs; lower --min-pairs");
            return Err(Error::Split { found: 0, reason });
        }
        let candidate = |shard: &&Shard| Candidate {
            repo: shard.repo.clone(),
            pairs: usize::try_from(shard.selected).expect("because a repository has fewer than 2^64 pairs"),
            fixed: shard.partition,
        };
        let placed = place(&eligible.iter().map(candidate).collect::<Vec<_>>())?;
        Ok(Self { placed, left_out: few.iter().map(|shard| (shard.repo.clone(), shard.selected)).collect() })
    }
}

/// Copies `table` of a shard, unchanged, into the release.
pub(super) fn copy<R: Row>(mining: &Mining, root: &Path, shard: &Shard, table: ShardTable) -> Result<TableEntry> {
    let from = mining.checked(shard, table)?;
    let path = shard_path(table, &shard.repo);
    crate::file::copy(&from, &root.join(&path))?;
    super::seal::entry::<R>(root, &path, shard.rows(table))
}
