//! What is decoded when: a function of the tasks alone, so that a continued run decodes the same batches.

use std::cmp::Reverse;

use bench::Task;

use super::PredictOptions;
use crate::method::Weights;
use crate::prompt::Prompt;

/// A task with its prompt.
pub(super) struct Asked<'a> {
    pub(super) task: &'a Task,
    pub(super) prompt: Prompt,
    pub(super) weights: Weights,
}

/// Groups prompts for decoding: batch, prompt, tasks that share it (as indices into `asked`). Weights are equal in a
/// batch, and the decoder takes each as one; longer prompts come first, so that a batch too large for the memory fails
/// early.
pub(super) fn batches(asked: &[Asked<'_>], options: &PredictOptions, max_new_tokens: usize) -> Vec<Vec<Vec<usize>>> {
    let kinds = kinds(asked);
    let ids = |at: usize| &asked[at].prompt.ids;
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by_key(|&at| (kinds[at], Reverse(ids(at).len()), ids(at), at));
    let mut batches: Vec<Vec<Vec<usize>>> = Vec::new();
    let mut room = 0;
    for equal in order.chunk_by(|&a, &b| kinds[a] == kinds[b] && ids(a) == ids(b)) {
        let fits = |batch: &&mut Vec<Vec<usize>>| batch.len() < room && kinds[batch[0][0]] == kinds[equal[0]];
        if let Some(batch) = batches.last_mut().filter(fits) {
            batch.push(equal.to_vec());
        } else {
            let columns = ids(equal[0]).len() + max_new_tokens;
            room = (options.batch_tokens / columns).clamp(1, options.batch_rows.max(1));
            batches.push(vec![equal.to_vec()]);
        }
    }
    batches
}

/// A number for the weights of each prompt, equal for equal weights.
fn kinds(asked: &[Asked<'_>]) -> Vec<usize> {
    let mut known: Vec<&Weights> = Vec::new();
    let mut kinds = Vec::with_capacity(asked.len());
    for Asked { weights, .. } in asked {
        kinds.push(known.iter().position(|&other| other == weights).unwrap_or(known.len()));
        if kinds.last() == Some(&known.len()) {
            known.push(weights);
        }
    }
    kinds
}
