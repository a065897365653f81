//! Throughput of cleaning, edit similarity and the bootstrap, on the golden pairs and on seeded samples.

use std::hint::black_box;

use bench::Seed;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use harness::{Answer, Bootstrap, Matcher, Paper, Reference, Slot, Strict, Unit};
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

criterion_group!(benches, pairs, intervals);
criterion_main!(benches);
