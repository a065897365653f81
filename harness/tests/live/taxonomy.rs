//! The classifications of S90–S109 against a model in Python.

use bench::stats::TableFamily;
use bench::{AnalysisDifficulty, TargetType};
use harness::{error_class, failure_mode};
use serde::Deserialize;

use crate::rows;

#[derive(Deserialize)]
struct Row {
    expected: String,
    got: String,
    edit_similarity: f64,
    error_class: String,
    target_type: Option<String>,
    difficulty: String,
    failure_mode: String,
    prefix: String,
    family: String,
}

#[test]
#[ignore = "needs python3.12"]
fn classes_are_those_of_the_model() {
    let (mut pairs, mut differences) = (0, Vec::new());
    for row in rows::<Row>("python3.12", "taxonomy.py", ["40000", "1"]) {
        let (expected, got) = (&*row.expected, &*row.got);
        let checks = [
            (error_class(expected, got, row.edit_similarity).name(), &*row.error_class),
            (failure_mode(expected, got).name(), &row.failure_mode),
            (TargetType::of(expected).map_or("", TargetType::name), row.target_type.as_deref().unwrap_or("")),
            (AnalysisDifficulty::of(expected).name(), &row.difficulty),
            (TableFamily::by_words(&row.prefix).name(), &row.family),
        ];
        pairs += 1;
        let wrong = checks.iter().filter(|(ours, theirs)| ours != theirs);
        differences
            .extend(wrong.map(|(ours, theirs)| format!("{ours}, not {theirs}: {expected:?} {got:?} {:?}", row.prefix)));
    }
    assert!(differences.is_empty(), "{} of {pairs}:\n{}", differences.len(), differences.join("\n"));
    assert_eq!(pairs, 40_000);
}
