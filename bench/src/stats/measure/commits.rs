//! Kept commits of the evolution track: R16, R145 and Figure 2 (R144).

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, LazyFrame, col};

use super::groups::{count, numbers, run, texts};
use super::scan::{join, scan};
use crate::error::Result;
use crate::evolution::{Event, KeptCommit};
use crate::ids::RepoId;
use crate::paper::{ACTIVITY_REPOSITORIES, ACTIVITY_WINDOW};
use crate::release::Release;
use crate::stats::distribution::Distribution;
use crate::stats::statistics::{CommitStatistics, KeptDot, RepoActivity};
use crate::table::Row;
use crate::timestamp::Timestamp;

const TIME: &str = "commit_timestamp";
/// The columns that count the rows of a commit before the caps.
const EVENTS: [(&str, Event); 3] =
    [("n_added", Event::Added), ("n_modified", Event::Modified), ("n_reemitted", Event::Reemitted)];

/// The kept commits of all `releases`; none if there are none.
pub(super) fn measure(releases: &[Release]) -> Result<Option<CommitStatistics>> {
    let mut files = Vec::new();
    for release in releases {
        files.extend(release.table_files(KeptCommit::TABLE)?);
    }
    if files.is_empty() {
        return Ok(None);
    }
    let commits = join(files.iter().map(|path| scan(path)).collect::<Result<_>>()?)?;
    let per_repo: Distribution = numbers(&count(commits.clone(), &["repo_id"])?, "rows")?.into_iter().collect();
    let Some(per_repo) = per_repo.summary() else { return Ok(None) };
    let events = emitted(commits.clone())?;
    Ok(Some(CommitStatistics { per_repo, emitted: events.values().sum(), events, activity: activity(commits)? }))
}

/// Rows before the caps by event.
fn emitted(commits: LazyFrame) -> Result<BTreeMap<Event, u64>> {
    let sums = EVENTS.map(|(column, _)| col(column).cast(polars::prelude::DataType::UInt64).sum());
    let sums = run(commits.select(sums))?;
    EVENTS.into_iter().map(|(column, event)| Ok((event, numbers(&sums, column)?.into_iter().sum()))).collect()
}

/// The dots of Figure 2: the published repositories that are there, or else those with the most rows in the window.
fn activity(commits: LazyFrame) -> Result<Vec<RepoActivity>> {
    let mut columns = vec![col("repo_id"), col(TIME)];
    columns.extend(EVENTS.map(|(column, _)| col(column)));
    let mut all = dots(&run(commits.select(columns))?)?;
    let published = |repo: &RepoId| ACTIVITY_REPOSITORIES.contains(&repo.as_str());
    if all.keys().any(published) {
        all.retain(|repo, _| published(repo));
    }
    let mut activity: Vec<RepoActivity> = all.into_iter().map(|(repo, kept)| RepoActivity { repo, kept }).collect();
    activity.sort_by_key(|repo| std::cmp::Reverse(repo.kept.iter().map(|dot| dot.rows).sum::<u64>()));
    activity.truncate(ACTIVITY_REPOSITORIES.len());
    activity.sort_by(|a, b| a.repo.cmp(&b.repo));
    Ok(activity)
}

/// The kept commits in the window by repository, oldest first.
fn dots(commits: &DataFrame) -> Result<BTreeMap<RepoId, Vec<KeptDot>>> {
    let mut rows = vec![0_u64; commits.height()];
    for (column, _) in EVENTS {
        rows.iter_mut().zip(numbers(commits, column)?).for_each(|(sum, part)| *sum += part);
    }
    let mut all: BTreeMap<RepoId, Vec<KeptDot>> = BTreeMap::new();
    for ((repo, time), rows) in texts(commits, "repo_id")?.into_iter().zip(texts(commits, TIME)?).zip(rows) {
        let time: Timestamp = time.parse()?;
        if (ACTIVITY_WINDOW[0]..ACTIVITY_WINDOW[1]).contains(&time) {
            all.entry(repo.parse()?).or_default().push(KeptDot { time, rows });
        }
    }
    all.values_mut().for_each(|kept| kept.sort_by_key(|dot| (dot.time, dot.rows)));
    Ok(all)
}
