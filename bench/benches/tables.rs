//! Rows a second on one thread: writing and reading the tables that a history fills.

use bench::table::{Row, read_table, write_table};
use bench::{AssertionKind, Blob, BlobId, DefinitionKind, DefinitionStep, Difficulty, Emission, Event, RepoPath, Seed};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use rand_chacha::rand_core::Rng;

/// Rows of the tables of short values.
const ROWS: u32 = 20_000;
/// Versions of a file.
const VERSIONS: u32 = 400;

/// Assertions of a file, version after version, as the profile `paper` emits them.
fn emissions() -> Vec<Emission> {
    let path = RepoPath::new("tests/test_a.py").expect("a path");
    let mut random = Seed(3407).derive("emissions").rng();
    let row = |index: u32| {
        let place = index % 100;
        let target = format!("{}", random.next_u32() % 1_000);
        Emission {
            commit_index: index / 100,
            path: path.clone(),
            blob: index / 100,
            line: place * 7 + index / 100,
            column: 4,
            target_line: place * 7 + index / 100,
            target_column: 20,
            prefix_end: place * 200 + index,
            in_line: format!("assert compute({place}) == "),
            kind: AssertionKind::Assert,
            function: format!("test_{}", place / 3),
            class: String::new(),
            difficulty: Difficulty::of(&target),
            multiline: false,
            target,
            event: Event::Reemitted,
            old_target: None,
            old_line: Some(place * 7),
            old_column: Some(4),
        }
    };
    (0..ROWS).map(row).collect()
}

/// Functions of a file, version after version.
fn definitions() -> Vec<DefinitionStep> {
    let row = |index: u32| DefinitionStep {
        blob: index / 100,
        kind: DefinitionKind::Function,
        name: format!("function_{}", index % 100),
        parent: None,
        lines: 9,
        gap: 300,
        length: 250 + index / 100 % 3,
        top_level: true,
        import: None,
    };
    (0..ROWS).map(row).collect()
}

/// Versions of a file of 400 lines, one of which is another in each.
fn blobs() -> Vec<Blob> {
    let line =
        |line: u32, version: u32| format!("    value_{line} = compute({})\n", if line == version { 0 } else { line });
    let text = |version: u32| (0..400).map(|number| line(number, version)).collect();
    let id = BlobId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("an id");
    (0..VERSIONS).map(|number| Blob { number, id: id.clone(), text: text(number) }).collect()
}

fn table<R: Row + Clone>(criterion: &mut Criterion, rows: &[R]) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("table.parquet");
    let mut group = criterion.benchmark_group(R::TABLE);
    let bytes: usize = rows.iter().map(R::bytes).sum();
    let throughput = if bytes > 0 { Throughput::Bytes(bytes as u64) } else { Throughput::Elements(rows.len() as u64) };
    group.throughput(throughput).sample_size(20);
    group.bench_function("write", |bencher| {
        let write = |rows| write_table(&path, &[], rows).expect("a table");
        bencher.iter_batched(|| rows.to_vec(), write, BatchSize::LargeInput);
    });
    group.bench_function("read", |bencher| bencher.iter(|| read_table::<R>(&path).expect("rows").len()));
    group.finish();
}

fn tables(criterion: &mut Criterion) {
    table(criterion, &emissions());
    table(criterion, &definitions());
    table(criterion, &blobs());
}

criterion_group!(benches, tables);
criterion_main!(benches);
