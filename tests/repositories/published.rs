//! `lock --from-release`: the published list out of the published tables.

use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray};
use bench::{Partition, Provenance, RepoList};
use parquet::arrow::ArrowWriter;

use crate::fixture::{done, run};

fn sha(digit: char) -> String {
    digit.to_string().repeat(40)
}

fn text(values: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn large(values: &[&str]) -> ArrayRef {
    Arc::new(LargeStringArray::from_iter_values(values))
}

fn write(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    let batch = RecordBatch::try_from_iter(columns).expect("columns of one length");
    let mut writer = ArrowWriter::try_new(File::create(path).expect("a file"), batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

/// Commit rows in the layout of R109: (repository, partition, index, digit of the id).
fn commits(path: &Path, rows: &[(&str, &str, i32, char)], is_large: bool) {
    let column = |values: Vec<String>| {
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        if is_large { large(&values) } else { text(&values) }
    };
    let indices: ArrayRef = if is_large {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(|row| i64::from(row.2))))
    } else {
        Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.2)))
    };
    write(
        path,
        vec![
            ("commit_timestamp", column(rows.iter().map(|_| "2024-01-01T00:00:00+02:00".to_owned()).collect())),
            ("repo_id", column(rows.iter().map(|row| row.0.to_owned()).collect())),
            ("cross_repo_split", column(rows.iter().map(|row| row.1.to_owned()).collect())),
            ("commit_index", indices),
            ("commit_sha", column(rows.iter().map(|row| sha(row.3)).collect())),
            ("production_code_diff", large(&rows.iter().map(|_| "diff").collect::<Vec<_>>())),
        ],
    );
}

#[test]
fn the_last_commit_in_the_tables_is_pinned() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    commits(&here.join("commits/train.parquet"), &[("b/b", "train", 0, 'a'), ("b/b", "train", 2, 'b')], true);
    commits(&here.join("commits/cr_test.parquet"), &[("a/a", "cr_test", 7, 'c'), ("a/a", "cr_test", 3, 'd')], false);
    commits(&here.join("qna/ir_val.parquet"), &[("b/b", "train", 1, 'e')], false);
    let files = ["commits/train.parquet", "commits/cr_test.parquet", "qna/ir_val.parquet"];
    let run = done(here, &[&["lock", "--from-release"][..], &files].concat());
    assert_eq!(run.stdout.trim(), "2\t0\trepos.toml");
    let repos = RepoList::read(&here.join("repos.toml")).expect("a list").repos;
    let found: Vec<_> = repos.iter().map(|spec| (spec.name.as_str(), spec.rev.clone(), spec.partition)).collect();
    let expected =
        [("a/a", Some(sha('c')), Some(Partition::CrossRepoTest)), ("b/b", Some(sha('b')), Some(Partition::Train))];
    assert_eq!(found, expected);
    assert!(repos.iter().all(|spec| spec.provenance == Some(Provenance::Published) && spec.facts.is_none()));
    assert_eq!(repos[0].source, "https://github.com/a/a.git");
}

/// Static tables have neither commits nor a column for the partition (R76): the file's name tells it.
#[test]
fn static_tables_are_placed_by_their_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let rows =
        |path: &str, repo: &str| write(&here.join(path), vec![("repo_id", text(&[repo])), ("prefix", large(&["x"]))]);
    rows("qna/ir_test.parquet", "a/a");
    rows("qna/cr_val-00000-of-00001.parquet", "b/b");
    rows("qna_static/ood_test.parquet", "c/c");
    rows("qna/other.parquet", "d/d");
    let files = ["qna/ir_test.parquet", "qna/cr_val-00000-of-00001.parquet", "qna_static/ood_test.parquet"];
    done(here, &[&["lock", "--from-release"][..], &files].concat());
    let repos = RepoList::read(&here.join("repos.toml")).expect("a list").repos;
    let parts: Vec<_> = repos.iter().map(|spec| (spec.rev.clone(), spec.partition)).collect();
    let expected = [Partition::Train, Partition::CrossRepoVal, Partition::OodTest].map(|part| (None, Some(part)));
    assert_eq!(parts, expected);
    let unnamed = run(here, &["lock", "--from-release", "qna/other.parquet"]);
    assert!(unnamed.code == 2 && unnamed.stderr.contains("cross_repo_split"), "{}", unnamed.stderr);
}

#[test]
fn tables_that_lie_are_refused_by_row() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let refused = |rows: &[(&str, &str, i32, char)], words: &str| {
        commits(&here.join("t.parquet"), rows, true);
        let run = run(here, &["lock", "--from-release", "t.parquet"]);
        assert!(run.code == 2 && run.stderr.contains("t.parquet") && run.stderr.contains(words), "{}", run.stderr);
        assert!(!here.join("repos.toml").exists());
    };
    refused(&[("a/a", "train", 0, 'a'), ("../a", "train", 0, 'a')], "row 2");
    refused(&[("a/a", "test", 0, 'a')], "cr_test");
    refused(&[("a/a", "train", 0, 'A')], "commit id");
    refused(&[("a/a", "train", -1, 'a')], "-1");
    refused(&[("a/a", "train", 0, 'a'), ("a/a", "train", 0, 'b')], "one data set");
    fs::write(here.join("t.parquet"), "PAR1 no table PAR1").expect("written");
    assert_eq!(run(here, &["lock", "--from-release", "t.parquet"]).code, 2);
}
