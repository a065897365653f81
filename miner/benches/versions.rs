//! Bytes of test source per second on one thread: reading a file whole, reading its history, and finding the tasks.

use std::fmt::Write;
use std::sync::Arc;

use bench::{Profile, Seed};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use miner::evolution::{FileStates, Version, VersionReader};
use rand_chacha::rand_core::Rng;

/// Functions of a file.
const FUNCTIONS: usize = 120;
/// Versions of its history.
const VERSIONS: u64 = 200;

/// A test function or a class with one test, different for every `number`.
fn function(index: usize, number: u64) -> String {
    let mut text = String::new();
    let _ = if index.is_multiple_of(3) {
        write!(
            text,
            "class Test{index}(TestCase):\n    def setUp(self):\n        self.unit = make({{\"n\": {number}}})\n\n    def \
             test_name(self):\n        self.assertEqual(self.unit.name, \"n{number}\")\n\n\n"
        )
    } else {
        write!(
            text,
            "def test_{index}(tmp_path):\n    value = compute({index}, scale=LIMIT)\n    assert value == {number}\n    with \
             pytest.raises(ValueError, match=\"bad {number}\"):\n        value.parse(f\"{{value}} {{index!r:>8}}\")\n\n\n"
        )
    };
    text
}

/// A file that changes in one place a version.
fn history() -> Vec<String> {
    let mut random = Seed(3407).derive("versions").rng();
    let mut functions: Vec<String> = (0..FUNCTIONS).map(|index| function(index, 0)).collect();
    let versions = (1..=VERSIONS).map(|version| {
        let index = random.next_u32() as usize % FUNCTIONS;
        functions[index] = function(index, version);
        format!("import pytest\n\nLIMIT = 3\n\n\n{}", functions.concat())
    });
    versions.collect()
}

fn versions(criterion: &mut Criterion) {
    let history = history();
    let bytes: usize = history.iter().map(String::len).sum();
    let mut group = criterion.benchmark_group("versions");
    group.throughput(Throughput::Bytes(history[0].len() as u64));
    group.bench_function("whole", |bencher| bencher.iter(|| Version::read(&history[0])));
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("history", |bencher| {
        bencher.iter(|| {
            let mut reader = VersionReader::new();
            history.iter().filter_map(|text| reader.read(text)).map(|version| version.len()).sum::<usize>()
        });
    });
    let mut reader = VersionReader::new();
    let read: Vec<Option<Arc<Version>>> = history.iter().map(|text| reader.read(text).map(Arc::new)).collect();
    assert!(read.iter().flatten().all(|version| version.len() > FUNCTIONS));
    for profile in [Profile::Paper, Profile::Strict] {
        group.bench_function(format!("events, {}", profile.name()), |bencher| {
            bencher.iter(|| {
                let mut states = FileStates::new();
                read.iter().map(|version| states.update("test.py", version.as_ref(), profile).len()).sum::<usize>()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, versions);
criterion_main!(benches);
