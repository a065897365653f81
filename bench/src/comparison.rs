//! Comparisons: what is known about the differences between methods that answered the same tasks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::score::Metric;

closed_set! {
    /// What the value of a task can be, which decides what tests apply.
    pub enum Outcome as "outcome" {
        /// 0 or 1, as of exact match.
        Binary = "binary",
        /// Any number in 0..=1, as of edit similarity.
        Graded = "graded",
    }
}

impl Outcome {
    /// The outcome that `metric` measures.
    pub const fn of(metric: Metric) -> Self {
        if metric.is_binary() { Self::Binary } else { Self::Graded }
    }
}

closed_set! {
    /// Why a number is missing from a comparison.
    pub enum Absence as "absence" {
        /// The methods share no task.
        NoTask = "no_task",
        /// They share one task, which says nothing about spread.
        OneTask = "one_task",
        /// All tasks are of one repository, which says nothing about others.
        OneRepository = "one_repository",
        /// With so few repositories no difference can be excluded at the level asked for.
        FewRepositories = "few_repositories",
        /// Every repository shows the same difference, so its error cannot be estimated.
        NoVariation = "no_variation",
        /// The exact test needs outcomes that are right or wrong.
        Graded = "graded",
    }
}

impl Absence {
    /// The reason in words, as a clause.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::NoTask => "the methods share no task",
            Self::OneTask => "the methods share one task only",
            Self::OneRepository => "all tasks are of one repository",
            Self::FewRepositories => "too few repositories to exclude any difference at this level",
            Self::NoVariation => "every repository shows the same difference",
            Self::Graded => "the metric is not right or wrong",
        }
    }
}

/// Two-sided p-values of the exact test of `McNemar` on the tasks that exactly one of two methods solves.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct McNemar {
    /// The exact p-value; it never rejects more often than stated if tasks are independent.
    pub p: f64,
    /// The mid-p variant, less cautious: the probability of the observed split counts half.
    pub mid_p: f64,
}

/// Two methods on the same tasks. Differences are the mean of `a` minus the mean of `b`, both over tasks.
///
/// A number that cannot be had is none, and `absent` says why under the name of its field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairComparison {
    /// One method.
    pub a: String,
    /// The other.
    pub b: String,
    /// Tasks on which `a` is better.
    pub a_better: u64,
    /// Tasks on which `b` is better.
    pub b_better: u64,
    /// The difference, in -1..=1.
    pub difference: Option<f64>,
    /// The primary interval: the differences that flipping the signs of whole repositories cannot exclude.
    pub cluster: Option<[f64; 2]>,
    /// Percentile bootstrap over repositories (S80); too narrow where few repositories or a few large ones decide.
    pub percentile: Option<[f64; 2]>,
    /// Interval that takes tasks for independent; too narrow wherever tasks of a repository resemble each other.
    pub tasks: Option<[f64; 2]>,
    /// The primary p-value: sign flips of whole repositories.
    pub p_cluster: Option<f64>,
    /// `p_cluster` after Holm's correction for all pairs of the comparison: this one decides.
    pub p_adjusted: Option<f64>,
    /// Sign flips of single tasks: valid only if tasks are independent.
    pub p_tasks: Option<f64>,
    /// The exact test of right against wrong: valid only if tasks are independent.
    pub mcnemar: Option<McNemar>,
    /// Standard error of the difference, robust to resemblance within repositories (CR2).
    pub standard_error: Option<f64>,
    /// The least true difference that such a comparison finds with the power of [`Comparison::power`].
    pub detectable: Option<f64>,
    /// Why fields are none, by their names.
    pub absent: BTreeMap<String, Absence>,
}

/// Where a method stands among those it was compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// The method.
    pub method: String,
    /// Its mean over tasks, in 0..=1.
    pub mean: Option<f64>,
    /// Best and worst rank that the found differences leave open, from 1.
    pub ranks: Option<[u64; 2]>,
    /// Methods that share a letter were not found to differ; those that share none were.
    pub letters: Option<String>,
}

/// All pairs of some methods on the tasks common to them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Comparison {
    /// What was measured.
    pub outcome: Outcome,
    /// Common tasks.
    pub tasks: u64,
    /// Their repositories.
    pub repos: u64,
    /// Level of the intervals; a difference is found if its adjusted p-value is at most 1 - level.
    pub level: f64,
    /// Power at which a difference counts as detectable.
    pub power: f64,
    /// Resamples of the percentile bootstrap.
    pub resamples: u32,
    /// Sign flips that were looked at: all there are if those of the repositories are at most as many as asked for.
    pub flips: u32,
    /// Whether `flips` are all there are, so that p-values over repositories are exact.
    pub exact: bool,
    /// Seed of bootstrap and flips.
    pub seed: u64,
    /// The methods, best mean first, then by name.
    pub standings: Vec<Standing>,
    /// Why no method has ranks and letters, if so.
    pub undecided: Option<Absence>,
    /// Every pair once, in the order in which the methods were given.
    pub pairs: Vec<PairComparison>,
}
