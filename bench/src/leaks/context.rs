//! What stands in the files and diffs that tasks of one repository come with.

use std::collections::BTreeMap;

use super::diff;
use super::history::Trees;
use super::leak::{Leak, LeakFlags};
use super::site::{Site, sites};
use super::standing::Answers;
use crate::error::Result;
use crate::evolution::{CommitPlace, KeptCommit};
use crate::ids::CommitId;
use crate::mining::ShardTable;
use crate::release::{Release, ReleasedRepo, shard_path};
use crate::repo::{Role, SourceFile};
use crate::split::Split;
use crate::table::read_table;
use crate::timestamp::Timestamp;

/// Of each split the flags of a repository's tasks, in their order.
pub(super) type RepoFlags = BTreeMap<Split, Vec<LeakFlags>>;

/// What the files and commits of `known` say of its tasks; nothing of what the release does not hold.
pub(super) fn look(release: &Release, known: &ReleasedRepo) -> Result<RepoFlags> {
    let mut asked = sites(release, known)?;
    let holds = |table| release.manifest().contents.table(&shard_path(table, &known.repo)).is_some();
    if holds(ShardTable::Sources) {
        snapshot(release, known, &mut asked)?;
    }
    if holds(ShardTable::Commits) {
        let trees = if holds(ShardTable::Blobs) { Some(trees(release, known, &mut asked)?) } else { None };
        commits(release, known, &mut asked, trees.as_ref())?;
    }
    let mut flags = RepoFlags::new();
    for site in asked {
        flags.entry(site.split).or_default().push(site.flags);
    }
    Ok(flags)
}

/// The static track: one tree for all.
fn snapshot(release: &Release, known: &ReleasedRepo, asked: &mut [Site]) -> Result<()> {
    let files: Vec<SourceFile> = read_table(&release.checked(&shard_path(ShardTable::Sources, &known.repo))?)?;
    let mut answers = Answers::default();
    let numbers: Vec<Option<u32>> = asked.iter().map(|site| answers.add(&site.answer)).collect();
    let mut standing: Vec<u32> = Vec::new();
    for file in files.iter().filter(|file| file.role == Role::Production) {
        standing.extend(answers.standing_in(&file.text));
    }
    standing.sort_unstable();
    for (site, number) in asked.iter_mut().zip(numbers) {
        let found = number.is_some_and(|number| standing.binary_search(&number).is_ok());
        site.flags.set(Leak::TargetInSources, Some(found));
        site.flags.set(Leak::NewerContext, Some(files.iter().any(|file| file.commit != site.commit)));
    }
    Ok(())
}

/// The evolution track: the tree of each commit.
fn trees(release: &Release, known: &ReleasedRepo, asked: &mut [Site]) -> Result<Trees> {
    let mut answers = Answers::default();
    let numbers: Vec<Option<u32>> = asked.iter().map(|site| answers.add(&site.answer)).collect();
    let trees = Trees::read(release, &known.repo, &answers)?;
    for (site, number) in asked.iter_mut().zip(numbers) {
        let Some(span) = &site.span else { continue };
        let found = number.is_some_and(|number| trees.holds(number, span.commit_index));
        site.flags.set(Leak::TargetInSources, Some(found));
        let own = trees.text_at(&span.path, span.commit_index) == Some(span.blob);
        site.flags.set(Leak::NewerContext, Some(!own));
    }
    Ok(trees)
}

/// The diffs and times of the kept commits.
fn commits(release: &Release, known: &ReleasedRepo, asked: &mut [Site], trees: Option<&Trees>) -> Result<()> {
    let mut by_commit: BTreeMap<CommitId, Vec<&mut Site>> = BTreeMap::new();
    for site in asked {
        by_commit.entry(site.commit.clone()).or_default().push(site);
    }
    let mut order = Chronology::default();
    for batch in release.rows::<CommitPlace>(&known.repo, ShardTable::Commits)? {
        for place in batch? {
            let out = order.next(&place.time);
            for site in by_commit.get_mut(&place.commit).into_iter().flatten() {
                site.flags.set(Leak::TimesOutOfOrder, out);
            }
        }
    }
    for batch in release.rows::<KeptCommit>(&known.repo, ShardTable::Commits)? {
        for commit in batch? {
            if let Some(sites) = by_commit.get_mut(&commit.commit) {
                of_diff(&commit, sites, trees);
            }
        }
    }
    Ok(())
}

fn of_diff(commit: &KeptCommit, sites: &mut [&mut Site], trees: Option<&Trees>) {
    let text = diff::body(&commit.diff);
    let mut diffs = [Some(&commit.diff), commit.commit_diff.as_ref()].into_iter().flatten();
    let newer = trees.is_some_and(|trees| diffs.any(|diff| !trees.fit(diff, commit.index)));
    for site in sites {
        site.flags.set(Leak::TargetInDiff, Some(site.answer.stands_in(&text)));
        if newer {
            site.flags.set(Leak::NewerContext, Some(true));
        }
    }
}

/// The latest time so far of a repository's kept commits.
#[derive(Debug, Default)]
struct Chronology {
    latest: Option<Timestamp>,
}

impl Chronology {
    /// Whether a commit at `time` follows one with a later time; none if the time cannot be read.
    fn next(&mut self, time: &str) -> Option<bool> {
        let time: Timestamp = time.parse().ok()?;
        let out = self.latest.is_some_and(|latest| latest > time);
        self.latest = self.latest.max(Some(time));
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_compared_as_moments() {
        let mut order = Chronology::default();
        let times = [
            ("2024-01-01T12:00:00+02:00", Some(false)),
            ("2024-01-01T10:00:00Z", Some(false)),
            ("2024-01-01T09:59:59Z", Some(true)),
            ("nonsense", None),
            ("2024-01-01T09:00:00-01:00", Some(false)),
        ];
        for (time, expected) in times {
            assert_eq!(order.next(time), expected, "{time}");
        }
    }
}
