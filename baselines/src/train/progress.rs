//! How far a run has come, and what it took.

use std::path::Path;

use bench::TrainingStep;
use bench::table::{read_table, write_table};
use serde::{Deserialize, Serialize};

use super::checkpoint::CheckpointOptions;
use super::objective::Size;
use crate::error::Result;

/// The lowest validation loss of a run.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Best {
    /// Steps taken before it was measured.
    pub step: u64,
    /// Mean loss per supervised token, in nats.
    pub loss: f64,
}

/// What a run has done so far, interruptions included.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Progress {
    pub(super) steps: u64,
    pub(super) last_loss: Option<f64>,
    pub(super) examples: u64,
    pub(super) tokens: u64,
    pub(super) read: u64,
    pub(super) clipped: u64,
    pub(super) best: Option<Best>,
    /// Time of the runs that led here.
    pub(super) seconds: f64,
    /// The most memory that one of them held.
    pub(super) peak_bytes: Option<u64>,
}

impl Progress {
    /// Counts what a step presented.
    pub(super) fn add(&mut self, size: Size) {
        self.examples += size.examples;
        self.tokens += size.tokens;
        self.read += size.read;
    }
}

/// The rows of an interrupted run, up to `step`; none if it left none.
pub(super) fn curve_until(options: &CheckpointOptions, step: u64) -> Result<Vec<TrainingStep>> {
    let path = options.curve();
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut rows: Vec<TrainingStep> = read_table(&path)?;
    rows.retain(|row| row.step <= step);
    Ok(rows)
}

/// Writes the rows so far.
pub(super) fn write_curve(path: &Path, rows: &[TrainingStep]) -> Result<()> {
    write_table(path, &[], rows.iter().copied())?;
    Ok(())
}
