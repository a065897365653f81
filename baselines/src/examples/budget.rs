//! How much is presented, and which examples each step reads.

use std::str::FromStr;

use bench::Seed;
use serde::{Deserialize, Serialize};

use super::order::{Order, Sampling};
use crate::error::{Error, Result};

/// How much a method may be presented: equal numbers make methods comparable (M38).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Budget {
    /// So many passes over the examples; parts of one count.
    Epochs(f64),
    /// So many examples, repetitions counted.
    Examples(u64),
    /// So many supervised tokens; the example that reaches the number is the last.
    Tokens(u64),
    /// So many steps of the optimizer.
    Steps(u64),
}

impl FromStr for Budget {
    type Err = Error;

    /// Reads `epochs=N`, `examples=N`, `tokens=N` or `steps=N`.
    fn from_str(text: &str) -> Result<Self> {
        let refused =
            || Error::option("budget", text, "write epochs=N, examples=N, tokens=N or steps=N with a number above 0");
        let (name, number) = text.split_once('=').ok_or_else(refused)?;
        let count = || number.parse().ok().filter(|&count: &u64| count > 0).ok_or_else(refused);
        match name {
            "epochs" => {
                let epochs = number.parse().ok().filter(|epochs: &f64| epochs.is_finite() && *epochs > 0.0);
                epochs.map(Self::Epochs).ok_or_else(refused)
            }
            "examples" => count().map(Self::Examples),
            "tokens" => count().map(Self::Tokens),
            "steps" => count().map(Self::Steps),
            _ => Err(refused()),
        }
    }
}

impl std::fmt::Display for Budget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Epochs(count) => write!(f, "epochs={count}"),
            Self::Examples(count) => write!(f, "examples={count}"),
            Self::Tokens(count) => write!(f, "tokens={count}"),
            Self::Steps(count) => write!(f, "steps={count}"),
        }
    }
}

/// Presentations beyond this many are refused: 4 bytes each are kept in memory.
const MAX_PRESENTATIONS: u64 = 1 << 31;

/// The examples of every step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    order: Vec<u32>,
    step_examples: usize,
}

impl Plan {
    /// Draws examples of `groups` until the budget is used up. `tokens` says how many supervised tokens one has. The
    /// last step may have fewer than `step_examples`.
    ///
    /// # Errors
    /// [`Error::Option`] if there are no examples, or the budget is out of range.
    pub fn draw(
        groups: &[Vec<u32>],
        tokens: impl Fn(u32) -> u64,
        budget: Budget,
        step_examples: usize,
        (sampling, seed): (Sampling, Seed),
    ) -> Result<Self> {
        let examples: u64 = groups.iter().map(|group| group.len() as u64).sum();
        if examples == 0 || step_examples == 0 {
            return Err(Error::option("examples", examples, "at least one is needed, and at least one a step"));
        }
        let order = Order::new(groups, sampling, seed);
        let wanted = match budget {
            Budget::Epochs(epochs) => count(epochs * examples as f64),
            Budget::Examples(count) => count,
            Budget::Steps(steps) => steps.saturating_mul(step_examples as u64),
            Budget::Tokens(limit) => return Ok(Self { order: until(order, tokens, limit)?, step_examples }),
        };
        check(budget, wanted)?;
        let wanted = usize::try_from(wanted).expect("because it was checked");
        Ok(Self { order: order.take(wanted).collect(), step_examples })
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        self.order.len().div_ceil(self.step_examples) as u64
    }

    /// Examples presented in all.
    pub fn examples(&self) -> u64 {
        self.order.len() as u64
    }

    /// The examples of `step`, counted from 0; none after the last.
    pub fn step(&self, step: u64) -> &[u32] {
        let place = |step: u64| {
            usize::try_from(step).unwrap_or(usize::MAX).saturating_mul(self.step_examples).min(self.order.len())
        };
        &self.order[place(step)..place(step.saturating_add(1))]
    }

    /// The examples of all steps, in order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "epochs are positive, casts saturate")]
fn count(examples: f64) -> u64 {
    (examples.round() as u64).max(1)
}

fn check(budget: Budget, presentations: u64) -> Result<()> {
    if presentations <= MAX_PRESENTATIONS {
        return Ok(());
    }
    Err(Error::option("budget", budget, format!("a run presents at most {MAX_PRESENTATIONS} examples")))
}

/// The shortest start of `order` with at least `limit` tokens.
fn until(order: Order<'_>, tokens: impl Fn(u32) -> u64, limit: u64) -> Result<Vec<u32>> {
    let (mut chosen, mut sum) = (Vec::new(), 0);
    for example in order {
        chosen.push(example);
        sum += tokens(example);
        if sum >= limit {
            break;
        }
        check(Budget::Tokens(limit), chosen.len() as u64 + 1)?;
    }
    Ok(chosen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(budget: &str) -> Result<Plan> {
        let groups = [(0..10).collect(), (10..25).collect()];
        Plan::draw(&groups, |_| 3, budget.parse()?, 4, (Sampling::Flat, Seed(5)))
    }

    #[test]
    fn budgets_fix_what_is_presented() {
        let sizes = |budget| plan(budget).map(|plan| (plan.examples(), plan.steps())).unwrap();
        assert_eq!(sizes("epochs=2"), (50, 13));
        assert_eq!(sizes("epochs=0.1"), (3, 1));
        assert_eq!(sizes("examples=9"), (9, 3));
        assert_eq!(sizes("steps=3"), (12, 3));
        assert_eq!(sizes("tokens=10"), (4, 1));
        assert_eq!(sizes("tokens=9"), (3, 1));
        for bad in ["", "steps", "steps=0", "steps=-1", "epochs=nan", "epochs=0", "hours=3", "examples=99999999999"] {
            assert!(plan(bad).is_err(), "{bad}");
        }
        assert!(Plan::draw(&[], |_| 1, Budget::Steps(1), 4, (Sampling::Flat, Seed(0))).is_err());
    }

    /// A larger budget only goes on: what both present, they present in the same order.
    #[test]
    fn steps_are_pieces_of_one_order() {
        let (short, long) = (plan("examples=9").unwrap(), plan("examples=40").unwrap());
        assert_eq!(short.step(0), long.step(0));
        assert_eq!((short.step(2).len(), short.step(3).len(), short.step(u64::MAX).len()), (1, 0, 0));
        assert_eq!(long.order()[..9], *short.order());
    }
}
