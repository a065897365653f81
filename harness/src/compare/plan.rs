//! From series to a comparison: what all pairs share, the pairs, and what they say together.

use std::collections::{BTreeMap, BTreeSet};

use bench::{Absence, Comparison, Outcome, Seed, Standing};
use rayon::prelude::*;

use super::letters::Findings;
use super::options::CompareOptions;
use super::repositories::Repositories;
use super::series::{self, Series};
use super::subsets::Subsets;
use super::{flip, holm, pair, student};
use crate::error::Result;

/// What all pairs of a comparison share.
pub(super) struct Plan<'a> {
    pub(super) series: &'a [Series<'a>],
    pub(super) repositories: Repositories,
    pub(super) outcome: Outcome,
    pub(super) options: &'a CompareOptions,
    /// Each method's sums over repositories.
    pub(super) sums: Vec<Vec<f64>>,
    /// Halves of the repositories: a column a method, then the number of tasks.
    pub(super) halves: Subsets,
    /// Halves of the tasks, likewise, where no exact test replaces them.
    pub(super) task_halves: Option<Subsets>,
    /// Standard errors that an interval reaches to each side, were tasks independent.
    pub(super) reach: f64,
    /// Standard errors over repositories that a difference must have to be detectable.
    pub(super) clearance: f64,
}

/// All pairs of `series` on the same tasks: differences, intervals, tests, and who can be told from whom.
///
/// Task i is of the repository with index `repositories[i]`. Give tasks in the order of their ids and number
/// repositories in the order of theirs, so that everyone draws the same. The result does not depend on threads.
///
/// # Errors
/// If there are fewer than two methods or too many, a name occurs twice, a method has a value too many or too few, a
/// value is not what `outcome` allows (a NaN never is), or an option is outside its range.
///
/// ```
/// use bench::Outcome;
/// use harness::{CompareOptions, Series, compare};
///
/// let repositories: Vec<u32> = (0..80).map(|task| task / 10).collect();
/// let right: Vec<f64> = (0..80).map(|task| f64::from(u8::from(task % 3 > 0))).collect();
/// let series = [Series { name: "lora", values: &right }, Series { name: "none", values: &[0.0; 80] }];
/// let found = compare(&series, &repositories, Outcome::Binary, &CompareOptions::default()).unwrap();
/// let [low, high] = found.pairs[0].cluster.unwrap();
/// assert!(low <= found.pairs[0].difference.unwrap() && found.pairs[0].difference.unwrap() <= high);
/// assert_eq!(found.pairs[0].p_cluster, Some(2.0 / 256.0)); // All flips of eight repositories.
/// assert_eq!(found.standings[1].letters.as_deref(), Some("b"));
/// ```
pub fn compare(
    series: &[Series<'_>],
    repositories: &[u32],
    outcome: Outcome,
    options: &CompareOptions,
) -> Result<Comparison> {
    options.check()?;
    series::check(series, repositories.len(), outcome)?;
    Ok(Plan::of(series, Repositories::of(repositories), outcome, options).comparison())
}

impl<'a> Plan<'a> {
    fn of(series: &'a [Series<'a>], repositories: Repositories, outcome: Outcome, options: &'a CompareOptions) -> Self {
        let seed = Seed(options.seed);
        let columns = series.len() + 1;
        let sums: Vec<Vec<f64>> = series.iter().map(|one| repositories.sums(one.values.iter().copied())).collect();
        let sizes = repositories.sizes().iter().map(|&size| size as f64).collect();
        let table = rows(sums.iter().chain([&sizes]).map(Vec::as_slice));
        let halves = Subsets::of(&table, columns, options.flips, seed.derive("flips of repositories"));
        let task_halves = (outcome == Outcome::Graded).then(|| {
            let ones = vec![1.0; repositories.tasks()];
            let table = rows(series.iter().map(|one| one.values).chain([&*ones]));
            Subsets::of(&table, columns, options.flips, seed.derive("flips of tasks"))
        });
        let reach = |tail: f64, count: usize| student::upper_quantile(tail, count.max(2) as u64 - 1);
        let (tail, repos) = ((1.0 - options.level) / 2.0, repositories.sizes().len());
        let clearance = reach(tail, repos) + reach(1.0 - options.power, repos);
        let reach = reach(tail, repositories.tasks());
        Self { series, repositories, outcome, options, sums, halves, task_halves, reach, clearance }
    }

    fn comparison(&self) -> Comparison {
        let methods = self.series.len();
        let places: Vec<[usize; 2]> = (0..methods).flat_map(|a| (a + 1..methods).map(move |b| [a, b])).collect();
        let mut pairs: Vec<_> = places.par_iter().map(|&[a, b]| pair::of(self, a, b)).collect();
        let raw: Vec<f64> = pairs.iter().filter_map(|pair| pair.p_cluster).collect();
        // All pairs share the repositories, so either all have a p-value or none has.
        pairs.iter_mut().zip(holm(&raw)).for_each(|(pair, adjusted)| pair.p_adjusted = Some(adjusted));
        let found = pairs.iter().map(|pair| pair.p_adjusted.is_some_and(|p| flip::significant(p, self.options.level)));
        let different: BTreeMap<[usize; 2], bool> = places.iter().copied().zip(found).collect();
        Comparison {
            outcome: self.outcome,
            tasks: self.repositories.tasks() as u64,
            repos: self.repositories.sizes().len() as u64,
            level: self.options.level,
            power: self.options.power,
            resamples: self.options.resamples,
            flips: u32::try_from(self.halves.len()).expect("because no more flips than asked for are looked at"),
            exact: self.halves.exact,
            seed: self.options.seed,
            standings: self.standings(&different),
            undecided: self.no_spread(),
            pairs,
        }
    }

    /// Why nothing can be said about repositories at large, if so.
    pub(super) fn no_spread(&self) -> Option<Absence> {
        match self.repositories.sizes().len() {
            0 => Some(Absence::NoTask),
            1 => Some(Absence::OneRepository),
            _ => None,
        }
    }

    /// The methods, best mean first, then by name; `different` says of pairs in the order given whether they differ.
    fn standings(&self, different: &BTreeMap<[usize; 2], bool>) -> Vec<Standing> {
        let means: Vec<f64> = self.sums.iter().map(|sums| sums.iter().sum()).collect();
        let mut order: Vec<usize> = (0..self.series.len()).collect();
        order
            .sort_by(|&a, &b| means[b].total_cmp(&means[a]).then_with(|| self.series[a].name.cmp(self.series[b].name)));
        let differ = |a: usize, b: usize| different[&[order[a].min(order[b]), order[a].max(order[b])]];
        let pairs = (0..order.len()).flat_map(|a| (a + 1..order.len()).map(move |b| (a, b)));
        let different: BTreeSet<(usize, usize)> = pairs.filter(|&(a, b)| differ(a, b)).collect();
        let findings = Findings::new(order.len(), different);
        let (tasks, decided) = (self.repositories.tasks(), self.no_spread().is_none());
        let letters = findings.letters();
        let standing = |(rank, &method): (usize, &usize)| Standing {
            method: self.series[method].name.to_owned(),
            mean: (tasks > 0).then(|| means[method] / tasks as f64),
            ranks: decided.then(|| findings.ranks(rank)),
            letters: decided.then(|| letters[rank].clone()),
        };
        order.iter().enumerate().map(standing).collect()
    }
}

/// A table by rows from its columns, all of one length.
fn rows<'b>(columns: impl Iterator<Item = &'b [f64]>) -> Vec<f64> {
    let columns: Vec<&[f64]> = columns.collect();
    let length = columns.first().map_or(0, |column| column.len());
    (0..length).flat_map(|row| columns.iter().map(move |column| column[row])).collect()
}
