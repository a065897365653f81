//! What changed between two releases, or between a release and a folder in the published layout.
//!
//! Both sides are read a repository at a time, and of a task only its place and a hash of its texts are kept, so that
//! memory is bounded by the largest repository. Tasks are the same if they stand at the same place (repository, file, line;
//! in the evolution track commit too) with the same type, prefix and target; ids play no part, because published tables
//! have none.

mod columns;
mod repositories;
mod side;
mod tasks;

pub use columns::ColumnDifference;
pub use repositories::RepoDifference;
pub use side::Side;
pub use tasks::{Change, SetDifference, TaskDifference};

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::Serialize;

use crate::error::{Error, Result};
use crate::ids::RepoId;
use crate::release::TaskSet;
use tasks::Tally;

/// Everything that two sides differ in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Facts of the whole that differ: profile, caps and so on. Only releases state them.
    pub settings: Vec<SettingDifference>,
    /// Repositories that are not the same on both sides, by id.
    pub repositories: Vec<RepoDifference>,
    /// Repositories that are.
    pub same_repositories: u64,
    /// The sets of tasks that a side has, in the order of [`TaskSet::all`].
    pub sets: Vec<SetDifference>,
    /// Static views of the evolution track that a release has and the published folder beside it has not: they are
    /// published as data sets of their own (R14), so nothing is said of them.
    pub not_compared: Vec<&'static str>,
    /// The first tasks of each set that differ.
    pub tasks: Vec<TaskDifference>,
    /// Tables whose columns differ.
    pub columns: Vec<ColumnDifference>,
}

/// A fact of the whole that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SettingDifference {
    /// What it is.
    pub name: &'static str,
    /// On the first side.
    pub a: String,
    /// On the second.
    pub b: String,
}

impl Difference {
    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
            && self.repositories.is_empty()
            && self.columns.is_empty()
            && self.sets.iter().all(SetDifference::is_empty)
    }
}

/// The difference from `a` to `b`. Of each kind of change of each set `show` tasks are listed at most; `progress` hears of
/// every repository that is done, of those in [`repositories`].
///
/// # Errors
/// If the sides are of different tracks, or a table cannot be read.
pub fn diff(a: &Side, b: &Side, show: usize, progress: &(dyn Fn(u64) + Sync)) -> Result<Difference> {
    if a.track() != b.track() {
        let (found, expected) = (format!("the track {}", b.track()), format!("the track {}", a.track()));
        return Err(Error::Mismatch { path: b.root().to_owned(), found, expected });
    }
    let both = [a.repositories()?, b.repositories()?];
    let names: BTreeSet<&RepoId> = both.iter().flat_map(|side| side.keys()).collect();
    let names: Vec<&RepoId> = names.into_iter().collect();
    let (repositories, same_repositories) = repositories::compare(&names, &both);
    let there = TaskSet::all().filter(|set| a.has(*set) || b.has(*set));
    let (sets, apart): (Vec<TaskSet>, Vec<TaskSet>) = there.partition(|set| a.tells(*set) && b.tells(*set));
    let one = |repo: &&RepoId| {
        let tallies = sets.iter().map(|set| Tally::of([a, b], *set, repo, show)).collect::<Result<Vec<Tally>>>();
        progress(1);
        tallies
    };
    let of_repos: Vec<Vec<Tally>> = names.par_iter().map(one).collect::<Result<_>>()?;
    let mut totals: Vec<Tally> = sets.iter().map(|set| Tally::empty(*set)).collect();
    for tallies in of_repos {
        totals.iter_mut().zip(tallies).for_each(|(total, tally)| total.add(tally, show));
    }
    let (sets, tasks): (Vec<SetDifference>, Vec<Vec<TaskDifference>>) = totals.into_iter().map(Tally::finish).unzip();
    let (settings, columns) = (side::settings(a, b), columns::compare(a, b)?);
    let not_compared = apart.into_iter().map(tasks::set_name).collect();
    Ok(Difference { settings, repositories, same_repositories, sets, not_compared, tasks: tasks.concat(), columns })
}

/// How many repositories the two sides have together.
///
/// # Errors
/// If a table cannot be read.
pub fn repositories(a: &Side, b: &Side) -> Result<u64> {
    let both = [a.repositories()?, b.repositories()?];
    Ok(both.iter().flat_map(|side| side.keys()).collect::<BTreeSet<_>>().len() as u64)
}
