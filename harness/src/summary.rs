//! From rows to estimates: the means of a split and of its slices, each with its intervals (S75–S88, S94).

mod spread;

use std::collections::BTreeMap;

use bench::{
    ErrorTally, Estimate, Metric, PaperBias, Prediction, RepoId, Slice, Split, SplitSummary, TaskScore, TokenMeans,
};
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::grouping::{Grouping, groupings};
use crate::interval::{Bootstrap, Unit};
use crate::join::Pair;
use crate::pcg64::StreamSeed;
use crate::score::ScoreOptions;

/// How far the recombined mean of the parts may be from the mean of the whole (S94).
const PARTITION_TOLERANCE: f64 = 1e-9;
/// Tasks below which a slice is marked as small. Our choice: a share of 30 tasks is known to ±18 points at best.
const SMALL_TASKS: u64 = 30;
/// Repositories below which a slice is marked as small: with fewer, resampling them says little.
const SMALL_REPOS: u64 = 5;

/// The summary of `split`; `rows` are by split and then task id, `pairs` are what they were measured on.
///
/// # Errors
/// [`Error::Partition`] if the parts of a grouping do not add up to the split.
pub(crate) fn of_split(
    split: Split,
    rows: &[TaskScore],
    pairs: &[Pair<'_>],
    options: &ScoreOptions,
) -> Result<SplitSummary> {
    let rows: Vec<&TaskScore> = rows.iter().filter(|row| row.facts.split == split).collect();
    let mut slices = vec![whole(&rows, options)];
    let parts: Vec<Vec<Slice>> =
        groupings(&rows).into_par_iter().map(|grouping| of_grouping(&grouping, &rows, options)).collect();
    slices.extend(parts.into_iter().flatten());
    check_partitions(split, &slices)?;
    Ok(SplitSummary {
        split,
        tasks: rows.len() as u64,
        missing: count(&rows, |row| !row.answered),
        tokens: tokens(split, pairs),
        paper_bias: paper_bias(&rows),
        spread: spread::spread(&rows),
        errors: tally(&rows),
        slices,
    })
}

fn count(rows: &[&TaskScore], holds: impl Fn(&TaskScore) -> bool) -> u64 {
    rows.iter().filter(|row| holds(row)).count() as u64
}

/// The mean counts that every answer of `split` states.
fn tokens(split: Split, pairs: &[Pair<'_>]) -> TokenMeans {
    let answers: Vec<&Prediction> =
        pairs.iter().filter(|pair| pair.asked.facts.split == split).filter_map(|pair| pair.prediction).collect();
    let mean = |count: fn(&Prediction) -> Option<u32>| {
        let sum = answers.iter().map(|answer| count(answer).map(u64::from)).sum::<Option<u64>>()?;
        (!answers.is_empty()).then(|| sum as f64 / answers.len() as f64)
    };
    TokenMeans { prompt: mean(|a| a.prompt_tokens), context: mean(|a| a.context_tokens), new: mean(|a| a.new_tokens) }
}

/// How often the cuts that look at the target changed an answer, and the exact match without the last two.
fn paper_bias(rows: &[&TaskScore]) -> PaperBias {
    let uncut = count(rows, |row| row.em_uncut);
    PaperBias {
        cut_to_line: count(rows, |row| row.altered.lines),
        cut_at_comma: count(rows, |row| row.altered.comma),
        cut_to_word: count(rows, |row| row.altered.words),
        em_uncut: (!rows.is_empty()).then(|| uncut as f64 / rows.len() as f64),
        unscored: count(rows, |row| row.facts.unscored_by_paper),
    }
}

/// The failures by kind (S107: all of them).
fn tally(rows: &[&TaskScore]) -> ErrorTally {
    let mut tally = ErrorTally {
        failures: count(rows, |row| !row.em_paper),
        strict_failures: count(rows, |row| !row.em_strict),
        ..ErrorTally::default()
    };
    for row in rows {
        row.error_class.into_iter().for_each(|class| *tally.classes.entry(class).or_default() += 1);
        row.failure_mode.into_iter().for_each(|mode| *tally.modes.entry(mode).or_default() += 1);
        row.error_class_balanced.into_iter().for_each(|class| *tally.balanced.entry(class).or_default() += 1);
    }
    tally
}

/// All tasks, with both intervals.
fn whole(rows: &[&TaskScore], options: &ScoreOptions) -> Slice {
    use Metric::{CodeBleu, EditSimilarity, ExactMatchAst, ExactMatchPaper, ExactMatchStrict, TokenBleu};
    let mut slice = slice("all", "all", rows, options);
    let ((exact, edit), bleu) = rayon::join(
        || {
            rayon::join(
                || over_tasks([ExactMatchPaper, ExactMatchStrict, ExactMatchAst], rows, options),
                || over_tasks([EditSimilarity], rows, options),
            )
        },
        || over_tasks([TokenBleu, CodeBleu], rows, options),
    );
    for (metric, bounds) in exact.into_iter().chain(edit).chain(bleu) {
        slice.estimates.iter_mut().filter(|estimate| estimate.metric == metric).for_each(|found| found.tasks = bounds);
    }
    slice
}

/// The intervals over tasks of metrics that have one seed, which share their draws.
fn over_tasks<const K: usize>(
    metrics: [Metric; K],
    rows: &[&TaskScore],
    options: &ScoreOptions,
) -> [(Metric, Option<[f64; 2]>); K] {
    debug_assert!(metrics.iter().all(|&metric| seed_offset(metric) == seed_offset(metrics[0])));
    let tasks: Vec<[f64; K]> = rows.iter().map(|row| metrics.map(|metric| row.value(metric))).collect();
    let mut found = bootstrap(metrics[0], options).intervals(&tasks).into_iter();
    metrics.map(|metric| (metric, found.next().and_then(|interval| interval.bounds())))
}

fn of_grouping(grouping: &Grouping, rows: &[&TaskScore], options: &ScoreOptions) -> Vec<Slice> {
    let part = |(name, places): &(String, Vec<usize>)| {
        let rows: Vec<&TaskScore> = places.iter().map(|place| rows[*place]).collect();
        slice(&grouping.by, name, &rows, options)
    };
    grouping.groups.par_iter().map(part).collect()
}

fn slice(by: &str, group: &str, rows: &[&TaskScore], options: &ScoreOptions) -> Slice {
    let estimates = Metric::ALL.par_iter().map(|&metric| estimate(rows, metric, options)).collect();
    let (tasks, repos) = (rows.len() as u64, by_repo(rows, |_| 0.0).len() as u64);
    let small = tasks < SMALL_TASKS || (repos < SMALL_REPOS && by != "repo");
    Slice { by: by.to_owned(), group: group.to_owned(), tasks, repos, small, estimates }
}

/// The mean is a plain sum in the order of task ids; repositories are resampled in the order of theirs. One repository
/// has no interval: resampling it gives its mean every time.
fn estimate(rows: &[&TaskScore], metric: Metric, options: &ScoreOptions) -> Estimate {
    let clusters: Vec<Unit> = by_repo(rows, |row| row.value(metric)).into_values().collect();
    let sum: f64 = rows.iter().map(|row| row.value(metric)).sum();
    let mean = (!rows.is_empty()).then(|| sum / rows.len() as f64);
    let cluster = if clusters.len() > 1 { bootstrap(metric, options).interval(&clusters).bounds() } else { None };
    Estimate { metric, mean, cluster, tasks: None }
}

fn bootstrap(metric: Metric, options: &ScoreOptions) -> Bootstrap {
    let seed = StreamSeed::from(u128::from(options.seed) + seed_offset(metric));
    Bootstrap { resamples: options.resamples, seed, ..Bootstrap::default() }
}

/// What a metric adds to the seed (S77). Exact matches share a stream, so that their differences are not noise of
/// resampling; so do both numbers that are called `CodeBLEU`.
const fn seed_offset(metric: Metric) -> u128 {
    match metric {
        Metric::ExactMatchPaper | Metric::ExactMatchStrict | Metric::ExactMatchAst => 0,
        Metric::EditSimilarity => 1,
        Metric::TokenBleu | Metric::CodeBleu => 2,
    }
}

fn by_repo<'a>(rows: &[&'a TaskScore], value: impl Fn(&TaskScore) -> f64) -> BTreeMap<&'a RepoId, Unit> {
    let mut units: BTreeMap<&RepoId, Unit> = BTreeMap::new();
    for row in rows {
        units.entry(&row.facts.repo).or_default().add(value(row));
    }
    units
}

/// The law of S94 for every grouping and metric.
fn check_partitions(split: Split, slices: &[Slice]) -> Result<()> {
    let Some((whole, parts)) = slices.split_first() else { return Ok(()) };
    for parts in parts.chunk_by(|a, b| a.by == b.by) {
        let tasks: u64 = parts.iter().map(|part| part.tasks).sum();
        for (place, estimate) in whole.estimates.iter().enumerate() {
            let share = |part: &Slice| part.estimates[place].mean.unwrap_or(0.0) * part.tasks as f64;
            let recombined = parts.iter().map(share).sum::<f64>() / tasks as f64;
            let mean = estimate.mean.unwrap_or(0.0);
            if tasks != whole.tasks || (recombined - mean).abs() > PARTITION_TOLERANCE {
                let (by, metric) = (parts[0].by.clone(), estimate.metric);
                return Err(Error::Partition { split, by, metric, parts: recombined, whole: mean });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(by: &str, tasks: u64, mean: f64) -> Slice {
        let estimate = |&metric| Estimate { metric, mean: Some(mean), cluster: None, tasks: None };
        Slice {
            by: by.into(),
            group: String::new(),
            tasks,
            repos: 1,
            small: true,
            estimates: Metric::ALL.iter().map(estimate).collect(),
        }
    }

    #[test]
    fn parts_must_add_up() {
        let check = |slices: &[Slice]| check_partitions(Split::CrossRepoTest, slices);
        let all = part("all", 4, 0.5);
        assert!(check(&[all.clone(), part("family", 1, 0.2), part("family", 3, 0.6)]).is_ok());
        // The published table that motivated the rule fails it.
        assert!(check(&[all.clone(), part("family", 1, 0.2), part("family", 3, 0.7)]).is_err());
        assert!(check(&[all, part("family", 2, 0.5)]).is_err());
    }
}
