//! From values to places.

/// Distances between ticks, in percent points; the smallest that needs few ticks is taken.
const STEPS: [u32; 5] = [1, 2, 5, 10, 20];

/// Most steps between the ends of an axis.
const MAX_STEPS: u32 = 6;

/// A linear axis of shares between two ticks, drawn between two places of the width.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scale {
    low: u32,
    high: u32,
    step: u32,
    left: f64,
    right: f64,
}

impl Scale {
    /// An axis that just holds `values` (0..=1), between `left` and `right` percent of the width.
    pub(crate) fn around(values: impl Iterator<Item = f64>, [left, right]: [f64; 2]) -> Self {
        let (low, high) = values.fold((1.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
        let (low, high) = if low > high { (0.0, 1.0) } else { (low * 100.0, high * 100.0) };
        let ends = |step: u32| (floor(low / f64::from(step)), ceil(high / f64::from(step)));
        let fits = |step: &u32| ends(*step).1 - ends(*step).0 <= MAX_STEPS;
        let step = STEPS.into_iter().find(fits).unwrap_or(STEPS[STEPS.len() - 1]);
        let (first, last) = ends(step);
        let last = if last > first { last } else { first + 1 };
        let (first, last) = if last * step > 100 { (first.min(100 / step - 1), 100 / step) } else { (first, last) };
        Self { low: first * step, high: last * step, step, left, right }
    }

    /// An axis from nought that holds `values` (0..=1).
    pub(crate) fn from_zero(values: impl Iterator<Item = f64>, ends: [f64; 2]) -> Self {
        Self::around(values.chain(std::iter::once(0.0)), ends)
    }

    /// The shares at which there is a tick, ascending.
    pub(crate) fn ticks(self) -> impl Iterator<Item = f64> {
        (self.low / self.step..=self.high / self.step).map(move |tick| f64::from(tick * self.step) / 100.0)
    }

    /// Where `share` stands, in percent of the width with three decimals.
    pub(crate) fn place(self, share: f64) -> String {
        format!("{:.3}%", self.left + self.position(share) * (self.right - self.left))
    }

    /// How wide the stretch from `low` to `high` is, in percent of the width.
    pub(crate) fn width(self, [low, high]: [f64; 2]) -> String {
        format!("{:.3}%", (self.position(high) - self.position(low)).max(0.0) * (self.right - self.left))
    }

    fn position(self, share: f64) -> f64 {
        ((share * 100.0 - f64::from(self.low)) / f64::from(self.high - self.low)).clamp(0.0, 1.0)
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is in 0..=100")]
fn floor(value: f64) -> u32 {
    // A share such as 0.29 is 28.999… percent: a hair below a tick is on it.
    (value + 1e-9).floor() as u32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the value is in 0..=100")]
fn ceil(value: f64) -> u32 {
    (value - 1e-9).ceil().max(0.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale(values: &[f64]) -> Scale {
        Scale::around(values.iter().copied(), [0.0, 100.0])
    }

    #[test]
    fn an_axis_holds_its_values_between_round_ticks() {
        let ticks: Vec<f64> = scale(&[0.431, 0.679]).ticks().collect();
        assert_eq!(ticks, [0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7]);
    }

    #[test]
    fn extremes_have_an_axis() {
        for values in [&[][..], &[0.0], &[1.0], &[0.995], &[0.5], &[0.0, 1.0]] {
            let scale = scale(values);
            let ticks: Vec<f64> = scale.ticks().collect();
            assert!((2..=7).contains(&ticks.len()), "{values:?}: {ticks:?}");
            assert!(ticks[0] >= 0.0 && ticks[ticks.len() - 1] <= 1.0, "{values:?}: {ticks:?}");
            assert!(
                values.iter().all(|value| ticks[0] <= *value && *value <= ticks[ticks.len() - 1]),
                "{values:?}: {ticks:?}"
            );
        }
    }

    #[test]
    fn places_are_within_the_frame() {
        let scale = Scale::from_zero([0.5].into_iter(), [10.0, 90.0]);
        assert_eq!(scale.place(0.0), "10.000%");
        assert_eq!(scale.place(0.5), "90.000%");
        assert_eq!(scale.place(7.0), "90.000%");
        assert_eq!(scale.width([0.0, 0.25]), "40.000%");
    }
}
