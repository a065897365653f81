//! The one entry point: tasks and predictions in, a row a task and a summary a split out.

use bench::{Predictions, SplitSummary, Task, TaskScore};
use rayon::prelude::*;

use crate::answer::{Answer, Paper, Reference, Slot, Strict};
use crate::error::Result;
use crate::interval::Bootstrap;
use crate::join::{self, Pair};
use crate::metric::{Matcher, em_paper, em_strict};
use crate::summary;

/// The version of everything that can change a score: cleaning, metrics, bootstrap, slices (S115).
///
/// It rises with any change of any value; results of different versions are not comparable.
pub const RULES_VERSION: &str = "1";

/// How to score, where there is a choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScoreOptions {
    /// Whether tasks without an answer count as wrong (S117); otherwise they are an error.
    pub allow_missing: bool,
    /// Bootstrap resamples (S75).
    pub resamples: u32,
    /// Seed `s` of the intervals; metrics derive theirs from it (S77).
    pub seed: u64,
}

impl Default for ScoreOptions {
    /// Missing answers are refused; 5,000 resamples, seed 0.
    fn default() -> Self {
        Self { allow_missing: false, resamples: Bootstrap::RESAMPLES, seed: 0 }
    }
}

/// Scores `predictions` against those of `tasks` whose split their header names.
///
/// Rows come by split and then task id, summaries by split, in the order of [`bench::Split::ALL`]; neither the order
/// of the predictions nor the number of threads matters. A missing answer has an empty text, is wrong in every exact
/// match and 0 in edit similarity. A split without tasks gives a summary without means.
///
/// # Errors
/// - [`Error::Invalid`](crate::Error::Invalid) if answers repeat, or answer tasks that were not asked;
/// - [`Error::Incomplete`](crate::Error::Incomplete) if answers are missing and not allowed to be;
/// - [`Error::Splits`](crate::Error::Splits) if the header names no split, or one twice;
/// - [`Error::Tasks`](crate::Error::Tasks) if two of `tasks` have one id;
/// - [`Error::Partition`](crate::Error::Partition) if slices fail to add up.
pub fn score(
    tasks: &[Task],
    predictions: &Predictions,
    options: &ScoreOptions,
) -> Result<(Vec<TaskScore>, Vec<SplitSummary>)> {
    let pairs = join::join(tasks, predictions)?;
    if !options.allow_missing {
        join::refuse_missing(&pairs)?;
    }
    let rows: Vec<TaskScore> = pairs.par_iter().map_init(Matcher::default, measure).collect();
    let mut splits = predictions.header.splits.clone();
    splits.sort_unstable();
    let summaries =
        splits.into_iter().map(|split| summary::of_split(split, &rows, &pairs, options)).collect::<Result<_>>()?;
    Ok((rows, summaries))
}

/// Every metric of one task.
fn measure(matcher: &mut Matcher, pair: &Pair<'_>) -> TaskScore {
    let assertion = &pair.task.assertion;
    let answered = pair.prediction.is_some();
    let completion = pair.prediction.map_or("", |prediction| &prediction.completion);
    let slot = Slot::of(assertion.kind);
    let reference = Reference::<Paper>::clean(&assertion.target);
    let answer = Answer::<Paper>::clean(completion, &reference);
    let em_strict =
        em_strict(&Answer::<Strict>::clean(completion, slot), &Reference::<Strict>::clean(&assertion.target, slot));
    TaskScore {
        task: assertion.id.clone(),
        split: pair.task.split,
        repo: assertion.repo.clone(),
        family: assertion.kind.family(),
        need: assertion.need,
        answered,
        em_paper: answered && em_paper(&answer, &reference),
        em_strict,
        edit_similarity: if answered { matcher.similarity(&answer, &reference) } else { 0.0 },
        prediction: answer.into_text(),
        reference: reference.into_text(),
    }
}
