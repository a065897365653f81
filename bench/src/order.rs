//! The order in which a run answers tasks.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::{Error, Result};
use crate::ids::{CommitId, RepoId};
use crate::task::Task;

/// The tasks by repository, commit (in the order of first mention), file, place and id.
///
/// # Errors
/// [`Error::Repeated`] if two have one id.
pub fn running_order(tasks: &[Task]) -> Result<Vec<&Task>> {
    let mut ids = BTreeSet::new();
    let mut commits: BTreeMap<(&RepoId, &CommitId), usize> = BTreeMap::new();
    for task in tasks {
        if !ids.insert(task.id()) {
            return Err(Error::Repeated { task: task.id().clone() });
        }
        let next = commits.len();
        commits.entry((&task.assertion.repo, &task.assertion.commit)).or_insert(next);
    }
    let mut order: Vec<&Task> = tasks.iter().collect();
    order.sort_by_key(|task| {
        let at = &task.assertion;
        (&at.repo, commits[&(&at.repo, &at.commit)], &at.path, at.line, at.column, &at.id)
    });
    Ok(order)
}
