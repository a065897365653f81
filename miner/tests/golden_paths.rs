//! The rule vectors of the reference that concern the evolution track: paths and the filter of diffs (R153).

use miner::history::filter;
use miner::{is_evolution_production, is_evolution_test};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Row {
    Path { path: String, is_evolution_test: bool, excluded_from_diff: bool },
    DiffFilter { raw: String, filtered: String },
}

#[test]
fn all_rule_vectors_agree() {
    let mut counts = [0; 2];
    for line in include_str!("golden/evolution.jsonl").lines() {
        match serde_json::from_str(line).unwrap() {
            Row::Path { path, is_evolution_test: test, excluded_from_diff } => {
                assert_eq!(is_evolution_test(&path), test, "{path}");
                assert_eq!(is_evolution_production(&path), !excluded_from_diff, "{path}");
                counts[0] += 1;
            }
            Row::DiffFilter { raw, filtered } => {
                assert_eq!(filter(&raw, &is_evolution_production), filtered, "{raw}");
                counts[1] += 1;
            }
        }
    }
    assert_eq!(counts, [27, 4]);
}
