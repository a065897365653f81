//! What can go wrong when predictions are scored and methods compared.

use std::fmt;

use bench::{Metric, Outcome, Split, TaskId};

/// The result of a `harness` operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why predictions could not be scored.
///
/// [`Error::Invalid`] and [`Error::Incomplete`] are apart because their remedies are: an invalid file must be mended,
/// an incomplete one can be finished, or be scored with its gaps counted as wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The tasks themselves are at fault: an id stands for more than one of them.
    #[error("the release holds tasks with equal ids: {duplicate}")]
    Tasks {
        /// The ids that occur more than once.
        duplicate: Faults,
    },
    /// The predictions hold rows that cannot be joined with the tasks.
    #[error("predictions do not fit the release: {}", invalid(duplicate, unknown, outside))]
    Invalid {
        /// Tasks with more than one answer.
        duplicate: Faults,
        /// Answers to tasks that the release does not hold.
        unknown: Faults,
        /// Answers to tasks of splits that the header does not name.
        outside: Faults,
    },
    /// The header names no split, or one twice.
    #[error("predictions must name each answered split once, found: {}", names(splits))]
    Splits {
        /// The splits as the header lists them.
        splits: Vec<Split>,
    },
    /// Tasks without an answer.
    #[error(
        "predictions are incomplete, {missing} of {asked} tasks have no answer; allow missing ones to count them as wrong"
    )]
    Incomplete {
        /// The tasks without an answer.
        missing: Faults,
        /// How many tasks the answered splits hold.
        asked: u64,
    },
    /// Text in place of a seed.
    #[error("`{text}` is not a seed: write a decimal number of at most {limit} digits")]
    Seed {
        /// The text.
        text: String,
        /// The largest number of digits.
        limit: usize,
    },
    /// The parts of a grouping do not add up to the whole (S94): a defect of this library, reported instead of a wrong table.
    #[error("slices of {split} by {by} do not add up for {metric}: parts give {parts}, the whole is {whole}")]
    Partition {
        /// The split.
        split: Split,
        /// The grouping.
        by: String,
        /// The metric.
        metric: Metric,
        /// The mean recombined from the parts.
        parts: f64,
        /// The mean of all tasks.
        whole: f64,
    },
    /// Too few methods to compare, or more than can be told apart on a page.
    #[error("{found} methods cannot be compared: give 2 to {limit}")]
    Methods {
        /// How many were given.
        found: usize,
        /// The largest number.
        limit: usize,
    },
    /// Two methods of one name.
    #[error("method `{name}` is given twice: give each method once, or rename one")]
    Twice {
        /// The name.
        name: String,
    },
    /// A method with more or fewer values than there are tasks.
    #[error("method `{name}` has {found} values for {tasks} tasks: keep the tasks common to all methods")]
    Unaligned {
        /// The method.
        name: String,
        /// Its values.
        found: usize,
        /// The tasks.
        tasks: usize,
    },
    /// A value that the outcome does not allow.
    #[error("value {row} of method `{name}` is {value}, a {outcome} outcome is {allowed}: score the method again")]
    Value {
        /// The method.
        name: String,
        /// The place of the value, from 0.
        row: usize,
        /// The value.
        value: f64,
        /// The outcome.
        outcome: Outcome,
        /// What is allowed.
        allowed: &'static str,
    },
    /// Rows of an audit that do not make one.
    #[error("the rows of the audit do not fit together: {reason}; score again")]
    Audit {
        /// The task, where there is one, and what is wrong.
        reason: String,
    },
    /// A file of strata that cannot be used.
    #[error("the file of strata cannot be used: {reason}")]
    Strata {
        /// What is wrong.
        reason: String,
    },
    /// An option outside its range.
    #[error("`{name}` is {value}: it must be {allowed}")]
    CompareOption {
        /// The option.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What is allowed.
        allowed: String,
    },
}

/// Tasks that share a fault: how many, and the first few by id.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// How many.
    pub count: u64,
    /// The first of them in id order, at most [`Faults::SHOWN`].
    pub first: Vec<TaskId>,
}

impl Faults {
    /// How many ids are kept to be shown.
    pub const SHOWN: usize = 5;

    /// The faults of `ids`, which must be sorted.
    pub(crate) fn of<'a>(ids: impl IntoIterator<Item = &'a TaskId>) -> Self {
        let mut faults = Self::default();
        for id in ids {
            faults.count += 1;
            if faults.first.len() < Self::SHOWN {
                faults.first.push(id.clone());
            }
        }
        faults
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: Vec<&str> = self.first.iter().map(TaskId::as_str).collect();
        let more = if self.count > first.len() as u64 { ", …" } else { "" };
        write!(f, "{} ({}{more})", self.count, first.join(", "))
    }
}

fn invalid(duplicate: &Faults, unknown: &Faults, outside: &Faults) -> String {
    let parts = [
        ("answered more than once", duplicate),
        ("unknown to the release", unknown),
        ("of splits that the header does not name", outside),
    ];
    let found = parts.iter().filter(|(_, faults)| !faults.is_empty());
    found.map(|(what, faults)| format!("tasks {what}: {faults}")).collect::<Vec<_>>().join("; ")
}

fn names(splits: &[Split]) -> String {
    if splits.is_empty() {
        return "none".to_owned();
    }
    splits.iter().map(|split| split.name()).collect::<Vec<_>>().join(", ")
}
