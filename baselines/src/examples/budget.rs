//! How much is presented, and which examples each step reads.

use std::str::FromStr;

use bench::Seed;
use serde::{Deserialize, Serialize};

use super::order::{Order, Sampling};
use crate::draw::shuffle;
use crate::error::{Error, Result};

/// How budgets are written.
const FORM: &str = "write epochs=N, examples=N, tokens=N or steps=N with a number above 0";

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
        let refused = || Error::option("budget", text, FORM);
        let (name, number) = text.split_once('=').ok_or_else(refused)?;
        let count = || number.parse().map_err(|_| refused());
        let budget = match name {
            "epochs" => Self::Epochs(number.parse().map_err(|_| refused())?),
            "examples" => Self::Examples(count()?),
            "tokens" => Self::Tokens(count()?),
            "steps" => Self::Steps(count()?),
            _ => return Err(refused()),
        };
        budget.check().map(|()| budget)
    }
}

impl Budget {
    /// Refuses a number that is none, or not above 0, wherever it was written.
    ///
    /// # Errors
    /// [`Error::Option`].
    pub fn check(self) -> Result<()> {
        let fits = match self {
            Self::Epochs(epochs) => epochs.is_finite() && epochs > 0.0,
            Self::Examples(count) | Self::Tokens(count) | Self::Steps(count) => count > 0,
        };
        if fits { Ok(()) } else { Err(Error::option("budget", self, FORM)) }
    }

    /// How many examples it presents at least, repetitions counted, where a step presents at least one and an epoch has
    /// `steps` of them.
    pub(crate) fn least_presented(self, steps: usize) -> u64 {
        match self {
            Self::Epochs(epochs) => count(epochs * steps as f64),
            Self::Examples(count) | Self::Steps(count) => count,
            Self::Tokens(_) => 1,
        }
    }

    /// Refuses `presentations` examples, repetitions counted, if they are more than `most`.
    ///
    /// # Errors
    /// [`Error::Option`] that says how many there may be.
    pub(crate) fn check_presented(self, presentations: u64, most: u64) -> Result<()> {
        if presentations <= most {
            return Ok(());
        }
        Err(Error::option("budget", self, format!("a run presents at most {most} examples")))
    }

    /// What the run `index` of `runs` gets, counted from 0, if they divide a budget: the first ones get one more where it
    /// does not divide evenly, and each gets at least one. Epochs are of each run's own examples, so all runs get them.
    #[must_use]
    pub fn part(self, index: usize, runs: usize) -> Self {
        let part = |count: u64| {
            let (runs, index) = (runs.max(1) as u64, index as u64);
            (count / runs + u64::from(index < count % runs)).max(1)
        };
        match self {
            Self::Epochs(count) => Self::Epochs(count),
            Self::Examples(count) => Self::Examples(part(count)),
            Self::Tokens(count) => Self::Tokens(part(count)),
            Self::Steps(count) => Self::Steps(part(count)),
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
    /// Where each step ends.
    ends: Vec<usize>,
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
        if sampling == Sampling::RepoSteps {
            return repo_steps(groups, tokens, budget, step_examples, seed);
        }
        let order = Order::new(groups, sampling, seed);
        let wanted = match budget {
            Budget::Epochs(epochs) => count(epochs * examples as f64),
            Budget::Examples(count) => count,
            Budget::Steps(steps) => steps.saturating_mul(step_examples as u64),
            Budget::Tokens(limit) => return Ok(Self::even(until(order, tokens, limit)?, step_examples)),
        };
        budget.check_presented(wanted, MAX_PRESENTATIONS)?;
        let wanted = usize::try_from(wanted).expect("because it was checked");
        Ok(Self::even(order.take(wanted).collect(), step_examples))
    }

    /// Steps of equal numbers of examples; the last may have fewer.
    fn even(order: Vec<u32>, step_examples: usize) -> Self {
        let ends =
            (1..=order.len().div_ceil(step_examples)).map(|step| (step * step_examples).min(order.len())).collect();
        Self { order, ends }
    }

    /// Steps in all.
    pub fn steps(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Examples presented in all.
    pub fn examples(&self) -> u64 {
        self.order.len() as u64
    }

    /// The examples of `step`, counted from 0; none after the last.
    pub fn step(&self, step: u64) -> &[u32] {
        let Some(step) = usize::try_from(step).ok().filter(|&step| step < self.ends.len()) else { return &[] };
        let begin = step.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.order[begin..self.ends[step]]
    }

    /// The examples of all steps, in order.
    pub fn order(&self) -> &[u32] {
        &self.order
    }
}

/// A repository a step; an epoch is a step for each repository (M70, M72).
fn repo_steps(
    groups: &[Vec<u32>],
    tokens: impl Fn(u32) -> u64,
    budget: Budget,
    step_examples: usize,
    seed: Seed,
) -> Result<Plan> {
    let mut plan = Plan { order: Vec::new(), ends: Vec::new() };
    let steps = match budget {
        Budget::Epochs(epochs) => count(epochs * groups.len() as f64),
        Budget::Steps(steps) => steps,
        Budget::Examples(_) | Budget::Tokens(_) => u64::MAX,
    };
    budget.check_presented(budget.least_presented(groups.len()), MAX_PRESENTATIONS)?;
    let (mut queue, mut pass, mut spent) = (Vec::new(), 0, 0);
    while plan.steps() < steps {
        if queue.is_empty() {
            queue = (0..groups.len()).filter(|&group| !groups[group].is_empty()).collect();
            shuffle(&mut queue, &mut seed.derive("repositories").chunk(pass).rng());
            pass += 1;
        }
        let group = queue.pop().expect("because a group without examples was refused");
        let mut members = groups[group].clone();
        shuffle(&mut members, &mut seed.derive("passes").chunk(group as u64).chunk(pass).rng());
        members.truncate(step_examples);
        for example in members {
            plan.order.push(example);
            spent += tokens(example);
            let is_spent = match budget {
                Budget::Examples(limit) => plan.examples() >= limit,
                Budget::Tokens(limit) => spent >= limit,
                Budget::Epochs(_) | Budget::Steps(_) => false,
            };
            if is_spent {
                plan.ends.push(plan.order.len());
                return Ok(plan);
            }
        }
        budget.check_presented(plan.examples(), MAX_PRESENTATIONS)?;
        plan.ends.push(plan.order.len());
    }
    Ok(plan)
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "epochs are positive, casts saturate")]
fn count(examples: f64) -> u64 {
    (examples.round() as u64).max(1)
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
        Budget::Tokens(limit).check_presented(chosen.len() as u64 + 1, MAX_PRESENTATIONS)?;
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
        for budget in [Budget::Steps(1 << 40), Budget::Epochs(1e30), Budget::Examples(1 << 40)] {
            let sampling = (Sampling::RepoSteps, Seed(0));
            let error = Plan::draw(&[vec![0]], |_| 1, budget, 1, sampling).unwrap_err().to_string();
            assert!(error.contains("a run presents at most"), "{error}");
        }
        assert!(Plan::draw(&[], |_| 1, Budget::Steps(1), 4, (Sampling::Flat, Seed(0))).is_err());
    }

    /// M70, M72: a step is one repository, and a pass takes each of them once.
    #[test]
    fn steps_of_repositories_hold_one_each() {
        let groups: Vec<Vec<u32>> = vec![(0..10).collect(), (10..25).collect(), vec![25]];
        let plan = |budget: &str| {
            let sampling = (Sampling::RepoSteps, Seed(5));
            Plan::draw(&groups, |_| 3, budget.parse().unwrap(), 4, sampling).unwrap()
        };
        let two = plan("epochs=2");
        assert_eq!((two.steps(), two.examples()), (6, 2 * (4 + 4 + 1)));
        for pass in 0..2 {
            let mut seen: Vec<usize> = (0..3)
                .map(|step| {
                    let step = two.step(3 * pass + step);
                    let of = groups.iter().position(|group| group.contains(&step[0])).unwrap();
                    assert!(step.iter().all(|example| groups[of].contains(example)));
                    of
                })
                .collect();
            seen.sort_unstable();
            assert_eq!(seen, [0, 1, 2]);
        }
        assert_eq!((plan("examples=7").examples(), plan("tokens=7").examples(), plan("steps=4").steps()), (7, 3, 4));
    }

    #[test]
    fn parts_of_a_budget_add_up() {
        let parts = |budget: Budget, runs| (0..runs).map(|at| budget.part(at, runs)).collect::<Vec<_>>();
        assert_eq!(parts(Budget::Examples(8), 3), [3, 3, 2].map(Budget::Examples));
        assert_eq!(parts(Budget::Steps(2), 3), [1; 3].map(Budget::Steps));
        assert_eq!(parts(Budget::Tokens(6), 1), [Budget::Tokens(6)]);
        assert_eq!(parts(Budget::Epochs(0.5), 2), [Budget::Epochs(0.5); 2]);
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
