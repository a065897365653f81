//! What is decoded when: a function of the tasks alone, so that a continued run decodes the same batches.

use std::fmt;

use bench::Task;

use crate::decode::{self, DecodeOptions, Opening};
use crate::method::{Method, Weights};
use crate::prompt::Prompt;

/// How much is asked before anything is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WindowLimits {
    /// Tasks of a window at most. Bounds the prompts in memory (16 MiB at 4,096 tokens each) and lets a continued run skip,
    /// without reading their repositories, the windows that are done.
    pub(super) tasks: usize,
    /// Commits of repositories of a window at most, where each may have an adapter of its own. Bounds these: a pair a
    /// layer of a model of 1.5 billion parameters takes 74 MB.
    pub(super) places: usize,
}

impl WindowLimits {
    /// Those of runs of `method`; its card says whether adapters differ.
    pub(super) fn of(method: &dyn Method) -> Self {
        let apart = method.card().adapters.is_some();
        Self { tasks: 1024, places: if apart { 32 } else { usize::MAX } }
    }
}

impl fmt::Display for WindowLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.places {
            usize::MAX => write!(f, "{}", self.tasks),
            places => write!(f, "{} of {places} places", self.tasks),
        }
    }
}

/// `order` in windows, each as long as the limits allow: a function of tasks and limits alone.
pub(super) fn windows<'o, 't>(order: &'o [&'t Task], limits: WindowLimits) -> Vec<&'o [&'t Task]> {
    let mut windows = Vec::new();
    let mut rest = order;
    while !rest.is_empty() {
        let most = &rest[..rest.len().min(limits.tasks)];
        let length = most.chunk_by(|a, b| same_place(a, b)).take(limits.places).map(<[&Task]>::len).sum();
        let (window, behind) = rest.split_at(length);
        windows.push(window);
        rest = behind;
    }
    windows
}

/// Whether `a` and `b` are of one repository and commit.
pub(super) fn same_place(a: &Task, b: &Task) -> bool {
    a.assertion.repo == b.assertion.repo && a.assertion.commit == b.assertion.commit
}

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
