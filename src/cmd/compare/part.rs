//! The rows of all methods side by side, as a whole and by slices.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use bench::{ComparedPart, Comparison, Metric, Outcome, RepoId, RepoTally, Split, TaskScore};
use harness::{CompareOptions, Grouping, Series, compare, groupings};
use rayon::prelude::*;

use super::scored::Scored;

/// Groupings that depend on the answers, so that methods have different ones.
const OF_ANSWERS: [&str; 1] = ["context"];

/// One split: a row a method for each task, and the groups of tasks to look at.
pub(super) struct Tables<'a> {
    methods: Vec<&'a Scored>,
    split: Split,
    /// The rows of each method, of the same tasks in the same order.
    rows: Vec<Vec<&'a TaskScore>>,
    /// The repository of each task, numbered in the order of their ids.
    repos: Vec<u32>,
    groupings: Vec<Grouping>,
}

/// Divides `tables` into the groups of the properties that are named in `by`; tables without a property stay as they are.
///
/// # Errors
/// If a property depends on answers, or no table has it.
pub(super) fn divide(tables: &mut [Tables<'_>], by: &[String]) -> Result<()> {
    if let Some(own) = by.iter().find(|by| OF_ANSWERS.contains(&by.as_str())) {
        bail!("--by {own} is a property of answers, which differ between methods");
    }
    if by.is_empty() {
        return Ok(());
    }
    let mut known: BTreeSet<String> = BTreeSet::new();
    for table in tables {
        table.groupings = groupings(&table.rows[0]);
        known.extend(table.groupings.iter().map(|grouping| grouping.by.clone()));
        table.groupings.retain(|grouping| by.contains(&grouping.by));
    }
    match by.iter().find(|by| !known.contains(*by)) {
        Some(unknown) => {
            let names: Vec<&str> = known.iter().map(String::as_str).collect();
            bail!("the scores have no property `{unknown}`; they have {}", names.join(", "))
        }
        None => Ok(()),
    }
}

impl<'a> Tables<'a> {
    /// The rows of `split`; those that every method answered if `common`.
    pub(super) fn of(methods: Vec<&'a Scored>, split: Split, common: bool) -> Result<Self> {
        let of = |method: &'a Scored| method.rows.iter().filter(|row| row.facts.split == split).collect::<Vec<_>>();
        let mut rows: Vec<Vec<&TaskScore>> = methods.iter().copied().map(of).collect();
        for (method, other) in methods.iter().zip(&rows).skip(1) {
            aligned(&rows[0], other).with_context(|| {
                format!("{} and {} do not fit together", methods[0].folder.display(), method.folder.display())
            })?;
        }
        if common {
            let answered: Vec<bool> = (0..rows[0].len()).map(|at| rows.iter().all(|rows| rows[at].answered)).collect();
            rows.iter_mut().for_each(|rows| {
                let mut at = answered.iter();
                rows.retain(|_| at.next().copied().unwrap_or(false));
            });
        }
        Ok(Self { methods, split, repos: repos(&rows[0]), rows, groupings: Vec::new() })
    }

    /// The comparison of the whole split by `metric`, then those of its slices.
    pub(super) fn compare(&self, metric: Metric, options: &CompareOptions) -> Result<Vec<ComparedPart>> {
        let all = ("all", "all", (0..self.repos.len()).collect::<Vec<usize>>());
        let slices = self.groupings.iter().flat_map(|grouping| {
            grouping.groups.iter().map(|(group, places)| (grouping.by.as_str(), group.as_str(), places.clone()))
        });
        let parts: Vec<_> =
            std::iter::once(all).chain(slices).filter(|(by, _, places)| *by == "all" || !places.is_empty()).collect();
        let part = |(by, group, places): &(&str, &str, Vec<usize>)| {
            let comparison = self.on(places, metric, options)?;
            let repos = self.repo_tallies(places, metric);
            let (by, group) = ((*by).to_owned(), (*group).to_owned());
            Ok(ComparedPart { split: self.split, metric, by, group, repos, comparison })
        };
        parts.par_iter().map(part).collect()
    }

    fn on(&self, places: &[usize], metric: Metric, options: &CompareOptions) -> Result<Comparison> {
        let values: Vec<Vec<f64>> = self.values(places, metric);
        let series: Vec<Series<'_>> =
            self.methods.iter().zip(&values).map(|(method, values)| Series { name: &method.name, values }).collect();
        let repos: Vec<u32> = places.iter().map(|at| self.repos[*at]).collect();
        Ok(compare(&series, &repos, Outcome::of(metric), options)?)
    }

    fn values(&self, places: &[usize], metric: Metric) -> Vec<Vec<f64>> {
        self.rows.iter().map(|rows| places.iter().map(|at| rows[*at].value(metric)).collect()).collect()
    }

    /// For each pair of methods, on how many repositories each is better. Means over the same tasks compare as sums do.
    fn repo_tallies(&self, places: &[usize], metric: Metric) -> Vec<RepoTally> {
        let sums: Vec<BTreeMap<u32, f64>> = self
            .values(places, metric)
            .iter()
            .map(|values| {
                let mut sums = BTreeMap::new();
                places.iter().zip(values).for_each(|(at, value)| *sums.entry(self.repos[*at]).or_default() += value);
                sums
            })
            .collect();
        let mut tallies = Vec::new();
        for (at, a) in sums.iter().enumerate() {
            for b in &sums[at + 1..] {
                let mut tally = RepoTally::default();
                for (repo, sum) in a {
                    let place = match sum.total_cmp(&b[repo]) {
                        std::cmp::Ordering::Greater => &mut tally.better,
                        std::cmp::Ordering::Less => &mut tally.worse,
                        std::cmp::Ordering::Equal => &mut tally.equal,
                    };
                    *place += 1;
                }
                tallies.push(tally);
            }
        }
        tallies
    }
}

/// Refuses rows that are not of the same tasks, or that tell different things of them.
fn aligned(first: &[&TaskScore], other: &[&TaskScore]) -> Result<()> {
    if first.len() != other.len() {
        bail!(
            "{} and {} tasks of {}",
            first.len(),
            other.len(),
            first.first().map_or("it", |row| row.facts.split.title())
        );
    }
    match first.iter().zip(other).find(|(a, b)| a.facts != b.facts) {
        Some((a, b)) if a.facts.task != b.facts.task => bail!("task {} has no counterpart", a.facts.task),
        Some((a, _)) => bail!("they tell different things of task {}; score both with the same --slices", a.facts.task),
        None => Ok(()),
    }
}

fn repos(rows: &[&TaskScore]) -> Vec<u32> {
    let mut numbers: BTreeMap<&RepoId, u32> = rows.iter().map(|row| (&row.facts.repo, 0)).collect();
    (0..).zip(numbers.values_mut()).for_each(|(number, place)| *place = number);
    rows.iter().map(|row| numbers[&row.facts.repo]).collect()
}
