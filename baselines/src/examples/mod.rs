//! From tasks of a release to what a training step reads: formats (M29–M31), filters (M28), the guard against held-out
//! rows (M37), the order of presentation (M186), and micro-batches without waste.
//!
//! Token ids lie in a file, not in memory (M219). What a step reads is a function of options, seed and step, so that a
//! run that is taken up reads what it would have read.

mod budget;
mod example;
mod format;
mod micro;
mod order;
mod source;
mod store;
mod validation;

pub use budget::{Budget, Plan};
pub use example::Example;
pub use format::{Format, MARKER};
pub use micro::{BatchLimits, micro_batches};
pub use order::Sampling;
pub use source::{Dropped, Examples, LongTargets, SourceOptions};
pub use validation::{ValidationSample, validation, validation_of};
