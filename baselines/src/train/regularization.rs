//! What makes training less sure of its inputs and targets (M125). Validation never sees it.

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use crate::adapter::seeded;
use crate::error::{Error, Result};
use crate::model::size;

/// How sure training may be.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Regularization {
    /// ε: a target is the token with 1 - ε, and any token of the vocabulary with ε in all.
    pub label_smoothing: f64,
    /// α of `NEFTune`: embeddings get uniform noise up to α / √(length · width).
    pub neftune_alpha: f64,
}

impl Regularization {
    /// Refuses numbers out of their range.
    ///
    /// # Errors
    /// [`Error::Option`] that names the key.
    pub(crate) fn check(&self) -> Result<()> {
        let Self { label_smoothing, neftune_alpha } = *self;
        let checks = [
            (
                "regularization.label_smoothing",
                label_smoothing,
                (0.0..1.0).contains(&label_smoothing),
                "0 to 1, 1 excluded, is needed",
            ),
            ("regularization.neftune_alpha", neftune_alpha, (0.0..1e6).contains(&neftune_alpha), "0 or more is needed"),
        ];
        match checks.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((option, value, _, reason)) => Err(Error::option(option, value, reason)),
            None => Ok(()),
        }
    }

    /// What the embeddings of rows with `padding` columns at their left get, [B, T, D] f32 on `device`; nothing without
    /// noise. The length of a row is that without padding, so that its noise is as large whatever stands beside it.
    pub(super) fn noise(
        &self,
        padding: &[i64],
        (columns, width): (i64, i64),
        device: Device,
        seed: Seed,
    ) -> Option<Tensor> {
        if self.neftune_alpha == 0.0 {
            return None;
        }
        let bound = |&left: &i64| self.neftune_alpha / (((columns - left).max(1) * width) as f64).sqrt();
        let bounds: Vec<f64> = padding.iter().map(bound).collect();
        let bounds = Tensor::from_slice(&bounds).to_kind(Kind::Float).to_device(device).view([-1, 1, 1]);
        let shape = [size(padding.len()), columns, width];
        let shares = seeded(seed.derive("neftune"), || Tensor::rand(shape, (Kind::Float, device)));
        Some((shares * 2.0 - 1.0) * bounds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M125: uniform up to 5 / √(length · width), each row by its own length.
    #[test]
    fn noise_is_within_its_bounds_and_follows_from_the_seed() {
        let sure = Regularization::default();
        let noisy = Regularization { neftune_alpha: 5.0, ..sure };
        let draw = |of: &Regularization, seed| of.noise(&[0, 48], (64, 16), Device::Cpu, Seed(seed));
        assert!(draw(&sure, 1).is_none());
        let noise = draw(&noisy, 1).unwrap();
        assert_eq!(noise.size(), [2, 64, 16]);
        let largest = |row| f64::try_from(noise.select(0, row).abs().max()).unwrap();
        let bounds = [5.0 / 1024.0_f64.sqrt(), 5.0 / 256.0_f64.sqrt()];
        for (row, bound) in (0..).zip(bounds) {
            assert!((0.99 * bound..=bound * 1.000_001).contains(&largest(row)), "{} of {bound}", largest(row));
        }
        assert!(f64::try_from(noise.mean(Kind::Float)).unwrap().abs() < 0.01);
        assert_eq!(noise, draw(&noisy, 1).unwrap());
        assert_ne!(noise, draw(&noisy, 2).unwrap());
    }

    #[test]
    fn numbers_out_of_their_range_are_refused() {
        for wrong in [(1.0, 0.0), (-0.1, 0.0), (f64::NAN, 0.0), (0.0, -1.0), (0.0, f64::INFINITY)] {
            assert!(Regularization { label_smoothing: wrong.0, neftune_alpha: wrong.1 }.check().is_err(), "{wrong:?}");
        }
        assert!(Regularization { label_smoothing: 0.1, neftune_alpha: 5.0 }.check().is_ok());
    }
}
