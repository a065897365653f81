//! Throughput of the classifications, of reading expressions and of `em_ast`, on the golden pairs.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use harness::{
    Answer, Expression, Matcher, Reference, Slot, Strict, em_ast, error_class, failure_mode, slot_error_class,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    expected: Option<String>,
    got: Option<String>,
    edit_similarity: Option<f64>,
}

fn pairs() -> Vec<(String, String, f64)> {
    let lines = include_str!("../tests/golden/taxonomy.jsonl").lines();
    let rows = lines.map(|line| serde_json::from_str::<Row>(line).expect("because the golden rows are valid"));
    rows.filter_map(|row| Some((row.expected?, row.got?, row.edit_similarity?))).collect()
}

fn taxonomy(criterion: &mut Criterion) {
    let pairs = pairs();
    let strict = |slot| {
        let clean = move |(expected, got, _): &(String, String, f64)| {
            (Answer::<Strict>::clean(got, slot), Reference::<Strict>::clean(expected, slot))
        };
        pairs.iter().map(clean).collect::<Vec<_>>()
    };
    let cleaned = strict(Slot::Argument);
    let mut group = criterion.benchmark_group("taxonomy");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("error_class", |run| {
        run.iter(|| {
            pairs.iter().map(|(expected, got, near)| error_class(expected, got, *near) as usize).sum::<usize>()
        });
    });
    group.bench_function("error_class_unparsed", |run| {
        run.iter(|| pairs.iter().map(|(expected, got, _)| error_class(expected, got, 1.0) as usize).sum::<usize>());
    });
    group.bench_function("failure_mode", |run| {
        run.iter(|| pairs.iter().map(|(expected, got, _)| failure_mode(expected, got) as usize).sum::<usize>());
    });
    group.bench_function("slot_error_class", |run| {
        let mut matcher = Matcher::default();
        let mut class =
            |(answer, reference)| slot_error_class(answer, reference, Slot::Argument, &mut matcher) as usize;
        run.iter(|| cleaned.iter().map(|(answer, reference)| class((answer, reference))).sum::<usize>());
    });
    group.bench_function("em_ast", |run| {
        let equal = |(answer, reference)| em_ast(answer, reference, Slot::Argument);
        run.iter(|| cleaned.iter().filter(|(answer, reference)| equal((answer, reference))).count());
    });
    group.bench_function("read", |run| {
        run.iter(|| pairs.iter().filter(|(expected, ..)| Expression::read(expected).is_some()).count());
    });
    group.finish();
}

criterion_group!(benches, taxonomy);
criterion_main!(benches);
