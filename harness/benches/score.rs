//! Throughput of cleaning, the metrics and the bootstrap, on the golden pairs and on seeded samples.
//!
//! The metrics that read syntax come in two forms: `_new` meets every text for the first time, `_known` has met it before.
//! `reference.py` beside this file times the same in Python.

use std::hint::black_box;

use bench::Seed;
use bench::python::{Forms, Parser, Syntax};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use harness::{Answer, Bootstrap, CodeBleu, Matcher, PairScorer, Paper, Reference, Slot, Strict, TokenBleu, Unit};
use rand_chacha::rand_core::Rng;
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    prediction: String,
    target: String,
}

fn rows() -> Vec<Row> {
    let lines = include_str!("../tests/golden/metrics.jsonl").lines();
    lines.map(|line| serde_json::from_str(line).expect("because the golden rows are valid")).collect()
}

fn paper(row: &Row) -> (Answer<Paper>, Reference<Paper>) {
    let reference = Reference::<Paper>::clean(&row.target);
    (Answer::<Paper>::clean(&row.prediction, &reference), reference)
}

fn pairs(criterion: &mut Criterion) {
    let rows = rows();
    let cleaned: Vec<_> = rows.iter().map(paper).collect();
    let mut group = criterion.benchmark_group("pairs");
    group.throughput(Throughput::Elements(rows.len() as u64));
    group.bench_function("clean_paper", |run| {
        run.iter(|| rows.iter().map(|row| paper(row).0.text().len()).sum::<usize>());
    });
    group.bench_function("clean_strict", |run| {
        let clean = |row: &Row| Answer::<Strict>::clean(&row.prediction, Slot::Argument).text().len();
        run.iter(|| rows.iter().map(clean).sum::<usize>());
    });
    group.bench_function("edit_similarity", |run| {
        run.iter_batched_ref(
            Matcher::default,
            |matcher| cleaned.iter().map(|(answer, reference)| matcher.similarity(answer, reference)).sum::<f64>(),
            BatchSize::LargeInput,
        );
    });
    group.bench_function("token_bleu", |run| {
        let mut scorer = TokenBleu::default();
        run.iter(|| cleaned.iter().map(|(answer, reference)| scorer.score(answer, reference)).sum::<f64>());
    });
    group.finish();
}

fn syntax(criterion: &mut Criterion) {
    let rows = rows();
    let cleaned: Vec<_> = rows.iter().map(paper).collect();
    let code_bleu = |scorer: &mut CodeBleu| -> f64 {
        cleaned.iter().map(|(answer, reference)| scorer.score(answer, reference)).sum()
    };
    let all = |scorer: &mut PairScorer| -> usize {
        let mut written = Vec::new();
        rows.iter().for_each(|row| scorer.write(&row.prediction, &row.target, &mut written));
        written.len()
    };
    let mut group = criterion.benchmark_group("pairs");
    group.throughput(Throughput::Elements(rows.len() as u64)).sample_size(20);
    group.bench_function("code_bleu_new", |run| {
        run.iter_batched_ref(CodeBleu::default, code_bleu, BatchSize::PerIteration);
    });
    group.bench_function("all_new", |run| run.iter_batched_ref(PairScorer::default, all, BatchSize::PerIteration));
    let (mut known, mut all_known) = (CodeBleu::default(), PairScorer::default());
    group.bench_function("code_bleu_known", |run| run.iter(|| code_bleu(&mut known)));
    group.bench_function("all_known", |run| run.iter(|| all(&mut all_known)));
    group.finish();
}

/// Targets as they are mined: what makes a tree without the grammar's parser, and with it.
fn trees(criterion: &mut Criterion) {
    let texts =
        ["expected", "len(items))", "ValueError, match=\"not found\")", "[1, 2, 3]", "f(a, b", "a.b[0] == 'x')"];
    let (mut parser, mut forms, mut syntax) = (Parser::new(), Forms::default(), Syntax::default());
    let mut group = criterion.benchmark_group("trees");
    group.throughput(Throughput::Elements(texts.len() as u64));
    group.bench_function("plain", |run| {
        run.iter(|| texts.iter().for_each(|text| syntax.read(text, &mut parser, &mut forms)));
    });
    group.bench_function("grammar", |run| {
        run.iter(|| texts.iter().for_each(|text| syntax.read_with_grammar(text, &mut parser, &mut forms)));
    });
    group.finish();
}

fn intervals(criterion: &mut Criterion) {
    let mut rng = Seed(7).rng();
    let tasks: Vec<Unit> = (0..6000).map(|_| Unit::task(f64::from(rng.next_u32() % 2))).collect();
    let mut repos = vec![Unit::default(); 100];
    tasks.iter().enumerate().for_each(|(place, task)| repos[place % 100].add(task.sum));
    let mut group = criterion.benchmark_group("bootstrap");
    group.sample_size(20);
    for (name, units) in [("tasks_6000", &tasks), ("repositories_100", &repos)] {
        group.throughput(Throughput::Elements(u64::from(Bootstrap::RESAMPLES) * units.len() as u64));
        group.bench_function(name, |run| run.iter(|| Bootstrap::default().interval(black_box(units))));
    }
    group.finish();
}

criterion_group!(benches, pairs, syntax, trees, intervals);
criterion_main!(benches);
