//! One repository of a release against the shard that its clone gives when it is mined again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings};
use crate::error::Result;
use crate::evolution::{Emission, SpanTask};
use crate::ids::TaskId;
use crate::mining::{Mining, Shard, ShardTable, by_commit};
use crate::profile::Track;
use crate::release::{Release, TaskSet, shard_path};
use crate::table::{Columns, TableReader};
use crate::task::{Draft, Task};

/// Everything in which `release` differs from `shard`, a repository of it that was mined again into `mining`.
///
/// Tables that a release copies must be equal byte for byte, and every task must be among those that were found.
///
/// # Errors
/// If a table cannot be read.
pub fn reproduce(release: &Release, mining: &Mining, shard: &Shard) -> Result<Findings> {
    let mut findings = Findings::default();
    for (table, mark) in &shard.tables {
        let path = shard_path(*table, &shard.repo);
        if let Some(entry) = release.manifest().contents.table(&path) {
            findings.expect(Check::Reproduced, &path, entry.blake3 == mark.blake3, || {
                "is not what its clone gives".to_owned()
            });
        }
    }
    match release.manifest().contents.track {
        Track::Static => {
            whole(release, shard, &mut findings);
            for set in release.manifest().contents.repo(&shard.repo).into_iter().flat_map(|known| known.tasks.keys()) {
                drafts(release, mining, shard, TaskSet::Split(*set), ShardTable::Drafts, &mut findings)?;
            }
        }
        Track::Evolution => {
            emissions(release, mining, shard, &mut findings)?;
            drafts(release, mining, shard, TaskSet::Anchor, ShardTable::Anchor, &mut findings)?;
        }
    }
    Ok(findings)
}

/// Whether every selected draft of a repository is in one of its splits.
fn whole(release: &Release, shard: &Shard, findings: &mut Findings) {
    let Some(known) = release.manifest().contents.repo(&shard.repo) else { return };
    let found: u64 = known.tasks.values().sum();
    findings.expect(Check::Reproduced, shard.repo.as_str(), found == shard.selected, || {
        format!("has {found} tasks, its clone gives {}", shard.selected)
    });
}

/// Whether the tasks of `set` are among the selected drafts in `table`.
fn drafts(
    release: &Release,
    mining: &Mining,
    shard: &Shard,
    set: TaskSet,
    table: ShardTable,
    findings: &mut Findings,
) -> Result<()> {
    let mut found: BTreeSet<TaskId> = BTreeSet::new();
    for batch in mining.rows::<Draft>(shard, table)? {
        found.extend(batch?.into_iter().filter(|draft| draft.rank.is_some()).map(|draft| draft.assertion.id));
    }
    for piece in release.stream_of(set, &shard.repo)? {
        for task in piece? {
            findings.expect(Check::Reproduced, &set.path(), found.contains(task.id()), || missing(&task));
        }
    }
    Ok(())
}

fn missing(task: &Task) -> String {
    let own = &task.assertion;
    format!("task {} ({}, {}:{}) is not what its clone gives", own.id, own.repo, own.path, own.line)
}

/// Whether the spans of the release are among the emissions, commit by commit.
fn emissions(release: &Release, mining: &Mining, shard: &Shard, findings: &mut Findings) -> Result<()> {
    let mut spans = spans(release, shard)?;
    for run in by_commit(mining.rows(shard, ShardTable::Emissions)?) {
        let run: Vec<Emission> = run?;
        let index = run.first().map_or(0, |first| first.commit_index);
        for (path, span) in spans.remove(&index).unwrap_or_default() {
            findings.expect(Check::Reproduced, &path, run.contains(&span.emission), || lost(&span));
        }
    }
    for (path, span) in spans.into_values().flatten() {
        findings.note(Check::Reproduced, &path, Some(|| lost(&span)));
    }
    Ok(())
}

fn lost(span: &SpanTask) -> String {
    let own = &span.emission;
    format!("task {} ({}, {}:{}) is not what its clone gives", span.id, span.repo, own.path, own.line)
}

/// The spans of a repository in all splits, with their tables, by commit.
fn spans(release: &Release, shard: &Shard) -> Result<BTreeMap<u32, Vec<(String, SpanTask)>>> {
    let mut spans: BTreeMap<u32, Vec<(String, SpanTask)>> = BTreeMap::new();
    let known = release.manifest().contents.repo(&shard.repo);
    for split in known.into_iter().flat_map(|known| known.tasks.keys()) {
        let path = TaskSet::Split(*split).path();
        let Some(entry) = release.manifest().contents.table(&path) else { continue };
        if entry.table != <SpanTask as Columns>::TABLE {
            continue;
        }
        let groups = TableReader::open_groups(&release.root().join(&path), "repo_id", shard.repo.as_str())?;
        for batch in groups {
            for span in batch?.into_iter().filter(|span: &SpanTask| span.repo == shard.repo) {
                spans.entry(span.emission.commit_index).or_default().push((path.clone(), span));
            }
        }
    }
    Ok(spans)
}
