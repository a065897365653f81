//! Two methods of a plan.

use std::collections::BTreeMap;

use bench::{Absence, Outcome, PairComparison};

use super::flip::Flips;
use super::plan::Plan;
use super::{mcnemar, spread};
use crate::interval::{Bootstrap, Unit};
use crate::pcg64::StreamSeed;

/// Standard errors below this are rounding.
const ROUNDING: f64 = 1e-12;

/// The differences of two methods, task by task and summed.
struct Pair<'a> {
    plan: &'a Plan<'a>,
    places: [usize; 2],
    /// By repository.
    sums: Vec<f64>,
    sum: f64,
    squares: f64,
    a_better: u64,
    b_better: u64,
}

/// The reasons of what is missing, by field.
#[derive(Default)]
struct Absences(BTreeMap<String, Absence>);

impl Absences {
    /// The value of `field`; if there is none, its reason is kept.
    fn keep<T>(&mut self, field: &str, found: Result<T, Absence>) -> Option<T> {
        found.map_err(|reason| self.0.insert(field.to_owned(), reason)).ok()
    }
}

/// Everything about methods `a` and `b` of `plan` but the correction for other pairs.
pub(super) fn of(plan: &Plan<'_>, a: usize, b: usize) -> PairComparison {
    let pair = Pair::of(plan, a, b);
    let mut absences = Absences::default();
    let spread = plan.no_spread().map_or(Ok(()), Err);
    let cluster = spread.and_then(|()| pair.cluster());
    let error = spread.map(|()| spread::robust(&pair.sums, &plan.repositories));
    let p_cluster = absences.keep("p_cluster", spread.map(|()| pair.flips().p()));
    if let Err(reason) = spread {
        absences.0.insert("p_adjusted".to_owned(), reason);
    }
    PairComparison {
        a: plan.series[a].name.to_owned(),
        b: plan.series[b].name.to_owned(),
        a_better: pair.a_better,
        b_better: pair.b_better,
        difference: absences.keep("difference", pair.difference()),
        cluster: absences.keep("cluster", cluster),
        percentile: absences.keep("percentile", spread.map(|()| pair.percentile())),
        tasks: absences.keep("tasks", pair.independent()),
        p_cluster,
        p_adjusted: None,
        p_tasks: absences.keep("p_tasks", pair.p_tasks()),
        mcnemar: absences.keep("mcnemar", pair.exact()),
        standard_error: absences.keep("standard_error", error),
        detectable: absences.keep("detectable", cluster.and(error).and_then(|error| pair.detectable(error))),
        absent: absences.0,
    }
}

impl<'a> Pair<'a> {
    fn of(plan: &'a Plan<'a>, a: usize, b: usize) -> Self {
        let sums: Vec<f64> = plan.sums[a].iter().zip(&plan.sums[b]).map(|(a, b)| a - b).collect();
        let sum = sums.iter().sum();
        let mut pair = Self { plan, places: [a, b], sums, sum, squares: 0.0, a_better: 0, b_better: 0 };
        for (a, b) in plan.series[a].values.iter().zip(plan.series[b].values) {
            pair.squares += (a - b).powi(2);
            pair.a_better += u64::from(a > b);
            pair.b_better += u64::from(a < b);
        }
        pair
    }

    fn tasks(&self) -> u64 {
        self.plan.repositories.tasks() as u64
    }

    fn difference(&self) -> Result<f64, Absence> {
        if self.tasks() == 0 { Err(Absence::NoTask) } else { Ok(self.sum / self.tasks() as f64) }
    }

    fn flips(&self) -> Flips<'_> {
        Flips { halves: &self.plan.halves, pair: self.places, sum: self.sum, tasks: self.tasks() as f64 }
    }

    /// The differences that flips do not exclude. Metrics lie in 0..=1, but means of differences may round to more than 1.
    fn cluster(&self) -> Result<[f64; 2], Absence> {
        let ends = self.flips().interval(self.plan.options.level).ok_or(Absence::FewRepositories)?;
        Ok(ends.map(|end| end.clamp(-1.0, 1.0)))
    }

    /// The bootstrap of S80 on differences: a repository is drawn for both methods at once.
    fn percentile(&self) -> [f64; 2] {
        let unit = |(&sum, &tasks): (&f64, &u64)| Unit {
            sum,
            tasks: u32::try_from(tasks).expect("because tables have fewer than 2³² rows"),
        };
        let units: Vec<Unit> = self.sums.iter().zip(self.plan.repositories.sizes()).map(unit).collect();
        let options = self.plan.options;
        let seed = StreamSeed::from(options.seed);
        let found = Bootstrap { resamples: options.resamples, level: options.level, seed }.interval(&units);
        [found.low, found.high]
    }

    fn independent(&self) -> Result<[f64; 2], Absence> {
        match self.tasks() {
            0 => Err(Absence::NoTask),
            1 => Err(Absence::OneTask),
            tasks => Ok(spread::independent(self.sum, self.squares, tasks, self.plan.reach)),
        }
    }

    /// Flipping signs of outcomes 0 and 1 is throwing a coin for each discordant task, so the exact test has the answer.
    fn p_tasks(&self) -> Result<f64, Absence> {
        let halves = match &self.plan.task_halves {
            _ if self.tasks() == 0 => return Err(Absence::NoTask),
            None => return Ok(mcnemar(self.a_better, self.b_better).p),
            Some(halves) => halves,
        };
        Ok(Flips { halves, ..self.flips() }.p())
    }

    fn exact(&self) -> Result<bench::McNemar, Absence> {
        match self.plan.outcome {
            _ if self.tasks() == 0 => Err(Absence::NoTask),
            Outcome::Binary => Ok(mcnemar(self.a_better, self.b_better)),
            Outcome::Graded => Err(Absence::Graded),
        }
    }

    /// (t of the level + t of the power) times the standard error, with repositories - 1 degrees of freedom.
    fn detectable(&self, error: f64) -> Result<f64, Absence> {
        if error <= ROUNDING {
            return Err(Absence::NoVariation);
        }
        let found = self.plan.clearance * error;
        // No difference of two means in 0..=1 is larger than 1.
        if found > 1.0 { Err(Absence::FewRepositories) } else { Ok(found) }
    }
}
