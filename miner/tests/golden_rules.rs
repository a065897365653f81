//! The rule vectors of the reference that concern mining: path, content, difficulty, selection (R153).

use bench::{Difficulty, RepoPath};
use miner::{Caps, Entry, is_test_content, is_test_path, select};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Row {
    Difficulty { target: String, difficulty: String },
    Path { path: String, is_test_by_path: bool },
    Content { text: String, is_test: bool },
    SelectBalanced(Selection),
}

#[derive(Deserialize)]
struct Selection {
    max_per_repo: usize,
    max_per_function: usize,
    max_per_file: usize,
    pairs: Vec<Pair>,
    selected: Vec<usize>,
}

#[derive(Deserialize)]
struct Pair {
    target: String,
    difficulty: String,
    file: String,
    test_function: String,
    was_multiline: bool,
}

/// The vectors use letters where only equality of tiers matters.
fn tier(name: &str) -> Difficulty {
    let letter = name.as_bytes()[0] - b'a';
    name.parse().unwrap_or_else(|_| Difficulty::ALL[usize::from(letter)])
}

fn entry(pair: &Pair) -> Entry<'_> {
    Entry {
        file: &pair.file,
        function: &pair.test_function,
        target: &pair.target,
        multiline: pair.was_multiline,
        difficulty: tier(&pair.difficulty),
    }
}

fn check_selection(row: &Selection) {
    let entries: Vec<Entry<'_>> = row.pairs.iter().map(entry).collect();
    let caps =
        Caps { per_repository: row.max_per_repo, per_function: row.max_per_function, per_file: row.max_per_file };
    assert_eq!(select(&entries, caps), row.selected);
}

#[test]
fn all_rule_vectors_agree() {
    let mut counts = [0; 4];
    for line in include_str!("golden/rules.jsonl").lines() {
        match serde_json::from_str(line).unwrap() {
            Row::Difficulty { target, difficulty } => {
                assert_eq!(Difficulty::of(&target).name(), difficulty, "{target:?}");
                counts[0] += 1;
            }
            Row::Path { path, is_test_by_path } => {
                assert_eq!(is_test_path(&RepoPath::new(&*path).unwrap()), is_test_by_path, "{path}");
                counts[1] += 1;
            }
            Row::Content { text, is_test } => {
                assert_eq!(is_test_content(&text), is_test, "{text:?}");
                counts[2] += 1;
            }
            Row::SelectBalanced(row) => {
                check_selection(&row);
                counts[3] += 1;
            }
        }
    }
    assert_eq!(counts, [64, 27, 18, 6]);
}
