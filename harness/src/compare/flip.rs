//! Sign flips: the p-value of no difference, and the differences that flips cannot exclude.
//!
//! Let S and n be a unit's summed difference and tasks. If the true difference is θ, the terms S - nθ are as likely to
//! be positive as negative, so flipping their signs by coins changes nothing in law, and |Σ(S - nθ)| is unremarkable
//! among |Σ±(S - nθ)|. A flip splits the units into two halves. Its sum is at least as far from 0 as the observed one
//! exactly if θ lies between the means ΣS/Σn of the two halves. The share of such flips is the p-value of θ; it falls
//! on both sides of the estimate, so the differences whose p-value is above α are an interval, and it excludes 0
//! exactly if p ≤ α. Hartigan (1969) calls the means of halves typical values. The error rate is α exactly, for any
//! number and sizes of units, if the terms are symmetric about 0.

use bench::Seed;

use super::subsets::Subsets;

/// Differences of means below this are rounding, as of sums that cancel.
const ROUNDING: f64 = 1e-12;
/// Slack of comparisons with a level, which is decimal and hence not exact.
const SLACK: f64 = 1e-9;

/// The flips of one pair of methods.
pub(super) struct Flips<'a> {
    /// Sums over halves: a column a method, then the number of tasks.
    pub(super) halves: &'a Subsets,
    /// The columns of the two methods.
    pub(super) pair: [usize; 2],
    /// Sum of the differences over all units.
    pub(super) sum: f64,
    /// Tasks of all units.
    pub(super) tasks: f64,
}

/// The p-value of no difference of units whose differences add up to `sums`, over `tasks` tasks in all; `draws` flips where
/// there are more.
pub(crate) fn sign_flips(sums: &[f64], tasks: u64, draws: u32, seed: u64) -> f64 {
    // A column for the differences and one for what they are differences to.
    let table: Vec<f64> = sums.iter().flat_map(|&sum| [sum, 0.0]).collect();
    let halves = Subsets::of(&table, 2, draws, Seed(seed).derive("flips of repositories"));
    Flips { halves: &halves, pair: [0, 1], sum: sums.iter().sum(), tasks: tasks as f64 }.p()
}

/// Whether `p` is at most one minus `level`.
pub(crate) fn significant(p: f64, level: f64) -> bool {
    p <= 1.0 - level + SLACK
}

impl Flips<'_> {
    /// The two-sided p-value of no difference, in 0 exclusive..=1.
    ///
    /// Over all flips it is exact. Over drawn ones the observed signs count as one more (Phipson and Smyth, 2010), so
    /// that it is never 0 and valid at any number of draws.
    pub(super) fn p(&self) -> f64 {
        let sum = self.snap(self.sum);
        let beyond = |part: f64, rest: f64| if sum > 0.0 { part.min(rest) <= 0.0 } else { part.max(rest) >= 0.0 };
        let count = self.halves.iter().filter(|sums| beyond(self.part(sums), self.rest(sums))).count();
        (count + self.observed()) as f64 / self.total()
    }

    /// The least and the greatest difference with a p-value above one minus `level`.
    ///
    /// None if no difference at all can be excluded: with u units a p-value is at least 2 / 2^u.
    pub(super) fn interval(&self, level: f64) -> Option<[f64; 2]> {
        let (mut lows, mut highs) = (Vec::new(), Vec::new());
        for sums in self.halves.iter() {
            let size = sums.last().copied().unwrap_or(0.0);
            // All against none: no difference explains it away.
            if size > 0.0 && size < self.tasks {
                let means = [self.part(sums) / size, self.rest(sums) / (self.tasks - size)];
                lows.push(means[0].min(means[1]));
                highs.push(means[0].max(means[1]));
            }
        }
        let always = self.halves.len() - lows.len() + self.observed();
        let place = allowed(level, self.total()).checked_sub(always)?;
        if place >= lows.len() {
            return None;
        }
        let last = highs.len() - 1 - place;
        let low = *lows.select_nth_unstable_by(place, f64::total_cmp).1;
        Some([low, *highs.select_nth_unstable_by(last, f64::total_cmp).1])
    }

    /// The difference summed over one half.
    fn part(&self, sums: &[f64]) -> f64 {
        self.snap(sums[self.pair[0]] - sums[self.pair[1]])
    }

    /// The difference summed over the other half.
    fn rest(&self, sums: &[f64]) -> f64 {
        self.snap(self.sum - (sums[self.pair[0]] - sums[self.pair[1]]))
    }

    fn snap(&self, sum: f64) -> f64 {
        if sum.abs() <= ROUNDING * self.tasks { 0.0 } else { sum }
    }

    /// How often the observed signs are counted beside the flips.
    fn observed(&self) -> usize {
        usize::from(!self.halves.exact)
    }

    fn total(&self) -> f64 {
        (self.halves.len() + self.observed()) as f64
    }
}

/// How many of `total` flips a p-value of one minus `level` is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and the number of flips")]
fn allowed(level: f64, total: f64) -> usize {
    ((1.0 - level + SLACK) * total) as usize
}
