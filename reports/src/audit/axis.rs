//! A linear axis with round ticks, for values that may be negative.

/// Most steps between the ends of an axis.
const MAX_STEPS: f64 = 6.0;

/// From values to places between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    low: f64,
    step: f64,
    steps: u32,
}

impl Axis {
    /// An axis that just holds `values`, and nought if `with_nought`.
    pub(super) fn around(values: impl Iterator<Item = f64>, with_nought: bool) -> Self {
        let nought = with_nought.then_some(0.0);
        let ends = values.filter(|value| value.is_finite()).chain(nought);
        let ends = ends.fold(None, |ends: Option<(f64, f64)>, value| {
            Some(ends.map_or((value, value), |(low, high)| (low.min(value), high.max(value))))
        });
        let (low, high) = ends.unwrap_or((0.0, 1.0));
        let span = if high > low { high - low } else { low.abs().max(1.0) };
        let step = step(span / MAX_STEPS);
        // A hair below a tick is on it.
        let first = (low / step + 1e-9).floor();
        let last = (high / step - 1e-9).ceil().max(first + 1.0);
        Self { low: first * step, step, steps: count(last - first) }
    }

    /// The values at which there is a tick, ascending, with their text.
    pub(super) fn ticks(self) -> impl Iterator<Item = (f64, String)> {
        let decimals = usize::try_from(decimals(self.step)).unwrap_or(0);
        (0..=self.steps).map(move |tick| {
            let value = self.low + f64::from(tick) * self.step;
            let value = if value.abs() < self.step * 1e-6 { 0.0 } else { value };
            (value, format!("{value:.decimals$}"))
        })
    }

    /// Where `value` stands, 0 at the first tick and 1 at the last.
    pub(super) fn place(self, value: f64) -> f64 {
        ((value - self.low) / (self.step * f64::from(self.steps))).clamp(0.0, 1.0)
    }
}

/// The least of 1, 2 and 5 times a power of ten that is no less than `least`.
fn step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|times| times * power)
        .find(|&step| step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

#[expect(clippy::cast_possible_truncation, reason = "steps are within the range of numbers that are printed")]
fn decimals(step: f64) -> i32 {
    (-step.log10() - 1e-9).ceil().max(0.0) as i32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a positive number of steps")]
fn count(steps: f64) -> u32 {
    steps.clamp(1.0, 1000.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticks(values: &[f64], with_nought: bool) -> Vec<String> {
        Axis::around(values.iter().copied(), with_nought).ticks().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        assert_eq!(ticks(&[-0.13, 0.21], true), ["-0.2", "-0.1", "0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(ticks(&[0.0, 8.0], false), ["0", "2", "4", "6", "8"]);
        assert_eq!(ticks(&[], false), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert!(ticks(&[3.0, 3.0], false).len() >= 2 && ticks(&[f64::NAN, 0.0], true).len() >= 2);
        let axis = Axis::around([-0.13, 0.21].into_iter(), true);
        assert!((axis.place(-0.2)).abs() < 1e-12 && (axis.place(0.3) - 1.0).abs() < 1e-12 && axis.place(9.0) <= 1.0);
    }
}
