//! What is decoded when: a function of the tasks alone, so that a continued run decodes the same batches.

use bench::Task;

use crate::decode::{self, DecodeOptions, Opening};
use crate::method::Weights;
use crate::prompt::Prompt;

/// A task with its prompt.
pub(super) struct Asked<'a> {
    pub(super) task: &'a Task,
    pub(super) prompt: Prompt,
    /// What the completion might be.
    pub(super) guess: Vec<u32>,
    pub(super) weights: Weights,
}

/// A prompt that is decoded once.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) opening: Opening,
    /// The tasks that have it, as indices into those asked.
    pub(super) tasks: Vec<usize>,
}

/// Groups prompts for decoding; equal ones with equal weights are one.
pub(super) fn batches(asked: &[Asked<'_>], options: &DecodeOptions) -> Vec<Vec<Common>> {
    let kinds = kinds(asked);
    let ids = |at: usize| &asked[at].prompt.ids;
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by_key(|&at| (kinds[at], ids(at), at));
    let (mut openings, mut tasks) = (Vec::new(), Vec::new());
    for equal in order.chunk_by(|&a, &b| kinds[a] == kinds[b] && ids(a) == ids(b)) {
        let guesses = equal.iter().map(|&at| asked[at].guess.clone()).filter(|guess| !guess.is_empty());
        let adapter = asked[equal[0]].weights.adapter().cloned();
        openings.push(Opening { prompt: ids(equal[0]).clone(), guesses: guesses.collect(), adapter });
        tasks.push(equal.to_vec());
    }
    let batches = decode::batches(&openings, options);
    let common = |&at: &usize| Common { opening: openings[at].clone(), tasks: tasks[at].clone() };
    batches.iter().map(|trees| trees.iter().flatten().map(common).collect()).collect()
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
