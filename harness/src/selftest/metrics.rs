//! Rows of pairs with every metric (S5–S72).

use serde::Deserialize;
use serde_json::Value;

use super::{Checked, compared};
use crate::pairs::PairScorer;

#[derive(Deserialize)]
struct Row {
    prediction: String,
    target: String,
}

pub(super) fn check(line: &str) -> Checked {
    let expected: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let row: Row = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let scores = PairScorer::default().score(&row.prediction, &row.target);
    let found = serde_json::to_value(scores).map_err(|error| error.to_string())?;
    Ok(compared(&expected, &found))
}
