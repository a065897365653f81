//! The one training loop. What is trained is an [`Objective`]; how fast is a [`Schedule`]; the loop owns the optimizer,
//! the clipping and the checkpoints.
//!
//! Losses are summed over target tokens and divided once per step by the tokens of that step, so that a step over many
//! small batches is the step over one large batch.

mod adamw;
mod batch;
mod checkpoint;
mod clip;
mod objective;
mod observer;
mod run;
mod schedule;

pub use adamw::{AdamW, AdamWOptions};
pub use batch::{Batch, Example};
pub use checkpoint::CheckpointOptions;
pub use clip::clip_by_global_norm;
pub use objective::{LowRank, NextToken, Objective, SummedLoss};
pub use observer::{Event, NoObserver, Observer, Step};
pub use run::{Outcome, RunOptions, run};
pub use schedule::{Decay, Schedule};
