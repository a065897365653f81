//! Bytes of prefixes a second on one thread, structured and of whole files, by both profiles.

use std::fmt::Write;

use bench::Track;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use miner::{Extractor, PrefixKind, StrictFile};

/// A test file of one class, whose fixtures and helpers belong to every prefix.
fn source(tests: usize) -> String {
    let mut text = String::from("import pytest\nfrom unittest import TestCase\n\nLIMIT = 3\n\n\n");
    for index in 0..20 {
        let _ = write!(text, "def helper_{index}(value):\n    return value * {index}\n\n\n");
    }
    text.push_str("class TestAll(TestCase):\n    def setUp(self):\n        self.unit = make()\n\n");
    for index in 0..tests {
        let _ = write!(
            text,
            "    def test_{index}(self):\n        value = compute({index})\n        self.assertEqual(value, \"n{index}\")\n        \
             assert value.size == {index}\n\n"
        );
    }
    text
}

fn prefix(criterion: &mut Criterion) {
    let text = source(300);
    let mut group = criterion.benchmark_group("prefix");
    let mut extractor = Extractor::new();
    let pairs = extractor.file(&text).expect("a file").pairs;
    group.throughput(Throughput::Bytes(pairs.iter().map(|pair| pair.prefix.len() as u64).sum()));
    group.bench_function("paper, with parsing", |bencher| bencher.iter(|| Extractor::new().file(&text)));
    let file = StrictFile::parse(&text, Track::Static).expect("a file");
    for kind in [PrefixKind::Structured, PrefixKind::FullFile] {
        let all = || file.assertions().iter().map(|assertion| file.prefix(assertion, kind).len()).sum::<usize>();
        group.throughput(Throughput::Bytes(all() as u64));
        group.bench_function(format!("strict, {}", kind.name()), |bencher| bencher.iter(all));
    }
    group.finish();
}

criterion_group!(benches, prefix);
criterion_main!(benches);
