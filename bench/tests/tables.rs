//! Tables and predictions survive the disk; broken files are refused with the place of the fault.

use std::path::Path;

use bench::table::{read_table, write_table};
use bench::{
    Assertion, AssertionKind, BuildOptions, CommitId, Difficulty, Draft, MethodCard, Mining, Need, Prediction,
    Predictions, PredictionsHeader, Profile, Release, RepoId, RepoPath, Role, Shard, ShardTable, SourceFile, Split,
    Stop, TaskId, Track, TrainingBudget,
};

fn commit() -> CommitId {
    CommitId::new("4b825dc642cb6eb9a060e54bf8d69288fbee4904").expect("a commit")
}

fn draft(repo: &str, line: u32) -> Draft {
    let mut assertion = Assertion {
        id: TaskId::of(&[]),
        repo: RepoId::new(repo).expect("an id"),
        commit: commit(),
        path: RepoPath::new("tests/test_é.py").expect("a path"),
        line,
        column: 4,
        target_column: 15,
        kind: AssertionKind::AssertEqual,
        function: "test_a".to_owned(),
        class: String::new(),
        difficulty: Difficulty::NumericLiteral,
        multiline: false,
        prefix: format!("def test_a():\n    self.assertEqual(f({line}), "),
        target: "3)".to_owned(),
        need: line.is_multiple_of(2).then_some(Need::Repository),
        evolution: None,
    };
    assertion.id = assertion.address();
    Draft { assertion, rank: line.is_multiple_of(3).then_some(line / 3) }
}

fn source(repo: &str) -> SourceFile {
    SourceFile {
        repo: RepoId::new(repo).expect("an id"),
        commit: commit(),
        path: RepoPath::new("src/a.py").expect("a path"),
        role: Role::Production,
        text: "X = 1\n".to_owned(),
    }
}

fn mining(root: &Path, repos: usize, drafts: u32) -> Mining {
    let mining = Mining::at(root);
    let shards = (0..repos).map(|i| {
        let name = format!("o/r{i}");
        let rows: Vec<Draft> = (1..=drafts).map(|line| draft(&name, line)).collect();
        let shard = Shard {
            repo: RepoId::new(&name).expect("an id"),
            commit: commit(),
            key: "k".to_owned(),
            licence: None,
            address: None,
            partition: None,
            selected: rows.iter().filter(|row| row.rank.is_some()).count() as u64,
            counts: [].into(),
            skipped: [].into(),
            tables: [].into(),
        };
        let mut writer = mining.start(&shard.repo).expect("a shard");
        writer.snapshot(rows, vec![source(&name)]).expect("tables");
        writer.finish(shard).expect("a shard")
    });
    let shards = shards.collect();
    mining.write_index(Profile::Paper, vec![Track::Static], shards).expect("an index");
    mining
}

fn options(min_pairs: usize) -> BuildOptions {
    BuildOptions { min_pairs, ..BuildOptions::new(Track::Static) }
}

#[test]
fn drafts_round_trip() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.parquet");
    let rows: Vec<Draft> = (1..3000).map(|line| draft("a/b", line)).collect();
    write_table(&path, &[], rows.clone()).expect("written");
    assert_eq!(read_table::<Draft>(&path).expect("read"), rows);
    let error = read_table::<SourceFile>(&path).expect_err("another table");
    assert!(error.to_string().contains("table drafts, version 2"), "{error}");
}

#[test]
fn half_a_file_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.parquet");
    write_table(&path, &[], (1..100).map(|line| draft("a/b", line))).expect("written");
    let bytes = std::fs::read(&path).expect("read");
    for length in [0, 3, bytes.len() / 2, bytes.len() - 1] {
        std::fs::write(&path, &bytes[..length]).expect("cut");
        let error = read_table::<Draft>(&path).expect_err("a cut file");
        assert!(error.to_string().contains("d.parquet is not a readable drafts table"), "{error}");
    }
}

#[test]
fn a_forged_task_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("d.parquet");
    let mut rows: Vec<Draft> = (1..5).map(|line| draft("a/b", line)).collect();
    rows[2].assertion.target = "4)".to_owned();
    write_table(&path, &[], rows).expect("written");
    let error = read_table::<Draft>(&path).expect_err("a forged row");
    assert!(error.to_string().contains("row 3") && error.to_string().contains("not the address"), "{error}");
}

#[test]
fn releases_seal_open_and_notice_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    let mining = mining(&folder.path().join("mining"), 10, 120);
    let root = folder.path().join("release");
    let release = Release::seal(&mining, &root, &options(30)).expect("sealed");
    let again = Release::seal(&mining, &root, &options(30)).expect("sealed again");
    assert_eq!(release.id(), again.id());
    assert!(Release::seal(&mining, &root, &options(41)).is_err(), "another release stands there");
    let opened = Release::open(&root).expect("opened");
    let total: usize = Split::ALL.iter().map(|split| opened.tasks(*split).expect("tasks").len()).sum();
    assert_eq!(total, 10 * 40);
    let repo = RepoId::new("o/r3").expect("an id");
    assert_eq!(opened.snapshot(&repo).expect("a view").files, vec![source("o/r3")]);
    std::fs::write(root.join("sources/o__r3.parquet"), b"x").expect("changed");
    let error = opened.snapshot(&repo).expect_err("a changed file");
    assert!(error.to_string().contains("changed after sealing"), "{error}");
    assert!(Release::open(&root.join("tasks")).is_err());
}

#[test]
fn shards_are_reused_only_when_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let mining = mining(folder.path(), 1, 9);
    let repo = RepoId::new("o/r0").expect("an id");
    assert!(mining.shard(&repo, &commit(), "k").is_some());
    assert!(mining.shard(&repo, &commit(), "other").is_none());
    std::fs::write(mining.table_path(ShardTable::Drafts, &repo), b"x").expect("changed");
    assert!(mining.shard(&repo, &commit(), "k").is_none());
}

#[test]
fn predictions_round_trip_in_both_forms() {
    let folder = tempfile::tempdir().expect("a folder");
    let row = |n: u8| Prediction {
        task: TaskId::of(&[&[n]]),
        completion: format!("{n}\n\u{2028}\"é"),
        prompt_tokens: Some(7),
        context_tokens: None,
        new_tokens: Some(2),
        stop: Some(Stop::Eos),
    };
    let card = MethodCard {
        parameters: Some(1),
        settings: [("max_new_tokens".to_owned(), "64".to_owned())].into(),
        decoding: [("strategy".to_owned(), "greedy".to_owned())].into(),
        adapters: Some("one a repository".to_owned()),
        training_budget: Some(TrainingBudget { gpu_hours: Some(0.1), ..TrainingBudget::default() }),
        open_weights: Some(true),
        ..MethodCard::new("pretrained", "Pretrained", "tiny")
    };
    let rules = Some("1".to_owned());
    let header = PredictionsHeader { rules, ..PredictionsHeader::new("r", [Split::CrossRepoTest], card) };
    let mut predictions = Predictions { header, rows: (0..50).map(row).collect() };
    for name in ["p.jsonl", "p.parquet"] {
        let path = folder.path().join(name);
        predictions.write(&path).expect("written");
        predictions.rows.sort_by(|a, b| a.task.cmp(&b.task));
        assert_eq!(Predictions::read(&path).expect("read"), predictions);
    }
    assert!(predictions.write(&folder.path().join("p.csv")).is_err());
}

#[test]
fn broken_predictions_name_their_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.jsonl");
    let header = r#"{"repopeft_predictions":1,"release":"r","splits":["cr_test"],"card":{"method":"m","title":"M","context":"","adaptation":"","base_model":"b"}}"#;
    let good = r#"{"task":"0123456789abcdef0123456789abcdef","completion":"x"}"#;
    let cases: [(&[u8], &str); 5] = [
        (b"{\"task\":1}", "row 3: the answer has no `completion`"),
        (b"{\"task\":\"0123\",\"completion\":\"x\"}", "row 3: \"0123\" is no task id"),
        (b"\xff\xfe", "row 3: byte 1 of the line is not UTF-8"),
        (b"{\"task\":\"0123456789abcdef0123456789abcdef\",\"completion\":NaN}", "row 3"),
        (b"{\"task\":\"0123456789abcdef0123456789abcdef\",\"completion\":\"x\",\"score\":1}", "unknown field"),
    ];
    for (line, reason) in cases {
        let mut bytes = format!("{header}\n{good}\n").into_bytes();
        bytes.extend_from_slice(line);
        std::fs::write(&path, bytes).expect("written");
        let error = Predictions::read(&path).expect_err("a broken file").to_string();
        assert!(error.contains(reason), "{error}");
    }
    std::fs::write(&path, good).expect("written");
    let error = Predictions::read(&path).expect_err("no header").to_string();
    assert!(error.contains("row 1: the file has no header"), "{error}");
}
