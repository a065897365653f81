//! Every column of every reference row (S5–S72), and texts made to do harm.

use harness::{Answer, CodeBleu, PairScorer, Paper, Reference, TokenBleu};
use serde_json::{Map, Value};

fn rows(text: &str) -> Vec<Map<String, Value>> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text<'a>(row: &'a Map<String, Value>, name: &str) -> &'a str {
    row[name].as_str().unwrap()
}

/// Whether both are the same, numbers to 1e-12 (S3).
fn agree(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() <= 1e-12,
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, value)| b.get(name).is_some_and(|other| agree(value, other)))
        }
        _ => ours == theirs,
    }
}

const INPUTS: [&str; 4] = ["id", "kind", "prediction", "target"];

/// Compares every column of ours but the inputs of theirs.
fn compare(golden: &str) -> usize {
    let mut scorer = PairScorer::default();
    let rows = rows(golden);
    for row in &rows {
        let scores = serde_json::to_value(scorer.score(text(row, "prediction"), text(row, "target"))).unwrap();
        for (name, value) in row.iter().filter(|(name, _)| !INPUTS.contains(&name.as_str())) {
            assert!(agree(&scores[name], value), "{} {name}: {} for {value}", row["id"], scores[name]);
        }
    }
    rows.len()
}

#[test]
fn every_column_of_every_reference_row_agrees() {
    assert_eq!(compare(include_str!("../golden/metrics.jsonl")), 3000);
}

/// Rows made to be hard, see the script beside them.
#[test]
fn hard_rows_agree() {
    assert_eq!(compare(include_str!("../golden/hard.jsonl")), 300);
}

#[test]
fn scorers_give_what_fresh_ones_give_in_any_order() {
    let (mut code_bleu, mut token_bleu) = (CodeBleu::default(), TokenBleu::default());
    for row in rows(include_str!("../golden/metrics.jsonl")).iter().rev().step_by(29) {
        let reference = Reference::<Paper>::clean(text(row, "target"));
        let answer = Answer::<Paper>::clean(text(row, "prediction"), &reference);
        let fresh = (CodeBleu::default().score(&answer, &reference), harness::token_bleu(&answer, &reference));
        let reused = (code_bleu.score(&answer, &reference), token_bleu.score(&answer, &reference));
        assert_eq!((fresh.0.to_bits(), fresh.1.to_bits()), (reused.0.to_bits(), reused.1.to_bits()));
    }
}

#[test]
fn numbers_are_read_back_as_they_were() {
    let scores = PairScorer::default().score("a + b * c", "a + c * b");
    let written = serde_json::to_string(&scores).unwrap();
    let read: Map<String, Value> = serde_json::from_str(&written).unwrap();
    assert_eq!(read["code_bleu_fallback"].as_f64().unwrap().to_bits(), scores.code_bleu_fallback.to_bits());
    assert!(!read.contains_key("code_bleu_admissible") && !read.contains_key("admissible_cut_short"));
}

/// Neither time nor the 2 MiB of stack that a thread has may run out (S64).
#[test]
fn nesting_as_deep_as_the_text_is_long_does_no_harm() {
    let most = 1 << 16;
    let filled = |piece: &str| piece.repeat(most / piece.len());
    let mut scorer = PairScorer::default();
    for text in [
        filled("("),
        filled("(") + &filled(")"),
        filled("-") + "x",
        filled("not ") + "x",
        filled("f(x)("),
        filled("["),
        filled("x if "),
        filled("x."),
        filled("é x "),
        filled("lambda:") + "x",
        filled("f'{"),
        filled("'"),
        filled("\\"),
    ] {
        let scores = scorer.score(&text, "x, y\n");
        assert!((0.0..=1.0).contains(&scores.code_bleu), "{}", &text[..20]);
    }
}

/// At a depth just below the limit the walk itself must fit the stack.
#[test]
fn data_flow_ends_at_a_depth() {
    let mut scorer = PairScorer::default();
    let mut dataflow = |depth: usize| {
        let text = format!("{}(x + x)\n", "-".repeat(depth));
        scorer.score(&text, &text).codebleu_components.unwrap().dataflow_match
    };
    assert_eq!((dataflow(985).to_bits(), dataflow(986).to_bits()), (1.0_f64.to_bits(), 0.0_f64.to_bits()));
}

/// Loops are walked twice, nested ones exponentially often; the walk gives up.
#[test]
fn nested_loops_end() {
    let lines: Vec<String> = (0..60).map(|depth| " ".repeat(depth) + "while x:").collect();
    let text = format!("{}\n{}x = x\n", lines.join("\n"), " ".repeat(60));
    let components = PairScorer::default().score(&text, &text).codebleu_components.unwrap();
    assert_eq!(components.dataflow_match.to_bits(), 0.0_f64.to_bits());
}
