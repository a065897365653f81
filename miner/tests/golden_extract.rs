//! The static vectors of the reference: every pair of 79 files, all fields (R152).

use miner::{Extractor, Pair};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    source: String,
    #[serde(rename = "static")]
    pairs: Vec<Expected>,
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    prefix: String,
    target: String,
    assertion_type: String,
    difficulty: String,
    context_lines: usize,
    lineno: u32,
    col_offset: u32,
    target_col_offset: u32,
    test_function: String,
    test_class: String,
    was_multiline: bool,
    has_imports: bool,
    prefix_sections: Vec<String>,
}

impl From<Pair> for Expected {
    fn from(pair: Pair) -> Self {
        let has_imports = pair.prefix.chars().take(1000).collect::<String>().contains("import ");
        let sections = [("imports", has_imports), ("class_header", !pair.class.is_empty()), ("test_body", true)];
        Self {
            context_lines: pair.prefix.split('\n').count(),
            assertion_type: pair.kind.name().to_owned(),
            difficulty: pair.difficulty.name().to_owned(),
            lineno: pair.line,
            col_offset: pair.column,
            target_col_offset: pair.target_column,
            test_function: pair.function,
            test_class: pair.class,
            was_multiline: pair.multiline,
            has_imports,
            prefix_sections: sections.iter().filter(|(_, on)| *on).map(|(name, _)| (*name).to_owned()).collect(),
            prefix: pair.prefix,
            target: pair.target,
        }
    }
}

#[test]
fn all_static_vectors_agree() {
    let mut extractor = Extractor::new();
    let mut pairs = 0;
    for line in include_str!("golden/extract.jsonl").lines() {
        let row: Row = serde_json::from_str(line).unwrap();
        let found = extractor.file(&row.source).map_or_else(Vec::new, |file| file.pairs);
        let found: Vec<Expected> = found.into_iter().map(Expected::from).collect();
        assert_eq!(found, row.pairs, "{}", row.id);
        pairs += found.len();
    }
    assert_eq!(pairs, 132);
}
