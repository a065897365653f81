//! Submissions that are small on disk and large in memory, or endless: `check` names them, soon and in little memory.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, StringArray};
use bench::{MethodCard, PredictionsHeader, Release, Split};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;
use tempfile::TempDir;

use crate::measured::{Limits, run};

/// What a check may cost, in a build without optimisation on a busy machine.
const LITTLE: Limits = Limits { seconds: 90, mib: 300 };

/// A folder with a small release.
fn corpus() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let family = ["--train", "3", "--cr-val", "1", "--cr-test", "1", "--ood", "1"];
    let limits = Limits { seconds: 300, mib: 4_096 };
    for arguments in [
        &[&["probe", "--out", "probe"][..], &family].concat()[..],
        &["mine", "--repos", "probe/repos.toml", "--tracks", "static", "--out", "mining"],
        &["build", "--mining", "mining", "--out", "release"],
    ] {
        assert_eq!(run(folder.path(), arguments, limits).code, 0, "{arguments:?}");
    }
    folder
}

fn header(folder: &Path) -> PredictionsHeader {
    let release = Release::open(&folder.join("release")).expect("a release");
    PredictionsHeader::new(release.id(), [Split::CrossRepoTest], MethodCard::new("m", "M", "b"))
}

/// Writes a table of `rows` answers, each of `completion`, as `properties` say.
fn table(folder: &Path, name: &str, completion: &str, rows: usize, properties: WriterPropertiesBuilder) {
    let tasks: ArrayRef = Arc::new(StringArray::from(vec!["0123456789abcdef0123456789abcdef"; rows]));
    let completions: ArrayRef = Arc::new(StringArray::from(vec![completion; rows]));
    let batch = RecordBatch::try_from_iter([("task", tasks), ("completion", completions)]).expect("a batch");
    let header = serde_json::to_string(&header(folder)).expect("JSON");
    let level = ZstdLevel::try_new(3).expect("a level");
    let properties = properties
        .set_compression(Compression::ZSTD(level))
        .set_key_value_metadata(Some(vec![KeyValue::new("repopeft.predictions".to_owned(), header)]))
        .build();
    let file = File::create(folder.join(name)).expect("created");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), Some(properties)).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
    let bytes = fs::metadata(folder.join(name)).expect("a file").len();
    assert!(bytes < 1 << 20, "{name} is small on disk, not {bytes}");
}

/// A table whose columns nest so deeply that a reader by recursion would run out of stack.
fn nested() -> Vec<u8> {
    let levels = 200_000_u32;
    let mut footer = vec![0x15, 0x04, 0x19, 0xfc];
    let mut count = levels;
    while count > 127 {
        footer.push(u8::try_from(count & 127).expect("because it is below") | 128);
        count >>= 7;
    }
    footer.push(u8::try_from(count).expect("because it is below"));
    // A name of one letter and one child.
    footer.extend([0x48, 1, b'a', 0x15, 2, 0].repeat(levels as usize));
    footer.push(0);
    let length = u32::try_from(footer.len()).expect("because it is short").to_le_bytes();
    [&b"PAR1"[..], &footer, &length, b"PAR1"].concat()
}

#[test]
fn tables_that_unfold_are_refused() {
    let folder = corpus();
    let here = folder.path();
    let plain = || WriterProperties::builder().set_dictionary_enabled(false);
    let megabyte = "x".repeat(1 << 20);
    table(here, "page.parquet", &"x".repeat(100 << 20), 1, plain());
    let dictionary = WriterProperties::builder().set_dictionary_page_size_limit(8 << 20);
    table(here, "dictionary.parquet", &megabyte, 1_500, dictionary);
    let delta = plain().set_column_encoding(ColumnPath::from("completion"), Encoding::DELTA_BYTE_ARRAY);
    table(here, "delta.parquet", &megabyte, 300, delta);
    fs::write(here.join("nested.parquet"), nested()).expect("written");
    for (name, code) in [
        ("page.parquet", "[bomb]"),
        ("dictionary.parquet", "[long_completion]"),
        ("delta.parquet", "[bomb]"),
        ("nested.parquet", "[bomb]"),
    ] {
        let ran = run(here, &["check", "--release", "release", name], LITTLE);
        assert!(ran.code == 2 && ran.stderr.contains(code), "{name}: {}", ran.stderr);
        println!("{name}: {:.1} s, {} MiB", ran.seconds, ran.peak_mib);
    }
}

#[test]
fn endless_lines_and_rows_end() {
    let folder = corpus();
    let here = folder.path();
    let sized = |name: &str, bytes: u64| {
        File::create(here.join(name)).and_then(|file| file.set_len(bytes)).expect("a file with a hole");
    };
    sized("line.jsonl", 900 << 20);
    sized("huge.jsonl", 10 << 30);
    table(here, "rows.parquet", "x", 1_100_000, WriterProperties::builder());
    for (name, code) in [("line.jsonl", "[long_line]"), ("huge.jsonl", "[too_large]"), ("rows.parquet", "[gave_up]")] {
        let ran = run(here, &["check", "--release", "release", name], LITTLE);
        assert!(ran.code == 2 && ran.stderr.contains(code), "{name}: {}", ran.stderr);
        println!("{name}: {:.1} s, {} MiB", ran.seconds, ran.peak_mib);
    }
}
