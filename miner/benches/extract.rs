//! Bytes of test source per second on one thread: parsing, walking, prefixes and filters together.

use std::fmt::Write;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use miner::Extractor;

/// A test file of `functions` functions, half of them methods, with assertions of all families at several depths.
fn source(functions: usize) -> String {
    let mut text = String::from("import pytest\nfrom unittest import TestCase\n\nLIMIT = 3\n\n\n");
    for index in 0..functions {
        let _ = if index % 2 == 0 {
            write!(
                text,
                "def test_{index}(tmp_path):\n    value = compute({index}, scale=LIMIT)\n    for step in range(3):\n        \
                 assert value[step] == [{index}, step]\n    with pytest.raises(ValueError, match=\"bad {index}\"):\n        \
                 value.parse(f\"{{value}} {{index!r:>8}}\")\n    assert value.total == pytest.approx({index}.5)\n\n\n"
            )
        } else {
            write!(
                text,
                "class Test{index}(TestCase):\n    def setUp(self):\n        self.unit = make({{\"name\": \"n{index}\"}})\n\n    \
                 def test_name(self):\n        self.assertEqual(self.unit.name, \"n{index}\")\n        \
                 np.testing.assert_allclose(self.unit.data, [{index}.0, 1.0], rtol=1e-6)\n\n\n"
            )
        };
    }
    text
}

fn extract(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("extract");
    for functions in [10, 100, 1_000] {
        let text = source(functions);
        let mut extractor = Extractor::new();
        assert!(extractor.file(&text).is_some_and(|file| file.pairs.len() > 2 * functions));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(format!("{functions} functions"), |bencher| bencher.iter(|| extractor.file(&text)));
    }
    group.finish();
}

criterion_group!(benches, extract);
criterion_main!(benches);
