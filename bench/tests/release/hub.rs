//! The published layout: exported, read back, imported.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, LargeStringArray, RecordBatch, StringArray};
use bench::hub::{
    HubAnchorCommit, HubAnchorPair, HubCommit, HubPair, Published, export_mining, export_release, import,
};
use bench::table::{column_names, read_table};
use bench::{
    Assertion, BuildOptions, Caps, Event, Mining, Partition, Profile, Release, Split, Stage, Task, TaskSet, Track,
};
use parquet::arrow::ArrowWriter;

use crate::evolution::{all, sealed};
use crate::fixture::{ASSERTIONS, Plan, id, mining};

/// What any layout must preserve of a task.
fn essence(assertion: &Assertion) -> (String, String, u32, u32, String, String, Option<Event>) {
    (
        format!("{} {} {}", assertion.repo, assertion.commit, assertion.path),
        assertion.kind.to_string() + &assertion.function,
        assertion.line,
        assertion.column,
        assertion.prefix.clone(),
        assertion.target.clone(),
        assertion.evolution.as_ref().and_then(|own| own.event),
    )
}

fn essences(tasks: &[Task]) -> Vec<impl PartialEq + std::fmt::Debug> {
    tasks.iter().map(|task| essence(&task.assertion)).collect()
}

#[test]
fn what_is_exported_can_be_imported() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let out = folder.path().join("hub");
    let exported = export_release(&release, &out).expect("exported");
    let again = export_release(&release, &folder.path().join("again")).expect("exported again");
    assert_eq!(exported, again, "same bytes");
    assert!(export_release(&release, &out).is_err(), "the folder is taken");
    let published = Published::open(&out).expect("a folder");
    let imported = import(&published, &folder.path().join("imported"), None).expect("imported");
    assert_eq!(imported.manifest().contents.profile, Profile::Paper);
    for set in TaskSet::all().filter(|set| *set != TaskSet::Anchor) {
        let (ours, theirs) = (all(&release, set), all(&imported, set));
        assert!(!ours.is_empty(), "{set:?}");
        assert_eq!(essences(&ours), essences(&theirs), "{set:?}");
        assert!(ours.iter().zip(&theirs).all(|(a, b)| a.id() == b.id()), "columns of ours make equal ids");
    }
    for (ours, theirs) in release.manifest().contents.repos.iter().zip(&imported.manifest().contents.repos) {
        assert_eq!((&ours.repo, ours.partition, &ours.tasks), (&theirs.repo, theirs.partition, &theirs.tasks));
        assert_eq!((&ours.commits, &ours.anchor), (&theirs.commits, &theirs.anchor));
    }
    let error = imported.snapshot(&id("a/b")).expect_err("no sources").to_string();
    assert!(error.contains("it was imported"), "{error}");
}

#[test]
fn columns_are_the_published_ones_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    let out = folder.path().join("hub");
    export_release(&release, &out).expect("exported");
    let starts = |path: &str, expected: &str| {
        let names = column_names(&out.join(path)).expect("columns").join(" ");
        assert!(names.starts_with(expected), "{path}: {names}");
    };
    starts(
        "commits/train.parquet",
        "repo_id cross_repo_split commit_index commit_sha commit_timestamp in_repo_split production_code_diff \
         n_new_assertions n_added_assertions n_modified_assertions",
    );
    let pairs = "repo_id cross_repo_split commit_index commit_sha in_repo_split test_file lineno col_offset \
                 assertion_type test_function prefix target file_split split_group assertion_event_type \
                 assertion_event_id assertion_anchor old_target old_lineno old_col_offset";
    starts("qna/ir_test.parquet", pairs);
    starts("anchor/qna/ir_test.parquet", pairs);
    starts("qna_static/ood_test.parquet", pairs);
    starts(
        "anchor/qna/train.parquet",
        "repo_id commit_sha commit_index in_repo_split cross_repo_split test_file test_function assertion_type \
         difficulty context_lines prefix target anchor_sha anchor_index qna_source",
    );
    starts(
        "anchor/commits/cr_val.parquet",
        "repo_id cross_repo_split commit_index commit_sha commit_timestamp in_repo_split n_new_assertions \
         n_added_assertions n_modified_assertions",
    );
    let commits: Vec<HubCommit> = read_table(&out.join("commits/train.parquet")).expect("commits");
    assert_eq!(commits.len(), 23);
    assert_eq!((commits[0].commit.repo.clone(), commits[0].partition), (id("a/b-c"), Some(Partition::Train)));
    let anchors: Vec<HubAnchorCommit> = read_table(&out.join("anchor/commits/train.parquet")).expect("anchors");
    assert_eq!(anchors.iter().map(|row| row.place.index).collect::<Vec<_>>(), [7, 8]);
    let pairs: Vec<HubAnchorPair> = read_table(&out.join("anchor/qna/train.parquet")).expect("pairs");
    assert_eq!((pairs.len(), pairs[5].anchor_index), (6, 8));
    let card = std::fs::read_to_string(out.join("README.md")).expect("a card");
    assert!(card.contains("- config_name: anchor_qna\n") && card.contains("    path: qna/ir_val.parquet\n"), "{card}");
}

#[test]
fn mining_folders_are_exported_before_caps() {
    let folder = tempfile::tempdir().expect("a folder");
    let mining: Mining = mining(&folder.path().join("mining"), &Plan::default());
    let index = mining.index().expect("an index");
    let out = folder.path().join("hub");
    let exported = export_mining(&mining, &index, &[Track::Evolution], &out).expect("exported");
    assert_eq!(exported.tables.len(), 12);
    let pairs: Vec<HubPair> = read_table(&out.join("qna/t__t.parquet")).expect("pairs");
    assert_eq!(pairs.len(), 4 * 2 * ASSERTIONS as usize);
    assert!(pairs.iter().all(|pair| pair.partition == Some(Partition::CrossRepoTest)));
    let order: Vec<u32> =
        pairs.iter().map(|p| p.assertion.evolution.as_ref().expect("evolution").commit_index).collect();
    assert!(order.is_sorted());
    let drafts = export_mining(&mining, &index, &[Track::Static], &folder.path().join("static")).expect("exported");
    assert_eq!(drafts.tables.iter().map(|entry| entry.rows).sum::<u64>(), 6 * 80);
}

#[test]
fn static_releases_go_there_and_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let mining = mining(&folder.path().join("mining"), &Plan::default());
    let release =
        Release::seal(&mining, &folder.path().join("release"), &BuildOptions::new(Track::Static)).expect("sealed");
    let out = folder.path().join("hub");
    export_release(&release, &out).expect("exported");
    assert!(column_names(&out.join("qna/train.parquet")).expect("columns").join(" ").starts_with(
        "repo_id prefix target assertion_type difficulty test_file test_function test_class lineno commit_idx"
    ));
    let imported = import(&Published::open(&out).expect("a folder"), &folder.path().join("imported"), None);
    let imported = imported.expect("imported");
    for split in Split::ALL {
        let (ours, theirs) = (release.tasks(*split).expect("tasks"), imported.tasks(*split).expect("tasks"));
        assert_eq!(ours, theirs);
    }
}

#[test]
fn training_tables_with_other_rows_are_refused_r15() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, release) = sealed(folder.path(), &Plan::default(), Caps::default());
    for (other, word) in [("ir_val", "in_repo_split val"), ("cr_test", "cross_repo_split cr_test")] {
        let out = folder.path().join(other);
        export_release(&release, &out).expect("exported");
        std::fs::copy(out.join(format!("qna/{other}.parquet")), out.join("qna/train.parquet")).expect("mixed");
        let published = Published::open(&out).expect("a folder");
        let error = import(&published, &folder.path().join("imported"), None).expect_err("mixed").to_string();
        assert!(error.contains("row 1") && error.contains(word) && error.contains("R15"), "{error}");
    }
}

/// A table of pairs as another program writes it: the columns of R110 alone, wide integers, large strings.
fn foreign(path: &Path, stage: Stage) {
    let text = |value: &str| Arc::new(StringArray::from(vec![value; 2])) as ArrayRef;
    let large = |a: &str, b: &str| Arc::new(LargeStringArray::from(vec![a, b])) as ArrayRef;
    let number = |a, b| Arc::new(Int64Array::from(vec![a, b])) as ArrayRef;
    let columns = [
        ("repo_id", text("a/b")),
        ("cross_repo_split", text("train")),
        ("commit_index", number(3, 3)),
        ("commit_sha", text("4b825dc642cb6eb9a060e54bf8d69288fbee4904")),
        ("in_repo_split", text(stage.name())),
        ("test_file", text("tests/test_a.py")),
        ("lineno", number(2, 9)),
        ("col_offset", number(4, 4)),
        ("assertion_type", text("assert")),
        ("test_function", text("test_a")),
        (
            "prefix",
            large("def test_a():\n    assert f() == ", "def test_a():\n    assert f() == 1\n    assert g() == "),
        ),
        ("target", large("1", "\"x\"")),
    ];
    let batch = RecordBatch::try_from_iter(columns).expect("a batch");
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    let file = std::fs::File::create(path).expect("a file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a writer");
    writer.write(&batch).expect("written");
    writer.close().expect("closed");
}

#[test]
fn tables_without_columns_of_ours_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path().join("theirs");
    foreign(&root.join("qna/train-00000-of-00001.parquet"), Stage::Train);
    foreign(&root.join("qna/ir_test.parquet"), Stage::Test);
    let published = Published::open(&root).expect("a folder");
    let release = import(&published, &folder.path().join("release"), Some(Profile::Paper)).expect("imported");
    assert_eq!(release.splits(), [Split::Train, Split::InRepoTest]);
    let tasks = release.tasks(Split::InRepoTest).expect("tasks");
    let own = tasks[1].assertion.evolution.as_ref().expect("an evolution task");
    assert_eq!((own.commit_index, own.stage, own.event, own.target_line), (3, Stage::Test, None, None));
    assert_eq!((tasks[1].assertion.target.as_str(), tasks[1].assertion.line), ("\"x\"", 9));
    foreign(&root.join("qna/other.parquet"), Stage::Train);
    assert!(Published::open(&root).expect_err("no split").to_string().contains("is named for no split"));
}
