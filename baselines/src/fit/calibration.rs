//! How much of what a repository adds to an adapter is kept.
//!
//! Repositories that were trained on are known better than others, so what is added for one of the others is too sure. Its
//! likelihoods are mended as temperatures mend those of a classifier: one number, chosen on repositories that were not
//! trained on, is multiplied into the weights. What does not show there that it helps is left out: the number is 0 then.

use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::error::{Error, Result};
use crate::train::{Conditioned, Event, Generated, Objective, Observer, validation_loss};

/// The shares are whole multiples of one in so many.
const PARTS: u32 = 10;
/// The gain over no repository part, in standard errors over held-out repositories, that must be exceeded to keep any.
const ERRORS: f64 = 2.0;

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

/// Losses with one share.
struct Measured {
    share: f64,
    /// Mean loss per target token, in nats.
    loss: f64,
    /// The same of each held-out repository.
    repos: Vec<f64>,
}

/// Leaves of the repository's part of the trained network the share with the lowest loss on `held_out`, a batch a
/// repository: the greater one of equals, and none where it is not better than none by more than chance. Nothing is done
/// where there is no such part, or nothing is held out.
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
    let mut measure = |share: f64| -> Result<Measured> {
        keep(share);
        let measured = measured(objective, held_out, share)?;
        observer.event(&Event::Calibrated { share, loss: measured.loss });
        Ok(measured)
    };
    let without = measure(0.0)?;
    let mut best = measure(1.0)?;
    for parts in (1..PARTS).rev() {
        let next = measure(f64::from(parts) / f64::from(PARTS))?;
        if next.loss < best.loss {
            best = next;
        }
    }
    let kept = if is_better(&best.repos, &without.repos) { &best } else { &without };
    keep(kept.share);
    Ok(Some(Calibration { share: kept.share, loss: kept.loss, without: without.loss }))
}

fn measured(objective: &Generated, held_out: &[Conditioned], share: f64) -> Result<Measured> {
    let check = |value: f64, _: &Conditioned| {
        if value.is_finite() { Ok(()) } else { Err(Error::NonFinite { what: "validation loss", value, step: 0 }) }
    };
    let loss = |batches: &[Conditioned]| validation_loss(objective, batches, &check);
    let repos: Vec<f64> = held_out.iter().map(|batch| loss(std::slice::from_ref(batch))).collect::<Result<_>>()?;
    let tokens: Vec<f64> = held_out.iter().map(|batch| objective.size(batch).tokens as f64).collect();
    let sum: f64 = repos.iter().zip(&tokens).map(|(loss, tokens)| loss * tokens).sum();
    Ok(Measured { share, loss: sum / tokens.iter().sum::<f64>(), repos })
}

/// Whether the losses of repositories are below `others` by more than chance. A single repository is taken at its word.
fn is_better(losses: &[f64], others: &[f64]) -> bool {
    let count = losses.len() as f64;
    let gains: Vec<f64> = losses.iter().zip(others).map(|(loss, other)| other - loss).collect();
    let mean = gains.iter().sum::<f64>() / count;
    let squares: f64 = gains.iter().map(|gain| (gain - mean).powi(2)).sum();
    let error = if gains.len() < 2 { 0.0 } else { (squares / (count - 1.0) / count).sqrt() };
    mean > ERRORS * error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_counts_where_it_exceeds_chance() {
        assert!(is_better(&[0.5, 0.6, 0.4], &[0.6, 0.7, 0.6]));
        assert!(!is_better(&[0.5, 0.6, 0.4], &[0.6, 0.5, 0.4]), "one of three is better, one worse");
        assert!(!is_better(&[0.7, 0.8], &[0.6, 0.7]), "worse");
        assert!(is_better(&[0.5], &[0.6]) && !is_better(&[0.5], &[0.5]));
    }
}
