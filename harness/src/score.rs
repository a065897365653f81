//! The one entry point: tasks and predictions in, a row a task and a summary a split out.

use std::sync::Arc;

use bench::{Altered, Components, Predictions, SplitSummary, TaskScore, Versions};
use rayon::prelude::*;

use crate::answer::{Answer, Paper, Reference, Slot, Strict};
use crate::asked::Asked;
use crate::error::Result;
use crate::interval::Bootstrap;
use crate::join::{self, Pair};
use crate::measure::Measurer;
use crate::metric::{em_ast, em_strict};
use crate::pool::Pool;
use crate::summary;
use crate::taxonomy::{error_class, failure_mode, slot_error_class};

/// The version of everything that can change a score: cleaning, metrics, bootstrap, slices (S115).
///
/// It rises with any change of any value; results of different versions are not comparable.
pub const RULES_VERSION: &str = "3";

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

/// The versions of everything that a score depends on besides its inputs (S115).
pub fn versions() -> Versions {
    let (major, minor, patch) = unicode_ident::UNICODE_VERSION;
    Versions {
        rules: RULES_VERSION.to_owned(),
        grammar: bench::python::GRAMMAR_VERSION.to_owned(),
        unicode: format!("{major}.{minor}.{patch}"),
    }
}

/// Scores `predictions` against those of `tasks` whose split their header names.
///
/// Rows come by split and then task id, summaries by split, in the order of [`bench::Split::ALL`]; neither the order
/// of the predictions nor the number of threads matters. A missing answer has an empty text, is wrong in every exact
/// match and 0 in every other metric. A split without tasks gives a summary without means.
///
/// # Errors
/// - [`Error::Invalid`](crate::Error::Invalid) if answers repeat, or answer tasks that were not asked;
/// - [`Error::Incomplete`](crate::Error::Incomplete) if answers are missing and not allowed to be;
/// - [`Error::Splits`](crate::Error::Splits) if the header names no split, or one twice;
/// - [`Error::Tasks`](crate::Error::Tasks) if two of `tasks` have one id;
/// - [`Error::Partition`](crate::Error::Partition) if slices fail to add up.
pub fn score(
    tasks: &[Asked],
    predictions: &Predictions,
    options: &ScoreOptions,
) -> Result<(Vec<TaskScore>, Vec<SplitSummary>)> {
    let pairs = join::join(tasks, predictions)?;
    if !options.allow_missing {
        join::refuse_missing(&pairs)?;
    }
    let scorers: Pool<Scorer> = Pool::default();
    let rows: Vec<TaskScore> = pairs.par_iter().map_init(|| scorers.lend(), |scorer, pair| scorer.of(pair)).collect();
    let mut splits = predictions.header.splits.clone();
    splits.sort_unstable();
    let summaries =
        splits.into_iter().map(|split| summary::of_split(split, &rows, &pairs, options)).collect::<Result<_>>()?;
    Ok((rows, summaries))
}

/// Every metric of answers, remembering what it has seen; one per thread.
#[derive(Debug, Default)]
pub struct Scorer {
    measurer: Measurer,
}

impl Scorer {
    /// The scores of `completion` as the answer to `asked`.
    pub fn score(&mut self, asked: &Asked, completion: &str) -> TaskScore {
        let slot = Slot::of(asked.facts.kind);
        let reference = Reference::<Paper>::clean(&asked.target);
        let (answer, altered, uncut) = Answer::<Paper>::compared(completion, &reference);
        let strict = Answer::<Strict>::clean(completion, slot);
        let strict_reference = Reference::<Strict>::clean(&asked.target, slot);
        let em_strict = em_strict(&strict, &strict_reference);
        let balanced =
            (!em_strict).then(|| slot_error_class(&strict, &strict_reference, slot, self.measurer.matcher()));
        let measured = self.measurer.measure(&answer, &reference);
        let (em_paper, edit_similarity) = (measured.exact_match, measured.edit_similarity);
        TaskScore {
            facts: Arc::clone(&asked.facts),
            answered: true,
            context_tokens: None,
            em_paper,
            em_uncut: crate::metric::em_paper(&uncut, &reference),
            em_strict,
            em_ast: em_ast(&strict, &strict_reference, slot),
            edit_similarity,
            token_bleu: measured.token_bleu,
            code_bleu: measured.code_bleu,
            components: measured.components.map(|parts| Components {
                ngram: parts.ngram_match,
                weighted_ngram: parts.weighted_ngram_match,
                syntax: parts.syntax_match,
                data_flow: parts.dataflow_match,
            }),
            altered,
            error_class: (!em_paper).then(|| error_class(reference.text(), answer.text(), edit_similarity)),
            error_class_balanced: balanced,
            failure_mode: (!em_paper).then(|| failure_mode(reference.text(), answer.text())),
            prediction: answer.into_text(),
            reference: reference.into_text(),
        }
    }

    /// The scores of a task that nobody answered: an empty text that is wrong, even where the target cleans to nothing.
    fn unanswered(&mut self, asked: &Asked) -> TaskScore {
        let scored = self.score(asked, "");
        TaskScore {
            answered: false,
            em_paper: false,
            em_uncut: false,
            em_strict: false,
            em_ast: false,
            edit_similarity: 0.0,
            token_bleu: 0.0,
            code_bleu: 0.0,
            components: None::<Components>,
            altered: Altered::default(),
            error_class: Some(bench::ErrorClass::Empty),
            error_class_balanced: Some(bench::ErrorClass::Empty),
            failure_mode: Some(bench::FailureMode::EmptyPrediction),
            ..scored
        }
    }

    fn of(&mut self, pair: &Pair<'_>) -> TaskScore {
        let Some(prediction) = pair.prediction else { return self.unanswered(pair.asked) };
        let context_tokens = prediction.context_tokens;
        TaskScore { context_tokens, ..self.score(pair.asked, &prediction.completion) }
    }
}
