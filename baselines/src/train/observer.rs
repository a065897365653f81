//! What a training run reports while it runs.

use std::path::PathBuf;

use bench::AdapterSpread;

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// Tokenizer and data are ready.
    Prepared {
        /// Texts read.
        documents: usize,
        /// Tokens of all texts.
        tokens: usize,
        /// Tokens of the vocabulary.
        vocabulary: u32,
        /// Numbers in the model.
        parameters: u64,
    },
    /// A part of a training begins: an adapter of the one or many that are made.
    Part {
        /// What it is for: a repository, or `all repositories`.
        name: String,
        /// Its place, from 1.
        number: usize,
        /// Parts in all.
        parts: usize,
        /// Its steps.
        steps: u64,
        /// Examples it presents, repetitions counted.
        examples: u64,
    },
    /// A checkpoint of the same run was found; training goes on after this many steps.
    Resumed {
        /// Steps already done.
        step: u64,
    },
    /// A step was taken.
    Step(Step),
    /// The validation sample was measured.
    Validated {
        /// Steps taken before.
        step: u64,
        /// Mean loss per target token, in nats.
        loss: f64,
        /// Whether it is the lowest so far, of those after the first step.
        best: bool,
    },
    /// The adapters of some repositories were held against each other (M232).
    Spread {
        /// Steps taken before.
        step: u64,
        /// How far they are apart.
        spread: AdapterSpread,
    },
    /// The validation sample was measured with a share of what the repository adds.
    Calibrated {
        /// The share.
        share: f64,
        /// Mean loss per target token, in nats.
        loss: f64,
    },
    /// The state was written to disk.
    Saved {
        /// The checkpoint.
        path: PathBuf,
        /// Steps it holds.
        step: u64,
    },
}

/// One step of the optimizer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// Steps taken so far, this one included.
    pub step: u64,
    /// Steps in all.
    pub steps: u64,
    /// Mean loss per target token, in nats, before the step.
    pub loss: f64,
    /// The learning rate used.
    pub lr: f64,
    /// Global norm of the gradient before clipping.
    pub norm: f64,
    /// Whether the gradient was scaled down.
    pub clipped: bool,
    /// Target tokens of this step per second. For the eye only: no result depends on it.
    pub tokens_per_second: f64,
    /// Tokens read in this step per second, padding not counted. For the eye only too.
    pub read_per_second: f64,
}

/// Listens to a run.
pub trait Observer {
    /// Called for each event, in order.
    fn event(&mut self, event: &Event);
}

/// Listens to nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoObserver;

impl Observer for NoObserver {
    fn event(&mut self, _event: &Event) {}
}
