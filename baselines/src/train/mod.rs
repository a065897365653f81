//! The one training loop. What is trained is an [`Objective`]; how fast is a [`Schedule`]; the loop owns the optimizer,
//! the clipping, the validation and the checkpoints.
//!
//! Losses are summed over target tokens and divided once per step (see [`Reduction`]), so that a step over many small
//! batches is the step over one large batch.

mod adamw;
mod batch;
mod checkpoint;
mod clip;
mod conditioned;
mod fused;
mod generated;
mod memory;
mod objective;
mod observer;
mod progress;
mod recompute;
mod regularization;
mod run;
mod schedule;

pub use crate::examples::Example;
pub use adamw::{AdamW, AdamWOptions, Decays, Updates};
pub use batch::Batch;
pub use checkpoint::CheckpointOptions;
pub use clip::clip_by_global_norm;
pub use conditioned::{Conditioned, Conditions, Lane, Moment, Rows, Start};
pub use generated::Generated;
pub(crate) use objective::validation_loss;
pub use objective::{Activations, LowRank, NextToken, Objective, Size, SummedLoss};
pub use observer::{Event, NoObserver, Observer, Step};
pub use progress::Best;
pub use regularization::Regularization;
pub use run::{ClipAt, Feed, HeldOut, Keep, Outcome, Reduction, RunOptions, run, run_validated};
pub use schedule::{Decay, Rounding, Schedule};
