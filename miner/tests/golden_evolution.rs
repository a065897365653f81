//! The evolution vectors of the reference: every pair of 79 files, all fields (R152).

use miner::evolution::{Cut, VersionReader};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    source: String,
    evolution: Vec<Expected>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    assertion_type: String,
    prefix: String,
    target: String,
    lineno: u32,
    col_offset: u32,
    test_function: String,
}

fn expected(cut: Cut<'_>, source: &str) -> Expected {
    Expected {
        assertion_type: cut.kind.name().to_owned(),
        prefix: source[..cut.prefix_end as usize].to_owned() + cut.in_line,
        target: cut.target.to_owned(),
        lineno: cut.line,
        col_offset: cut.column,
        test_function: cut.function.to_owned(),
    }
}

#[test]
fn all_evolution_vectors_agree() {
    let mut reader = VersionReader::new();
    let mut pairs = 0;
    for line in include_str!("golden/extract.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let version = reader.read(&row.source);
        let found: Vec<Expected> =
            version.iter().flat_map(miner::evolution::Version::cuts).map(|cut| expected(cut, &row.source)).collect();
        assert_eq!(found, row.evolution, "{}", row.id);
        pairs += found.len();
    }
    assert_eq!(pairs, 143);
}
