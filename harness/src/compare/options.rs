//! How methods are compared.

use crate::error::{Error, Result};
use crate::interval::Bootstrap;

use super::series::MOST_METHODS;

/// Settings of a comparison.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompareOptions {
    /// Level of intervals, in 0..1 exclusive; a difference is found if its adjusted p-value is at most 1 - level.
    pub level: f64,
    /// Power at which a difference counts as detectable, in 0.5..1 exclusive.
    pub power: f64,
    /// Resamples of the percentile bootstrap, in 1..=[`Self::MOST_DRAWS`].
    pub resamples: u32,
    /// Sign flips drawn, in 1..=[`Self::MOST_DRAWS`]; where there are no more in all, each is looked at once. Holm's
    /// correction multiplies p-values, which are at least 1 / (flips + 1): see [`Self::of_methods`].
    pub flips: u32,
    /// Seed of bootstrap and flips.
    pub seed: u64,
}

impl CompareOptions {
    /// The largest number of resamples and of flips: more would only fill the memory.
    pub const MOST_DRAWS: u32 = 1_000_000;
    /// Flips for each pair of methods at least: so many that the smallest p-value that can be drawn, corrected for all
    /// pairs, is 1/40.
    const FLIPS_OF_PAIR: usize = 40;

    /// The default options, with as many flips as a comparison of so many methods needs, up to [`MOST_METHODS`]: the default
    /// number up to 22 methods.
    pub fn of_methods(methods: usize) -> Self {
        let methods = methods.min(MOST_METHODS);
        let needed = Self::FLIPS_OF_PAIR * (methods * methods.saturating_sub(1) / 2);
        let usual = Self::default();
        Self { flips: u32::try_from(needed).expect("because methods are few").max(usual.flips), ..usual }
    }

    /// The errors of settings outside their ranges.
    pub(super) fn check(&self) -> Result<()> {
        let draws = format!("in 1..={}", Self::MOST_DRAWS);
        let checks = [
            ("level", self.level, self.level > 0.0 && self.level < 1.0, "between 0 and 1"),
            ("power", self.power, self.power >= 0.5 && self.power < 1.0, "at least 0.5 and below 1"),
            ("resamples", self.resamples.into(), (1..=Self::MOST_DRAWS).contains(&self.resamples), &draws),
            ("flips", self.flips.into(), (1..=Self::MOST_DRAWS).contains(&self.flips), &draws),
        ];
        match checks.into_iter().find(|(_, _, valid, _)| !valid) {
            Some((name, value, _, allowed)) => Err(Error::CompareOption { name, value, allowed: allowed.to_owned() }),
            None => Ok(()),
        }
    }
}

impl Default for CompareOptions {
    /// Level 0.95, power 0.8, 5,000 resamples (S75), 10,000 flips, seed 0.
    fn default() -> Self {
        Self { level: Bootstrap::LEVEL, power: 0.8, resamples: Bootstrap::RESAMPLES, flips: 10_000, seed: 0 }
    }
}
