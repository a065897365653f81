//! Releases of published tables, which hold no files: what reads none answers them like any other.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::{ArrowPrimitiveType, Float16Type};
use arrow_array::{ArrayRef, FixedSizeListArray, Float16Array, RecordBatch};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::corpus::{CORPUS, done, refused};

/// Numbers of a vector of the encoder below.
const WIDTH: usize = 64;

/// The completions in a file of predictions, sorted: imported tasks have ids of their own.
fn completions(name: &str) -> Vec<String> {
    let text = fs::read_to_string(CORPUS.path().join(name)).unwrap();
    let row = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap()["completion"].to_string();
    let mut rows: Vec<String> = text.lines().skip(1).map(row).collect();
    rows.sort();
    rows
}

/// M141.
#[test]
fn imported_tasks_are_answered_like_mined_ones() {
    let root = CORPUS.path();
    done(root, "export --from release --layout hub --out hub");
    done(root, "import --from hub --out imported");
    for release in ["release", "imported"] {
        let call = "predict pretrained --model base --device cpu --splits cr_test";
        done(root, &format!("{call} --release {release} --out {release}.jsonl"));
    }
    let mined = completions("release.jsonl");
    assert!(mined.len() > 20 && mined == completions("imported.jsonl"));
    let call = "predict drc --release imported --model base --device cpu --splits cr_test --out drc.jsonl";
    assert!(refused(root, call).contains("the tables it came from hold nothing of the kind"));
}

/// The number at `at` of the vector in row `row` of a table.
fn number(row: usize, at: usize) -> f32 {
    ((row * 131 + at * 17) % 97) as f32 / 64.0 - 0.75
}

/// Adds a column of vectors to the table at `path`; the commits in it.
fn add_vectors(path: &Path, column: &str) -> Vec<String> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    let reader = reader.with_batch_size(1 << 20).build().unwrap();
    let batches: Vec<RecordBatch> = reader.map(Result::unwrap).collect();
    let [batch] = &batches[..] else { panic!("one batch") };
    let half = <Float16Type as ArrowPrimitiveType>::Native::from_f32;
    let numbers = (0..batch.num_rows()).flat_map(|row| (0..WIDTH).map(move |at| half(number(row, at))));
    let item = Arc::new(Field::new("item", DataType::Float16, false));
    let width = i32::try_from(WIDTH).unwrap();
    let vectors = FixedSizeListArray::new(item, width, Arc::new(Float16Array::from_iter_values(numbers)), None);
    let names = batch.schema().fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let columns = names.iter().map(String::as_str).zip(batch.columns().iter().cloned());
    let added = (column, Arc::new(vectors) as ArrayRef);
    let whole = RecordBatch::try_from_iter(columns.chain([added])).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), whole.schema(), None).unwrap();
    writer.write(&whole).unwrap();
    writer.close().unwrap();
    let text = |name: &str| arrow_array::cast::AsArray::as_string::<i32>(batch.column_by_name(name).unwrap());
    (0..batch.num_rows())
        .map(|row| format!("{}@{}", text("repo_id").value(row), text("commit_sha").value(row)))
        .collect()
}

/// M141, M142: a network is trained on the vectors that tables hold, and answers with them.
#[test]
fn published_vectors_serve_networks() {
    let root = CORPUS.path();
    done(root, "export --from evolution --layout hub --out hub-evolution");
    let mut commits = Vec::new();
    let mut tables: Vec<_> =
        fs::read_dir(root.join("hub-evolution/commits")).unwrap().map(|e| e.unwrap().path()).collect();
    tables.sort();
    for table in &tables {
        commits.extend(add_vectors(table, "repo_state_embedding").into_iter().enumerate());
    }
    done(root, "import --from hub-evolution --out imported-evolution");
    let encoder = concat!(env!("CARGO_MANIFEST_DIR"), "/baselines/tests/golden/qwen3/prefixed");
    let call = format!(
        "embed --release imported-evolution --stored hub-evolution --encoder {encoder} --kind repo_state_g2 \
         --out published.safetensors"
    );
    done(root, &call);
    let found = baselines::vectors::Vectors::open_any(&root.join("published.safetensors")).unwrap();
    assert_eq!(found.len(), commits.len());
    for (row, name) in &commits {
        let (repo, commit) = name.split_once('@').unwrap();
        let vector = found.get(&repo.parse().unwrap(), &commit.parse().unwrap()).unwrap();
        let vector = Vec::<f32>::try_from(vector).unwrap();
        let bits = |numbers: &[f32]| numbers.iter().map(|number| number.to_bits()).collect::<Vec<u32>>();
        let expected: Vec<f32> = (0..WIDTH).map(|at| number(*row, at)).collect();
        assert_eq!(bits(&vector), bits(&expected), "{name}");
    }
    done(root, &call);
    let config = fs::read_to_string(root.join("head.toml")).unwrap();
    fs::write(root.join("published.toml"), format!("{config}[network]\nexclude_tests = false\n")).unwrap();
    done(
        root,
        "train static --release imported-evolution --model base --device cpu --config published.toml --budget steps=3 \
         --vectors published.safetensors --out of-published",
    );
    done(
        root,
        "predict static --release imported-evolution --model base --device cpu --artifact of-published \
         --vectors published.safetensors --splits cr_test --out of-published.jsonl",
    );
    assert!(completions("of-published.jsonl").len() > 20);
    for (from, to, reason) in [
        (encoder, "hashed", "name the folder of this model"),
        ("repo_state_g2", "diff_g2", "has no column `diff_embedding`"),
        ("repo_state_g2", "static_g1", "hold `repo_state_g2` and `diff_g2`"),
        ("--encoder", "--exclude-tests --encoder", "cannot be used with"),
    ] {
        let out = call.replace("published.safetensors", "other.safetensors");
        let message = refused(root, &out.replace(from, to));
        assert!(message.contains(reason), "{to}: {message}");
    }
}
