//! Rows of pairs with their error classes (S91–S109), and of prefixes with their families (S90).

use bench::stats::TableFamily;
use bench::{AnalysisDifficulty, TargetType};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Checked, compared};
use crate::expression::{Expression, Shape};
use crate::metric::Matcher;
use crate::taxonomy::{error_class, failure_mode};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Row {
    Pair { expected: String, got: String },
    Family { prefix: String },
}

pub(super) fn check(line: &str) -> Checked {
    let expected: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let found = match serde_json::from_str(line).map_err(|error| error.to_string())? {
        Row::Family { prefix } => json!({ "family": TableFamily::by_words(&prefix).name() }),
        Row::Pair { expected, got } => pair(&expected, &got),
    };
    Ok(compared(&expected, &found))
}

fn pair(expected: &str, got: &str) -> Value {
    let similarity = Matcher::default().ratio(got, expected);
    json!({
        "edit_similarity": similarity,
        "error_class": error_class(expected, got, similarity).name(),
        "expected_shape": shape(expected),
        "got_shape": shape(got),
        "target_type": TargetType::of(expected).map(TargetType::name),
        "difficulty": AnalysisDifficulty::of(expected).name(),
        "failure_mode": failure_mode(expected, got).name(),
    })
}

/// The name of the shape of `text` (S103).
fn shape(text: &str) -> String {
    let nothing = if bench::pytext::strip(text).is_empty() { Shape::Empty } else { Shape::Unparseable };
    format!("{:?}", Expression::read(text).map_or(nothing, |expression| expression.shape())).to_lowercase()
}
