//! Expressions against CPython's `ast` (S100, S101, S103).

use std::collections::HashMap;

use harness::Expression;
use serde::Deserialize;

use crate::rows;

#[derive(Deserialize)]
struct Row {
    text: String,
    reading: Option<Reading>,
}

#[derive(Deserialize)]
struct Reading {
    shape: String,
    names: Vec<String>,
    attributes: Vec<String>,
    constants: Vec<String>,
    tree: String,
}

/// Where CPython and we are known to differ: see the documentation of `expression`.
const KNOWN: [&str; 2] = ["f'{x:\n}'", "rf'{x:\\n}'"];

/// What differs between `row` and what we read, in words.
fn difference(row: &Row, ours: Option<&Expression>) -> Option<String> {
    let (theirs, ours) = match (&row.reading, ours) {
        (None, None) => return None,
        (Some(_), None) => return Some("refused, but CPython accepts".into()),
        (None, Some(_)) => return Some("accepted, but CPython refuses".into()),
        (Some(theirs), Some(ours)) => (theirs, ours),
    };
    let shape = format!("{:?}", ours.shape()).to_lowercase();
    let mut constants: Vec<String> = ours.constants().iter().map(ToString::to_string).collect();
    constants.sort();
    let same = shape == theirs.shape
        && ours.identifiers().into_iter().eq(theirs.names.iter().map(String::as_str))
        && ours.attributes().into_iter().eq(theirs.attributes.iter().map(String::as_str))
        && constants == theirs.constants;
    (!same).then(|| {
        format!(
            "{shape} {:?} {constants:?}\n      {} {:?} {:?}",
            ours.identifiers(),
            theirs.shape,
            theirs.names,
            theirs.constants
        )
    })
}

/// Every text is read alike, and two texts have equal trees exactly if CPython's are.
fn agree(python: &str, count: &str) {
    let mut differences = Vec::new();
    let (mut ours_by_tree, mut tree_by_ours) = (HashMap::new(), HashMap::new());
    let (mut texts, mut accepted) = (0, 0);
    for row in rows::<Row>(python, "expressions.py", [count, "1"]) {
        let ours = Expression::read(&row.text);
        texts += 1;
        if KNOWN.iter().any(|known| row.text.contains(known)) {
            continue;
        }
        differences.extend(difference(&row, ours.as_ref()).map(|what| format!("{:?}\n      {what}", row.text)));
        if let (Some(theirs), Some(ours)) = (row.reading, ours) {
            accepted += 1;
            let before = ours_by_tree.entry(theirs.tree.clone()).or_insert_with(|| ours.clone());
            let tree = tree_by_ours.entry(ours.clone()).or_insert_with(|| theirs.tree.clone());
            if *before != ours || *tree != theirs.tree {
                differences.push(format!("{:?}\n      {}\n      {tree}\n      {ours:?}", row.text, theirs.tree));
            }
        }
    }
    assert!(differences.is_empty(), "{} of {texts}:\n{}", differences.len(), differences.join("\n"));
    assert!(2 * accepted > texts && 3 * tree_by_ours.len() > texts, "{texts} {accepted} {}", tree_by_ours.len());
}

#[test]
#[ignore = "needs python3.12"]
fn expressions_are_those_of_cpython_3_12() {
    agree("python3.12", "100000");
}

#[test]
#[ignore = "needs python3.13"]
fn expressions_are_those_of_cpython_3_13() {
    agree("python3.13", "100000");
}
