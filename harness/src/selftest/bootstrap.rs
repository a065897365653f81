//! Rows of samples with their intervals (S75–S79).

use serde::Deserialize;
use serde_json::json;

use super::{Checked, compared};
use crate::interval::{Bootstrap, Unit};
use crate::pcg64::{Pcg64, StreamSeed};

#[derive(Deserialize)]
struct Row {
    samples: Vec<f64>,
    n_resamples: i64,
    ci: f64,
    first_indices: Vec<u32>,
}

pub(super) fn check(line: &str) -> Checked {
    let wrong = |error: &dyn std::fmt::Display| error.to_string();
    let expected: serde_json::Value = serde_json::from_str(line).map_err(|e| wrong(&e))?;
    let row: Row = serde_json::from_str(line).map_err(|e| wrong(&e))?;
    let seed = seed(line)?;
    let units: Vec<Unit> = row.samples.iter().copied().map(Unit::task).collect();
    let mut stream = Pcg64::new(&seed);
    let count = u32::try_from(units.len()).map_err(|e| wrong(&e))?;
    let draws = if count == 0 { 0 } else { row.first_indices.len() };
    let first: Vec<u32> = (0..draws).map(|_| stream.index(count)).collect();
    // S76: without resamples both bounds are the mean.
    let resamples = u32::try_from(row.n_resamples.max(0)).map_err(|e| wrong(&e))?;
    let found = Bootstrap { resamples, level: row.ci, seed }.interval(&units);
    let found = json!({
        "first_indices": first, "mean": found.mean, "low": found.low, "high": found.high, "n": found.tasks, "empty": found.is_empty(),
    });
    Ok(compared(&expected, &found))
}

/// The seed of the row `line`, which may be a number of any size, or such a number as text.
fn seed(line: &str) -> std::result::Result<StreamSeed, String> {
    let value = line.split_once("\"seed\":").ok_or("has no `seed`")?.1.trim_start();
    let value = value.strip_prefix('"').unwrap_or(value);
    let digits = value.find(|c: char| !c.is_ascii_digit()).map_or(value, |end| &value[..end]);
    digits.parse().map_err(|error: crate::Error| error.to_string())
}
