//! The contents of a release of the static track (R80–R82).

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;

use super::build::{BuildOptions, Placement, copy};
use super::manifest::{Contents, Origin, RELEASE_FORMAT, ReleasedRepo};
use super::seal::entry;
use super::set::TaskSet;
use crate::error::Result;
use crate::mining::{Mining, MiningIndex, Shard, ShardTable};
use crate::paper::SPLIT_SEED;
use crate::partition::{Grouping, divide};
use crate::profile::Track;
use crate::repo::SourceFile;
use crate::split::Split;
use crate::table::TableWriter;
use crate::task::{Draft, Task};

type Writers = BTreeMap<Split, TableWriter<Task>>;

/// Writes every table of the release into the folder `root`.
pub(super) fn write(
    mining: &Mining,
    index: &MiningIndex,
    root: &Path,
    options: &BuildOptions,
    placement: Placement,
) -> Result<Contents> {
    let group = Grouping::under(index.profile, options.group)?;
    let mut writers = Writers::new();
    let (mut repos, mut tables) = (Vec::new(), Vec::new());
    for shard in &index.repos {
        let Some(&partition) = placement.placed.get(&shard.repo) else { continue };
        let mut tasks = BTreeMap::new();
        let pairs = selected(mining, shard, ShardTable::Drafts)?;
        for (split, part) in divide(partition, pairs, |index, draft| group.key(index, &draft.assertion)) {
            tasks.insert(split, part.len() as u64);
            write_part(root, &mut writers, split, part)?;
        }
        let (commit, licence) = (shard.commit.clone(), shard.licence.clone());
        let (repo, commits) = (shard.repo.clone(), BTreeMap::new());
        repos.push(ReleasedRepo { repo, commit, licence, partition, tasks, commits, anchor: None });
        tables.push(copy::<SourceFile>(mining, root, shard, ShardTable::Sources)?);
    }
    for (split, writer) in writers {
        let rows = writer.finish()?;
        tables.push(entry::<Task>(root, &TaskSet::Split(split).path(), rows)?);
    }
    tables.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Contents {
        format: RELEASE_FORMAT,
        origin: Origin::Mined,
        profile: index.profile,
        track: Track::Static,
        split_seed: SPLIT_SEED,
        group,
        min_pairs: options.min_pairs as u64,
        caps: None,
        repos,
        left_out: placement.left_out,
        without_commits: Vec::new(),
        tables,
        leaks: None,
    })
}

/// Appends one repository's part of `split` as a row group of its own.
fn write_part(root: &Path, writers: &mut Writers, split: Split, part: Vec<Draft>) -> Result<()> {
    let writer = match writers.entry(split) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(TableWriter::create(&root.join(TaskSet::Split(split).path()), &[])?),
    };
    for draft in part {
        writer.push(Task { split, assertion: draft.assertion })?;
    }
    writer.end_group()
}

/// The selected drafts in `table` of a shard, in selection order.
pub(super) fn selected(mining: &Mining, shard: &Shard, table: ShardTable) -> Result<Vec<Draft>> {
    let mut drafts: Vec<Draft> = Vec::new();
    for batch in mining.rows(shard, table)? {
        drafts.extend(batch?.into_iter().filter(|draft: &Draft| draft.rank.is_some()));
    }
    drafts.sort_by_key(|draft| draft.rank);
    Ok(drafts)
}
