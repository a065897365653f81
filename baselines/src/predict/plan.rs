//! What is decoded when: a function of the tasks alone, so that a continued run decodes the same batches.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use bench::{CommitId, RepoId, Task};

use super::PredictOptions;
use crate::error::{Error, Result};
use crate::method::Weights;
use crate::prompt::Prompt;

/// A task with its prompt.
pub(super) struct Asked<'a> {
    pub(super) task: &'a Task,
    pub(super) prompt: Prompt,
    pub(super) weights: Weights,
}

/// The tasks by repository, commit (in the order of first mention), file, place and id.
///
/// # Errors
/// [`Error::Task`] if two have one id.
pub(super) fn running_order(tasks: &[Task]) -> Result<Vec<&Task>> {
    let mut ids = BTreeSet::new();
    let mut commits: BTreeMap<(&RepoId, &CommitId), usize> = BTreeMap::new();
    for task in tasks {
        if !ids.insert(task.id()) {
            return Err(Error::Task { task: task.id().to_string(), reason: "it is asked twice".to_owned() });
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

/// Groups prompts for decoding: batch, prompt, tasks that share it (as indices into `asked`). Weights are equal in a
/// batch; longer prompts come first, so that a batch too large for the memory fails early.
pub(super) fn batches(asked: &[Asked<'_>], options: &PredictOptions, max_new_tokens: usize) -> Vec<Vec<Vec<usize>>> {
    let mut kinds: Vec<Weights> = Vec::new();
    let mut equal: BTreeMap<(usize, Reverse<usize>, &[u32]), Vec<usize>> = BTreeMap::new();
    for (index, Asked { prompt, weights, .. }) in asked.iter().enumerate() {
        let kind = kinds.iter().position(|known| known == weights).unwrap_or_else(|| {
            kinds.push(*weights);
            kinds.len() - 1
        });
        equal.entry((kind, Reverse(prompt.ids.len()), &prompt.ids)).or_default().push(index);
    }
    let mut batches: Vec<Vec<Vec<usize>>> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for ((kind, Reverse(length), _), tasks) in equal {
        match (open, batches.last_mut()) {
            (Some((of, rows)), Some(batch)) if of == kind && batch.len() < rows => batch.push(tasks),
            _ => {
                let rows = (options.batch_tokens / (length + max_new_tokens)).clamp(1, options.batch_rows.max(1));
                open = Some((kind, rows));
                batches.push(vec![tasks]);
            }
        }
    }
    batches
}
