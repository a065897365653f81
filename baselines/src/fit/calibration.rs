//! How much of what a repository adds to an adapter is kept.
//!
//! Repositories that were trained on are known better than others, so what is added for one of the others is too sure. Its
//! likelihoods are mended as temperatures mend those of a classifier: one number, chosen on repositories that were not
//! trained on, is multiplied into the weights.

use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::error::{Error, Result};
use crate::train::{Conditioned, Event, Generated, Observer, validation_loss};

/// The shares are whole multiples of one in so many.
const PARTS: u32 = 10;

/// What calibration found.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calibration {
    /// What was kept of the repository's part.
    pub share: f64,
    /// The mean validation loss per target token with it, in nats.
    pub loss: f64,
    /// The same without the repository's part.
    pub without: f64,
}

/// Leaves of the repository's part of the trained network the share with the lowest loss on `held_out`, the greater of
/// equals. Nothing is done where there is no such part, or nothing is held out.
///
/// # Errors
/// If a loss is not a number, or the objective fails.
pub(super) fn calibrate(
    objective: &Generated,
    held_out: &[Conditioned],
    observer: &mut dyn Observer,
) -> Result<Option<Calibration>> {
    let part = objective.network().repository_part();
    if part.is_empty() || held_out.is_empty() {
        return Ok(None);
    }
    let trained: Vec<Tensor> = part.iter().map(|tensor| tensor.detach().copy()).collect();
    let keep = |share: f64| {
        for (tensor, trained) in part.iter().zip(&trained) {
            tensor.detach().copy_(&(trained * share));
        }
    };
    let check = |value: f64, _: &Conditioned| {
        if value.is_finite() { Ok(()) } else { Err(Error::NonFinite { what: "validation loss", value, step: 0 }) }
    };
    let (mut best, mut without) = ((f64::NAN, f64::INFINITY), f64::NAN);
    for parts in (0..=PARTS).rev() {
        let share = f64::from(parts) / f64::from(PARTS);
        keep(share);
        let loss = validation_loss(objective, held_out, &check)?;
        observer.event(&Event::Calibrated { share, loss });
        if loss < best.1 {
            best = (share, loss);
        }
        without = loss;
    }
    keep(best.0);
    Ok(Some(Calibration { share: best.0, loss: best.1, without }))
}
