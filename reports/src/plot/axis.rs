//! From values to places, with round ticks.

/// Ticks at most.
const TICKS: f64 = 6.0;

/// An axis from one tick to another, linear or logarithmic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    low: f64,
    high: f64,
    step: f64,
    log: bool,
}

impl Span {
    /// The axis that just holds `values` between round ticks; of those that are not finite nothing is seen.
    pub(super) fn around(values: impl Iterator<Item = f64>, log: bool) -> Self {
        let transformed = values.filter(|value| value.is_finite() && (!log || *value > 0.0));
        let transformed = transformed.map(|value| if log { value.log10() } else { value });
        let (low, high) =
            transformed.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low, high) };
        let spread = (high - low).max(high.abs().max(low.abs()) * 1e-6).max(1e-9);
        let step = step(spread / TICKS, log);
        let (first, last) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        let last = if last - first < step / 2.0 { first + step } else { last };
        Self { low: first, high: last, step, log }
    }

    /// Where `value` stands, in 0..=1.
    pub(super) fn place(self, value: f64) -> f64 {
        let value = if self.log { value.max(f64::MIN_POSITIVE).log10() } else { value };
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }

    /// The ticks and their labels, ascending.
    pub(super) fn ticks(self) -> Vec<(f64, String)> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "there are a few ticks")]
        let count = ((self.high - self.low) / self.step).round() as usize;
        let tick = |number: usize| {
            let at = self.low + number as f64 * self.step;
            let value = if self.log { 10_f64.powf(at) } else { at };
            (value, label(value, if self.log { value } else { self.step }))
        };
        (0..=count.min(40)).map(tick).collect()
    }
}

/// The least round number that is no less than `wanted`; on a logarithmic axis steps are decades, or halves of one.
fn step(wanted: f64, log: bool) -> f64 {
    if log {
        return if wanted <= 0.17 { 0.5 } else { wanted.ceil().max(1.0) };
    }
    let power = 10_f64.powf(wanted.log10().floor());
    let round = [1.0, 2.0, 5.0, 10.0].into_iter().find(|round| round * power >= wanted * (1.0 - 1e-9));
    round.unwrap_or(10.0) * power
}

/// `value` with the decimals that ticks `step` apart need.
fn label(value: f64, step: f64) -> String {
    let value = if value.abs() < step.abs() * 1e-6 { 0.0 } else { value };
    if value != 0.0 && (value.abs() >= 1e6 || value.abs() < 1e-3) {
        return format!("{value:.0e}");
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "there are at most six decimals")]
    let decimals = (-step.abs().log10().floor()).clamp(0.0, 6.0) as usize;
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(values: &[f64], log: bool) -> Vec<String> {
        Span::around(values.iter().copied(), log).ticks().into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_hold_the_values() {
        assert_eq!(labels(&[43.1, 67.9], false), ["40", "45", "50", "55", "60", "65", "70"]);
        assert_eq!(labels(&[-0.012, 0.031], false), ["-0.02", "-0.01", "0.00", "0.01", "0.02", "0.03", "0.04"]);
        assert_eq!(labels(&[12.0, 900.0], true), ["10", "100", "1000"]);
        assert_eq!(labels(&[], false), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    }

    #[test]
    fn any_values_have_an_axis() {
        for values in [&[0.0][..], &[5.0, 5.0], &[f64::NAN], &[f64::INFINITY, 1.0], &[1e300], &[-1e9, 1e9], &[1e-12]] {
            for log in [false, true] {
                let span = Span::around(values.iter().copied(), log);
                let ticks = span.ticks();
                assert!((2..=41).contains(&ticks.len()), "{values:?}: {ticks:?}");
                assert!(
                    values.iter().all(|value| (0.0..=1.0).contains(&span.place(*value)) || value.is_nan()),
                    "{values:?}"
                );
            }
        }
    }
}
