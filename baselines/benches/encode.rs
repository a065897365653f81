//! Throughput of the hashed encoder, in bytes of source code.

use std::hint::black_box;

use baselines::encoder::{Encoder, HashedEncoder, Recipe};
use bench::{Seed, VectorKind};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::rand_core::Rng;

/// Files of the sample.
const FILES: usize = 64;
/// Functions of a file: some 20 kB.
const FUNCTIONS: usize = 200;
const VERBS: [&str; 8] = ["read", "write", "parse", "load", "merge", "build", "check", "split"];
const NOUNS: [&str; 12] = [
    "Config",
    "header",
    "user_name",
    "matrix",
    "HTTPResponse",
    "token",
    "buffer",
    "path",
    "index",
    "row",
    "node",
    "state",
];

/// A file that looks like Python: names from a small stock, numbers at random.
fn file(seed: Seed) -> String {
    let mut rng = seed.rng();
    let mut draw = |below: usize| usize::try_from(rng.next_u64() % below as u64).expect("because it is small");
    let mut text = String::new();
    for _ in 0..FUNCTIONS {
        let (verb, noun, other) = (VERBS[draw(8)], NOUNS[draw(12)], NOUNS[draw(12)]);
        let (a, b) = (draw(500), draw(500));
        let function = format!(
            "def {verb}_{noun}_{a}({noun}, {other}=None):\n    if {noun} is None:\n        return {other}\n    return \
             {verb}({noun}, {b}) + {other}.{noun}[{a}]\n\n\n"
        );
        text.push_str(&function);
    }
    text
}

fn hashed(criterion: &mut Criterion) {
    let files: Vec<String> = (0..FILES as u64).map(|index| file(Seed(0).chunk(index))).collect();
    let texts: Vec<&str> = files.iter().map(String::as_str).collect();
    let bytes: usize = texts.iter().map(|text| text.len()).sum();
    let encoder = HashedEncoder::fit(texts.iter().copied(), 1024, Seed(0)).expect("because the width is in range");
    let mut group = criterion.benchmark_group("hashed");
    group.throughput(Throughput::Bytes(bytes as u64));
    group.bench_function("fit", |run| {
        run.iter(|| HashedEncoder::fit(texts.iter().copied(), 1024, Seed(0)).expect("because the width is in range"));
    });
    for kind in VectorKind::ALL {
        let layout = Recipe::new(*kind, false).expect("because tests are not left out").layout();
        group.bench_function(kind.name(), |run| {
            run.iter(|| encoder.encode(black_box(&texts), layout).expect("because it cannot fail"));
        });
    }
    group.finish();
}

criterion_group!(benches, hashed);
criterion_main!(benches);
