//! Every row of the reference implementation (S5–S23, M45).

use harness::{Answer, Matcher, Paper, Reference, edit_similarity, em_paper};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: String,
    prediction: String,
    target: String,
    pred_clean: String,
    ref_clean: String,
    exact_match: bool,
    edit_similarity: f64,
}

fn rows() -> Vec<Row> {
    include_str!("../golden/metrics.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_reference_row_agrees_exactly() {
    let rows = rows();
    assert_eq!(rows.len(), 3000);
    let mut matcher = Matcher::default();
    for row in rows {
        let reference = Reference::<Paper>::clean(&row.target);
        let answer = Answer::<Paper>::clean(&row.prediction, &reference);
        assert_eq!((answer.text(), reference.text()), (&*row.pred_clean, &*row.ref_clean), "{}", row.id);
        assert_eq!(em_paper(&answer, &reference), row.exact_match, "{}", row.id);
        let similarity = matcher.similarity(&answer, &reference);
        assert_eq!(similarity.to_bits(), row.edit_similarity.to_bits(), "{}: {similarity}", row.id);
    }
}

#[derive(Deserialize)]
struct Recipe {
    size: u32,
    seeds: [u64; 2],
    lengths: [usize; 2],
    copied: usize,
    ratio: f64,
}

/// As the script beside the rows says.
fn text(seed: u64, length: usize, size: u32) -> String {
    let first = if size < 26 { 0x61 } else { 0x100 };
    let mut state = seed;
    let mut next = || {
        state = (state * 1_103_515_245 + 12345) % (1 << 31);
        char::from_u32(first + (state >> 16) as u32 % size).unwrap()
    };
    (0..length).map(|_| next()).collect()
}

#[test]
fn long_and_repetitive_texts_agree_with_difflib() {
    let mut matcher = Matcher::default();
    for line in include_str!("../golden/similarity.jsonl").lines() {
        let row: Recipe = serde_json::from_str(line).unwrap();
        let b = text(row.seeds[1], row.lengths[1], row.size);
        let copied: Vec<char> = b.chars().take(row.copied).collect();
        let (head, tail) = copied.split_at(copied.len().min(row.copied / 2));
        let middle = text(row.seeds[0], row.lengths[0], row.size);
        let a = format!("{}{middle}{}", String::from_iter(head), String::from_iter(tail));
        // One word each, without commas and marks: cleaning leaves both alone.
        let reference = Reference::<Paper>::clean(&b);
        let answer = Answer::<Paper>::clean(&a, &reference);
        assert_eq!((answer.text(), reference.text()), (&*a, &*b), "{line}");
        assert_eq!(matcher.similarity(&answer, &reference).to_bits(), row.ratio.to_bits(), "{line}");
    }
}

#[test]
fn a_reused_matcher_gives_what_a_fresh_one_gives() {
    let mut matcher = Matcher::default();
    for row in rows().iter().rev().take(500) {
        let reference = Reference::<Paper>::clean(&row.target);
        let answer = Answer::<Paper>::clean(&row.prediction, &reference);
        assert_eq!(matcher.similarity(&answer, &reference).to_bits(), edit_similarity(&answer, &reference).to_bits());
    }
}

#[test]
fn vectors_of_the_methods_specification() {
    for (completion, target, cleaned, right, similarity) in [
        ("5)\n    assert y == 6", "5)", "5)", true, 1.0),
        ("foo, bar", "foo", "foo", true, 1.0),
        ("a b c", "a", "a", true, 1.0),
        ("[1, 2, 3]", "[1,2,3]", "[1,", false, 0.6),
        ("(1 , 2)", "(1,2)", "(1", false, 0.571_429),
        ("{'a': 1}", "{'a':1}", "{'a':", false, 0.833_333),
        ("'#fff'", "'#000'", "'", true, 1.0),
        ("expected", "expected:", "expected", true, 0.941_176),
        ("True)", "True", "True)", false, 0.888_889),
        ("len(items) + 1", "len(items)", "len(items)", true, 1.0),
        ("", "x", "", false, 0.0),
    ] {
        let reference = Reference::<Paper>::clean(target);
        let answer = Answer::<Paper>::clean(completion, &reference);
        assert_eq!(answer.text(), cleaned);
        assert_eq!(em_paper(&answer, &reference), right, "{completion}");
        assert!((edit_similarity(&answer, &reference) - similarity).abs() < 5e-7, "{completion}");
    }
}

/// Consequences a to m of looking at the target, in the order of the specification.
#[test]
fn consequences_of_looking_at_the_target() {
    for (target, completion, cleaned, right) in [
        ("x", "x == y and z", "x", true),
        ("x", "not x", "not", false),
        ("foo(x)", "foo (x)", "foo", false),
        ("foo", "foo, \"message\")", "foo", true),
        ("'a b'", "'a, b'", "'a", false),
        ("f(a)", "f(a, b)", "f(a", false),
        ("\"#fff\"", "\"#000\"", "\"", true),
        ("\"a#b\"", "\"a#c\"", "\"a", true),
        ("# only a comment", "x", "x", false),
        ("# only a comment", " : ", ":", true),
        ("f(a, b) + 1", "f(a, b) + 1; g()", "f(a, b) + 1; g()", false),
        ("[1,\n2]", "[1,\n2]\ng()", "[1,\n2]\ng()", false),
        ("foo)", "foo", "foo", false),
        ("x", "x\nand so on", "x", true),
        ("x y", "x y and so on", "x y and so on", false),
    ] {
        let reference = Reference::<Paper>::clean(target);
        let answer = Answer::<Paper>::clean(completion, &reference);
        assert_eq!((answer.text(), em_paper(&answer, &reference)), (cleaned, right), "{target} / {completion}");
    }
}
