//! Bytes of Python a second on one thread: whether CPython 3.12 accepts it, and the tree of the pinned grammar.

use std::fmt::Write;

use bench::Seed;
use bench::python::{AbstractTree, Parser};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::rand_core::Rng;

/// A module of `functions` functions.
fn source(functions: usize) -> String {
    let mut random = Seed(3407).derive("parse").rng();
    let mut text = String::from("import os\nfrom collections import abc\n\nLIMIT = 3\n\n\n");
    for index in 0..functions {
        let number = random.next_u32();
        let _ = write!(
            text,
            "def function_{index}(value, *, scale=LIMIT):\n    \"\"\"Scales {number}.\"\"\"\n    for step in range(3):\n        \
             if value[step] > {number} and not scale:\n            value.total += compute(step, {{\"n\": {number}}})\n    \
             return [f\"{{item}} {{step!r:>8}}\" for item in value if item.name]\n\n\n"
        );
    }
    text
}

fn parse(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse");
    for functions in [1, 30, 1_000] {
        let text = source(functions);
        assert!(AbstractTree::module(&text).is_some());
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("abstract, {functions} functions"), |bencher| {
            bencher.iter(|| AbstractTree::module(&text).is_some());
        });
        let mut parser = Parser::new();
        group.bench_function(format!("concrete, {functions} functions"), |bencher| {
            bencher.iter(|| parser.parse(&text).root_node().child_count());
        });
    }
    group.finish();
}

criterion_group!(benches, parse);
criterion_main!(benches);
