//! From sealed releases to [`Statistics`], by lazy queries.
//!
//! Counts come from the sealed tables themselves, of which only the grouped columns are read. What needs the texts of
//! tasks is read once, a split at a time, into [`Facts`]: a few numbers a task, which are then grouped the same way.

mod commits;
mod facts;
mod groups;
mod lengths;
mod parts;
mod scan;

use std::path::PathBuf;

use self::facts::Facts;
use self::lengths::Lengths;
use super::part::Part;
use super::statistics::{MeasuredRelease, STATISTICS_FORMAT, Statistics};
use super::tokens::TokenCounter;
use crate::error::{Error, Result};
use crate::profile::Track;
use crate::release::{Release, TaskSet};

/// A part and where its tasks are.
struct Held<'a> {
    part: Part,
    release: &'a Release,
    set: TaskSet,
    file: PathBuf,
}

/// How many tasks [`measure`] reads of `releases`.
pub fn tasks(releases: &[Release]) -> u64 {
    let rows = |release: &Release| {
        let rows = |set: TaskSet| release.manifest().contents.table(&set.path()).map_or(0, |entry| entry.rows);
        TaskSet::all().map(rows).sum::<u64>()
    };
    releases.iter().map(rows).sum()
}

/// The statistics of `releases` together; tokens are counted by `counter`, if there is one, and `progress` hears how many
/// more tasks were read.
///
/// A release of the evolution track has static OOD tasks of its own (R123); they are counted instead of those of a
/// static release.
///
/// # Errors
/// If there is no task, two releases hold the same part, a table was changed or cannot be read, or tokens cannot be
/// counted.
pub fn measure(releases: &[Release], counter: Option<&dyn TokenCounter>, progress: &dyn Fn(u64)) -> Result<Statistics> {
    let held = held(releases)?;
    let mut facts = Facts::default();
    let mut lengths = counter.map(Lengths::new);
    for Held { part, release, set, .. } in &held {
        for batch in release.stream(*set)? {
            let tasks = batch?;
            progress(tasks.len() as u64);
            tasks.iter().for_each(|task| facts.push(*part, &task.assertion));
            if let Some(lengths) = lengths.as_mut().filter(|_| Lengths::covers(*part)) {
                lengths.add(&tasks)?;
            }
        }
    }
    let tokens = match lengths {
        Some(lengths) => lengths.finish(releases)?,
        None => None,
    };
    Ok(Statistics {
        format: STATISTICS_FORMAT,
        releases: releases.iter().map(measured).collect(),
        parts: parts::measure(&held, &facts.frame()?)?,
        tokens,
        commits: commits::measure(releases)?,
    })
}

/// The parts of `releases` in the order of [`Part::ALL`], each in one release only.
fn held(releases: &[Release]) -> Result<Vec<Held<'_>>> {
    let mut held = Vec::new();
    for release in releases {
        for set in TaskSet::all() {
            if release.manifest().contents.table(&set.path()).is_some_and(|entry| entry.rows > 0) {
                let file = release.checked(&set.path())?;
                held.push(Held { part: Part::of(track(release), set), release, set, file });
            }
        }
    }
    if held.iter().any(|held| held.set == TaskSet::StaticOod) {
        held.retain(|held| held.part != Part::StaticOod || held.set == TaskSet::StaticOod);
    }
    held.sort_by_key(|held| held.part);
    if let Some([a, b]) = held.array_windows().find(|[a, b]| a.part == b.part) {
        let reason = format!("the releases {} and {} both hold {}", a.release.id(), b.release.id(), a.part);
        return Err(Error::Statistics { action: "count every part once", reason });
    }
    if held.is_empty() {
        return Err(Error::Statistics { action: "count tasks", reason: "there are none".to_owned() });
    }
    Ok(held)
}

fn track(release: &Release) -> Track {
    release.manifest().contents.track
}

fn measured(release: &Release) -> MeasuredRelease {
    let profile = release.manifest().contents.profile;
    MeasuredRelease { root: release.id().to_owned(), profile, track: track(release) }
}
