//! Learning rates by step (M135).

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// How the learning rate falls after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decay {
    /// It stays.
    Constant,
    /// Straight down to 0.
    Linear,
    /// Half a cosine, down to 0.
    Cosine,
}

/// How a share of the steps becomes a number of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rounding {
    /// The next whole number (M65).
    Up,
    /// The whole number before it, at least one (M72, M84).
    Down,
}

impl Rounding {
    /// `share` of `steps`.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count of steps")]
    pub fn of(self, share: f64, steps: u64) -> u64 {
        let exact = share * steps as f64;
        match self {
            Self::Up => exact.ceil() as u64,
            Self::Down => (exact.floor() as u64).max(1),
        }
    }
}

/// A learning rate for each step.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// The highest rate.
    pub peak: f64,
    /// Steps of linear rise; the very first step has rate 0.
    pub warmup_steps: u64,
    /// Steps in all.
    pub steps: u64,
    /// What follows the rise.
    pub decay: Decay,
}

impl Schedule {
    /// The rate of step `step`, counted from 0: `peak · step / warmup` during the rise, then with progress p from 0
    /// towards 1 `peak`, `peak · (1 − p)` or `peak · ½ (1 + cos πp)`.
    pub fn rate(&self, step: u64) -> f64 {
        if step < self.warmup_steps {
            return self.peak * step as f64 / self.warmup_steps as f64;
        }
        let falling = self.steps.saturating_sub(self.warmup_steps).max(1);
        let progress = ((step - self.warmup_steps) as f64 / falling as f64).min(1.0);
        match self.decay {
            Decay::Constant => self.peak,
            Decay::Linear => self.peak * (1.0 - progress),
            Decay::Cosine => self.peak * 0.5 * (1.0 + (PI * progress).cos()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates<const N: usize>(schedule: Schedule, steps: [u64; N], expected: [f64; N]) {
        for (step, expected) in steps.into_iter().zip(expected) {
            let found = schedule.rate(step);
            assert!((found - expected).abs() < 1e-12, "{schedule:?} at {step}: {found} instead of {expected}");
        }
    }

    #[test]
    fn rates_follow_the_formulas() {
        let of = |decay| Schedule { peak: 2.0, warmup_steps: 4, steps: 12, decay };
        for decay in [Decay::Constant, Decay::Linear, Decay::Cosine] {
            rates(of(decay), [0, 1, 3, 4], [0.0, 0.5, 1.5, 2.0]);
        }
        rates(of(Decay::Constant), [8, 12], [2.0, 2.0]);
        rates(of(Decay::Linear), [8, 10, 12, 99], [1.0, 0.5, 0.0, 0.0]);
        rates(of(Decay::Cosine), [6, 8, 12], [1.0 + 0.5_f64.sqrt(), 1.0, 0.0]);
    }

    #[test]
    fn without_warm_up_the_first_step_has_the_full_rate() {
        let schedule = Schedule { peak: 1.0, warmup_steps: 0, steps: 2, decay: Decay::Linear };
        rates(schedule, [0, 1], [1.0, 0.5]);
    }
}
