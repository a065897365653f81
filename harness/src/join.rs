//! Which answer belongs to which task: every task of the answered splits once, every answer to one of them (S113, S117).

use std::collections::BTreeMap;

use bench::{Prediction, Predictions, Split, TaskId};

use crate::asked::Asked;
use crate::error::{Error, Faults, Result};

/// A task and its answer, if there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair<'a> {
    /// The task.
    pub(crate) asked: &'a Asked,
    /// Its answer.
    pub(crate) prediction: Option<&'a Prediction>,
}

/// The tasks of the splits that `predictions` names, by split and then id, each with its answer.
///
/// # Errors
/// If task ids or splits repeat, or if answers repeat or answer anything but these tasks.
pub(crate) fn join<'a>(tasks: &'a [Asked], predictions: &'a Predictions) -> Result<Vec<Pair<'a>>> {
    let splits = answered_splits(&predictions.header.splits)?;
    let tasks = by_id(tasks)?;
    let answers = answers(&predictions.rows, &tasks, &splits)?;
    let pair = |asked: &'a Asked| Pair { asked, prediction: answers.get(&asked.facts.task).copied() };
    let asked = tasks.values().copied().filter(|task| splits.contains(&task.facts.split));
    let mut pairs: Vec<Pair<'a>> = asked.map(pair).collect();
    // Tasks arrive by id, so a stable sort by split leaves them by id within each.
    pairs.sort_by_key(|pair| pair.asked.facts.split);
    Ok(pairs)
}

/// Refuses pairs without an answer.
///
/// # Errors
/// [`Error::Incomplete`] with all of them.
pub(crate) fn refuse_missing(pairs: &[Pair<'_>]) -> Result<()> {
    let mut missing: Vec<&TaskId> =
        pairs.iter().filter(|pair| pair.prediction.is_none()).map(|pair| &pair.asked.facts.task).collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort_unstable();
    Err(Error::Incomplete { missing: Faults::of(missing), asked: pairs.len() as u64 })
}

/// The splits of the header in the order of [`Split::ALL`].
fn answered_splits(header: &[Split]) -> Result<Vec<Split>> {
    let mut splits = header.to_vec();
    splits.sort_unstable();
    splits.dedup();
    if splits.is_empty() || splits.len() < header.len() {
        return Err(Error::Splits { splits: header.to_vec() });
    }
    Ok(splits)
}

fn by_id(tasks: &[Asked]) -> Result<BTreeMap<&TaskId, &Asked>> {
    let mut found = BTreeMap::new();
    let mut duplicate: Vec<&TaskId> =
        tasks.iter().filter_map(|task| found.insert(&task.facts.task, task).map(|_| &task.facts.task)).collect();
    if duplicate.is_empty() {
        return Ok(found);
    }
    duplicate.sort_unstable();
    duplicate.dedup();
    Err(Error::Tasks { duplicate: Faults::of(duplicate) })
}

fn answers<'a>(
    rows: &'a [Prediction],
    tasks: &BTreeMap<&TaskId, &Asked>,
    splits: &[Split],
) -> Result<BTreeMap<&'a TaskId, &'a Prediction>> {
    let mut sorted: Vec<&Prediction> = rows.iter().collect();
    sorted.sort_by(|a, b| a.task.cmp(&b.task));
    let groups = || sorted.chunk_by(|a, b| a.task == b.task);
    let ids = |bad: &dyn Fn(&[&Prediction]) -> bool| {
        Faults::of(groups().filter(|group| bad(group)).map(|group| &group[0].task))
    };
    let split = |group: &[&Prediction]| tasks.get(&group[0].task).map(|task| task.facts.split);
    let duplicate = ids(&|group| group.len() > 1);
    let unknown = ids(&|group| split(group).is_none());
    let outside = ids(&|group| split(group).is_some_and(|split| !splits.contains(&split)));
    if duplicate.is_empty() && unknown.is_empty() && outside.is_empty() {
        return Ok(sorted.into_iter().map(|row| (&row.task, row)).collect());
    }
    Err(Error::Invalid { duplicate, unknown, outside })
}
