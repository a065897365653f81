//! Numbers as values and how often each occurs: exact moments, quantiles and bins, whatever the order of the rows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Decimals that files keep of a mean, deviation or quantile.
const DECIMALS: i32 = 4;

/// How often each value occurs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Distribution {
    counts: BTreeMap<u64, u64>,
}

/// What is told of a distribution: the columns of Table 7 and two more quantiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Summary {
    /// How many values there are, at least 1.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// The standard deviation of the population (R142).
    pub std: f64,
    /// The least value.
    pub min: u64,
    /// The lower quartile; like all quantiles linear between neighbours.
    pub p25: f64,
    /// The median.
    pub median: f64,
    /// The upper quartile.
    pub p75: f64,
    /// 95 % are at most this.
    pub p95: f64,
    /// 99 % are at most this.
    pub p99: f64,
    /// The greatest value.
    pub max: u64,
}

/// Counts in bins of equal width from nought.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Histogram {
    /// Where the last bin ends, that end included.
    pub end: u64,
    /// The counts of the bins, which share 0..=`end` evenly.
    pub bins: Vec<u64>,
    /// Values over `end`, which are in no bin.
    pub beyond: u64,
}

impl Distribution {
    /// Adds `times` occurrences of `value`.
    pub fn add(&mut self, value: u64, times: u64) {
        if times > 0 {
            *self.counts.entry(value).or_default() += times;
        }
    }

    /// Each value with how often it occurs, ascending.
    pub fn counts(&self) -> impl Iterator<Item = (u64, u64)> {
        self.counts.iter().map(|(&value, &times)| (value, times))
    }

    /// How many values there are.
    pub fn len(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// The quantile `percent` (0..=100), linear between the neighbours of its place, as `numpy.percentile` has it.
    /// None if there is no value.
    pub fn quantile(&self, percent: u8) -> Option<f64> {
        let last = self.len().checked_sub(1)?;
        // The place is last * percent / 100: whole part and remainder are exact.
        let (scaled, hundred) = (u128::from(last) * u128::from(percent.min(100)), 100);
        let place = u64::try_from(scaled / hundred).expect("because a place is at most the last");
        let share = (scaled % hundred) as f64 / 100.0;
        let (low, high) = (self.at(place)?, self.at((place + 1).min(last))?);
        Some(low as f64 + (high - low) as f64 * share)
    }

    /// The summary; none if there is no value.
    pub fn summary(&self) -> Option<Summary> {
        let quantile = |percent| self.quantile(percent).map(fixed);
        let (mean, std) = self.moments()?;
        Some(Summary {
            count: self.len(),
            mean: fixed(mean),
            std: fixed(std),
            min: *self.counts.first_key_value()?.0,
            p25: quantile(25)?,
            median: quantile(50)?,
            p75: quantile(75)?,
            p95: quantile(95)?,
            p99: quantile(99)?,
            max: *self.counts.last_key_value()?.0,
        })
    }

    /// The counts in `bins` bins of equal width over 0..=`end`; as in NumPy, only the last bin holds its end.
    pub fn histogram(&self, end: u64, bins: usize) -> Histogram {
        let mut histogram = Histogram { end, bins: vec![0; bins.max(1)], beyond: 0 };
        let count = histogram.bins.len();
        for (&value, &times) in &self.counts {
            if value > end {
                histogram.beyond += times;
                continue;
            }
            let bin = u128::from(value) * count as u128 / u128::from(end.max(1));
            let bin = usize::try_from(bin).map_or(count - 1, |bin| bin.min(count - 1));
            histogram.bins[bin] += times;
        }
        histogram
    }

    /// Mean and population deviation, from sums of whole numbers.
    fn moments(&self) -> Option<(f64, f64)> {
        let n = self.len();
        if n == 0 {
            return None;
        }
        let mut sum = 0_u128;
        for (&value, &times) in &self.counts {
            sum = sum.saturating_add(u128::from(value).saturating_mul(u128::from(times)));
        }
        let mean = sum as f64 / n as f64;
        // In ascending order of values, so the same for any order of rows.
        let squares: f64 = self.counts.iter().map(|(&v, &times)| (v as f64 - mean).powi(2) * times as f64).sum();
        Some((mean, (squares / n as f64).sqrt()))
    }

    /// The value at `place` of all values in ascending order.
    fn at(&self, place: u64) -> Option<u64> {
        let mut before = 0;
        self.counts.iter().find_map(|(&value, &times)| {
            before += times;
            (place < before).then_some(value)
        })
    }
}

impl Extend<u64> for Distribution {
    fn extend<T: IntoIterator<Item = u64>>(&mut self, values: T) {
        values.into_iter().for_each(|value| self.add(value, 1));
    }
}

impl FromIterator<u64> for Distribution {
    fn from_iter<T: IntoIterator<Item = u64>>(values: T) -> Self {
        let mut all = Self::default();
        all.extend(values);
        all
    }
}

/// `value` with the decimals that files keep.
fn fixed(value: f64) -> f64 {
    let scale = 10_f64.powi(DECIMALS);
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_summary_is_that_of_numpy() {
        // numpy.mean, std, percentile of [1, 2, 2, 10]
        let summary = [10, 2, 1, 2].into_iter().collect::<Distribution>().summary().expect("values");
        assert_eq!((summary.count, summary.min, summary.max), (4, 1, 10));
        assert_eq!((summary.mean, summary.std), (3.75, 3.6315));
        assert_eq!((summary.p25, summary.median, summary.p75), (1.75, 2.0, 4.0));
        assert_eq!((summary.p95, summary.p99), (8.8, 9.76));
        assert_eq!(Distribution::default().summary(), None);
    }

    #[test]
    fn bins_are_those_of_numpy() {
        // numpy.histogram([0, 39, 40, 3999, 4000, 4001], bins=100, range=(0, 4000))
        let histogram = [0, 39, 40, 3999, 4000, 4001].into_iter().collect::<Distribution>().histogram(4000, 100);
        assert_eq!((histogram.bins[0], histogram.bins[1], histogram.bins[99], histogram.beyond), (2, 1, 2, 1));
        assert_eq!(histogram.bins.iter().sum::<u64>(), 5);
    }

    proptest! {
        #[test]
        fn quantiles_lie_between_neighbours(mut values in prop::collection::vec(0_u64..1_000_000, 1..60), percent in 0_u8..=100) {
            let all: Distribution = values.iter().copied().collect();
            values.sort_unstable();
            let place = (values.len() - 1) * usize::from(percent);
            let (low, high) = (values[place / 100], values[place.div_ceil(100)]);
            let found = all.quantile(percent).expect("a value");
            prop_assert!(low as f64 - 1e-6 <= found && found <= high as f64 + 1e-6, "{low} {found} {high}");
            prop_assert_eq!(all.quantile(0), Some(values[0] as f64));
            prop_assert_eq!(all.quantile(100), Some(values[values.len() - 1] as f64));
        }

        #[test]
        fn order_is_no_matter(values in prop::collection::vec(any::<u64>(), 0..60)) {
            let forwards: Distribution = values.iter().copied().collect();
            let backwards: Distribution = values.iter().rev().copied().collect();
            prop_assert_eq!(forwards.summary(), backwards.summary());
        }
    }
}
