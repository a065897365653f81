//! Kept commits of the evolution track: R16, R17, R145 and Figure 2 (R144). Diffs are never read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use polars::prelude::{DataFrame, col};

use super::groups::{numbers, run, texts};
use super::scan::{join, scan};
use crate::error::{Error, Result};
use crate::evolution::{KeptCommit, Stage};
use crate::ids::RepoId;
use crate::paper::{ACTIVITY_REPOSITORIES, ACTIVITY_WINDOW};
use crate::release::Release;
use crate::split::{Partition, Split};
use crate::stats::distribution::Distribution;
use crate::stats::statistics::{CommitStatistics, KeptCounts, KeptDot, RepoActivity};
use crate::table::Row;
use crate::timestamp::Timestamp;

const COLUMNS: [&str; 6] = ["repo_id", "commit_timestamp", "in_repo_split", "n_added", "n_modified", "n_reemitted"];

/// A kept commit without its texts.
struct Commit {
    repo: RepoId,
    time: Timestamp,
    split: Split,
    counts: KeptCounts,
}

/// The kept commits of all `releases`; none if there are none.
pub(super) fn measure(releases: &[Release]) -> Result<Option<CommitStatistics>> {
    let mut commits = Vec::new();
    for release in releases {
        let files = files(release)?;
        if !files.is_empty() {
            let frames = files.iter().map(|path| Ok(scan(path)?.select(COLUMNS.map(col)))).collect::<Result<_>>()?;
            commits.extend(decode(&run(join(frames)?)?, release)?);
        }
    }
    let mut of_repo: BTreeMap<&RepoId, u64> = BTreeMap::new();
    let mut splits: BTreeMap<Split, KeptCounts> = BTreeMap::new();
    for Commit { repo, split, counts, .. } in &commits {
        *of_repo.entry(repo).or_default() += 1;
        let sums = splits.entry(*split).or_default();
        sums.commits += 1;
        sums.added += counts.added;
        sums.modified += counts.modified;
        sums.reemitted += counts.reemitted;
    }
    let per_repo = of_repo.into_values().collect::<Distribution>().summary();
    let times = commits.iter().map(|commit| commit.time);
    let (Some(per_repo), Some(first), Some(last)) = (per_repo, times.clone().min(), times.max()) else {
        return Ok(None);
    };
    let most_rows = commits.iter().map(|commit| commit.counts.rows()).max().unwrap_or(0);
    Ok(Some(CommitStatistics { per_repo, splits, first, last, most_rows, activity: activity(commits) }))
}

/// The tables of kept commits of `release`.
fn files(release: &Release) -> Result<Vec<PathBuf>> {
    let entries = release.manifest().contents.tables.iter();
    let entries = entries.filter(|entry| entry.table == <KeptCommit as Row>::TABLE && entry.rows > 0);
    entries.map(|entry| release.checked(&entry.path)).collect()
}

fn decode(commits: &DataFrame, release: &Release) -> Result<Vec<Commit>> {
    let partitions: BTreeMap<&RepoId, Partition> =
        release.manifest().contents.repos.iter().map(|repo| (&repo.repo, repo.partition)).collect();
    let [repo, time, stage] = ["repo_id", "commit_timestamp", "in_repo_split"].map(|name| texts(commits, name));
    let [added, modified, reemitted] = ["n_added", "n_modified", "n_reemitted"].map(|name| numbers(commits, name));
    let (added, modified, reemitted) = (added?, modified?, reemitted?);
    let row = |(at, ((repo, time), stage)): (usize, ((String, String), String))| {
        let (repo, stage): (RepoId, Stage) = (repo.parse()?, stage.parse()?);
        let partition = *partitions.get(&repo).ok_or_else(|| Error::Statistics {
            action: "place kept commits",
            reason: format!("release {} has commits of {repo}, which its manifest does not list", release.id()),
        })?;
        let counts = KeptCounts { commits: 1, added: added[at], modified: modified[at], reemitted: reemitted[at] };
        Ok(Commit { repo, time: time.parse()?, split: partition.split_at(stage), counts })
    };
    repo?.into_iter().zip(time?).zip(stage?).enumerate().map(row).collect()
}

/// The dots of Figure 2: the published repositories that are there, or else those with the most rows in the window.
fn activity(commits: Vec<Commit>) -> Vec<RepoActivity> {
    let mut all: BTreeMap<RepoId, Vec<KeptDot>> = BTreeMap::new();
    for Commit { repo, time, counts, .. } in commits {
        if (ACTIVITY_WINDOW[0]..ACTIVITY_WINDOW[1]).contains(&time) {
            all.entry(repo).or_default().push(KeptDot { time, rows: counts.rows() });
        }
    }
    let published = |repo: &RepoId| ACTIVITY_REPOSITORIES.contains(&repo.as_str());
    if all.keys().any(published) {
        all.retain(|repo, _| published(repo));
    }
    let mut activity: Vec<RepoActivity> = all.into_iter().map(|(repo, kept)| RepoActivity { repo, kept }).collect();
    activity.sort_by_key(|repo| std::cmp::Reverse(repo.kept.iter().map(|dot| dot.rows).sum::<u64>()));
    activity.truncate(ACTIVITY_REPOSITORIES.len());
    activity.sort_by(|a, b| a.repo.cmp(&b.repo));
    activity.iter_mut().for_each(|repo| repo.kept.sort_by_key(|dot| (dot.time, dot.rows)));
    activity
}
