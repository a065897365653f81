//! What is compared: a value a task for each method.

use std::collections::BTreeSet;

use bench::Outcome;

use crate::error::{Error, Result};

/// The largest number of methods in one comparison.
pub const MOST_METHODS: usize = 64;

/// The values of one method, a task each, in the order of the tasks' ids; higher is better.
#[derive(Debug, Clone, Copy)]
pub struct Series<'a> {
    /// The method's name, unique among those compared.
    pub name: &'a str,
    /// A value in 0..=1 for each task.
    pub values: &'a [f64],
}

/// The errors of `series` that cannot be compared on so many tasks.
pub(super) fn check(series: &[Series<'_>], tasks: usize, outcome: Outcome) -> Result<()> {
    if !(2..=MOST_METHODS).contains(&series.len()) {
        return Err(Error::Methods { found: series.len(), limit: MOST_METHODS });
    }
    let mut names = BTreeSet::new();
    for &Series { name, values } in series {
        if !names.insert(name) {
            return Err(Error::Twice { name: name.to_owned() });
        }
        if values.len() != tasks {
            return Err(Error::Unaligned { name: name.to_owned(), found: values.len(), tasks });
        }
        if let Some(row) = values.iter().position(|&value| !allows(outcome, value)) {
            let (value, allowed) = (values[row], allowed(outcome));
            return Err(Error::Value { name: name.to_owned(), row, value, outcome, allowed });
        }
    }
    Ok(())
}

fn allows(outcome: Outcome, value: f64) -> bool {
    match outcome {
        Outcome::Binary => matches!(value, 0.0 | 1.0),
        Outcome::Graded => (0.0..=1.0).contains(&value),
    }
}

const fn allowed(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Binary => "0 or 1",
        Outcome::Graded => "between 0 and 1",
    }
}
