//! Every row of the reference implementation (S17–S23, S90–S109).

use bench::stats::TableFamily;
use bench::{AnalysisDifficulty, TargetType};
use serde_json::Value;

use super::{error_class, failure_mode};
use crate::expression::{Expression, Shape};
use crate::metric::Matcher;

/// The name of the shape of `text` (S103).
fn shape(text: &str) -> String {
    let nothing = if bench::pytext::strip(text).is_empty() { Shape::Empty } else { Shape::Unparseable };
    format!("{:?}", Expression::read(text).map_or(nothing, |expression| expression.shape())).to_lowercase()
}

fn rows(kind: &str) -> Vec<Value> {
    let lines = include_str!("../../tests/golden/taxonomy.jsonl").lines();
    let rows = lines.map(|line| serde_json::from_str::<Value>(line).unwrap());
    rows.filter(|row| row["type"] == kind).collect()
}

#[test]
fn every_pair_of_the_reference_agrees_exactly() {
    let rows = rows("pair");
    assert_eq!(rows.len(), 1500);
    let mut matcher = Matcher::default();
    for row in rows {
        let (expected, got) = (row["expected"].as_str().unwrap(), row["got"].as_str().unwrap());
        let similarity = matcher.ratio(got, expected);
        assert_eq!(similarity.to_bits(), row["edit_similarity"].as_f64().unwrap().to_bits(), "{row}");
        assert_eq!(error_class(expected, got, similarity).name(), row["error_class"], "{row}");
        assert_eq!(shape(expected), row["expected_shape"], "{row}");
        assert_eq!(shape(got), row["got_shape"], "{row}");
        assert_eq!(TargetType::of(expected).map(TargetType::name), row["target_type"].as_str(), "{row}");
        assert_eq!(AnalysisDifficulty::of(expected).name(), row["difficulty"], "{row}");
        assert_eq!(failure_mode(expected, got).name(), row["failure_mode"], "{row}");
    }
}

#[test]
fn every_family_of_the_reference_agrees() {
    let rows = rows("family");
    assert_eq!(rows.len(), 37);
    for row in rows {
        assert_eq!(TableFamily::by_words(row["prefix"].as_str().unwrap()).name(), row["family"], "{row}");
    }
}
