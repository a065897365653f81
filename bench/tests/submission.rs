//! What a submission may hold, and what is said of everything else (S113, S115, S117).

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use bench::submission::{At, FaultKind, Place};
use bench::{MethodCard, Prediction, Predictions, PredictionsHeader, Roll, Split, Submission, TaskId, Verdict};
use tempfile::TempDir;

const CARD: &str = r#""card":{"method":"m","title":"M","context":"none","adaptation":"none","base_model":"b"}"#;

fn task(number: u32) -> TaskId {
    TaskId::of(&[&number.to_le_bytes()])
}

/// Six tasks of CR-test and four of OOD.
fn roll() -> Roll {
    let split = |number| if number < 6 { Split::CrossRepoTest } else { Split::OodTest };
    Roll::new("r", "1", (0..10).map(|number| (task(number), split(number))).collect())
}

fn header() -> String {
    format!(r#"{{"repopeft_predictions":1,"release":"r","splits":["cr_test"],{CARD}}}"#)
}

fn row(number: u32) -> String {
    format!(r#"{{"task":"{}","completion":"{number})"}}"#, task(number).as_str())
}

/// The lines of a complete file.
fn whole() -> Vec<String> {
    std::iter::once(header()).chain((0..6).map(row)).collect()
}

/// A folder of files that make one submission.
struct Case {
    folder: TempDir,
    files: Vec<PathBuf>,
}

impl Case {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), files: Vec::new() }
    }

    fn file(mut self, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(name);
        fs::write(&path, bytes).expect("written");
        self.files.push(path);
        self
    }

    fn read(&self) -> Submission {
        Submission::read(&self.files, &roll(), 20)
    }
}

/// What is read of one file of JSON lines.
fn read(bytes: impl AsRef<[u8]>) -> Submission {
    Case::new().file("a.jsonl", bytes).read()
}

/// The kinds of what is wrong, with the line where there is one.
fn found(submission: &Submission) -> Vec<(FaultKind, Option<u64>)> {
    let line = |place: &Place| match place.at {
        Some(At::Line(number) | At::Row(number)) => Some(number),
        None => None,
    };
    submission.faults.sorted().iter().map(|fault| (fault.code, fault.place.as_ref().and_then(line))).collect()
}

#[test]
fn a_whole_file_is_complete_however_its_lines_end_and_are_ordered() {
    let mut lines = whole();
    let submission = read(lines.join("\n"));
    assert_eq!((submission.verdict(), found(&submission)), (Verdict::Complete, vec![]));
    assert_eq!(submission.coverage[0].answered, 6);
    lines[1..].reverse();
    lines.insert(3, "  ".to_owned());
    let reversed = read(lines.join("\r\n") + "\r\n");
    assert_eq!(reversed.answers, submission.answers);
    assert_eq!(reversed.into_predictions().expect("predictions").header.splits, [Split::CrossRepoTest]);
}

#[test]
fn missing_answers_make_a_submission_incomplete_and_nothing_else_does() {
    let submission = read(whole()[..5].join("\n"));
    assert_eq!(submission.verdict(), Verdict::Incomplete);
    let missing: Vec<_> = submission.faults.sorted().into_iter().map(|fault| fault.task.clone()).collect();
    let mut expected = [task(4), task(5)].map(|task| Some(task.as_str().to_owned()));
    expected.sort();
    assert_eq!(missing, expected);
    assert_eq!(submission.into_predictions().expect("predictions").rows.len(), 4);
    let header_alone = read(header());
    assert_eq!(header_alone.verdict(), Verdict::Incomplete);
    assert_eq!(header_alone.faults.count(FaultKind::MissingAnswer), 6);
}

/// The faults of the whole file whose line `at` (from 1) is replaced by `line`, missing answers aside.
fn replaced(at: usize, line: &str) -> Vec<FaultKind> {
    let mut lines = whole();
    line.clone_into(&mut lines[at - 1]);
    let submission = read(lines.join("\n"));
    let faults = found(&submission).into_iter().filter(|(code, _)| *code != FaultKind::MissingAnswer);
    faults
        .map(|(code, line)| {
            assert_eq!(line, Some(at as u64), "{code}");
            code
        })
        .collect()
}

#[test]
fn every_fault_of_an_answer_is_named() {
    use FaultKind as Kind;
    let id = task(0);
    let id = id.as_str();
    let with = |rest: &str| format!(r#"{{"task":"{id}",{rest}}}"#);
    let cases: Vec<(String, Vec<Kind>)> = vec![
        (with(r#""completion":"x","prompt_tokens":7,"context_tokens":7,"new_tokens":0,"stop":"eos""#), vec![]),
        (with(r#""completion":null"#), vec![Kind::WrongType]),
        (with(r#""completion":"x","stop":null"#), vec![Kind::WrongType]),
        (with(r#""completion":["x"]"#), vec![Kind::WrongType]),
        (with(r#""completion":"x","prompt_tokens":7.0"#), vec![Kind::WrongType]),
        (with(r#""completion":"x","prompt_tokens":-1"#), vec![Kind::BadCount]),
        (with(r#""completion":"x","prompt_tokens":4294967296"#), vec![Kind::BadCount]),
        (with(r#""completion":"x","prompt_tokens":1,"context_tokens":2"#), vec![Kind::BadCount]),
        (with(r#""completion":"x","stop":"end""#), vec![Kind::BadWord]),
        (with(r#""completion":"x","stop":{"eos":null}"#), vec![Kind::WrongType]),
        (with(r#""completion":"x","new_tokens":NaN"#), vec![Kind::NotJson]),
        (with(r#""completion":"x","new_tokens":1e999"#), vec![Kind::NotJson]),
        (with(r#""completion":"\ud800""#), vec![Kind::NotJson]),
        (with(r#""completion":"x","completion":"y""#), vec![Kind::RepeatedField]),
        (with(r#""complétion":"x""#), vec![Kind::UnknownField, Kind::MissingField]),
        (
            with(r#""completion":"x","a":1,"b":-1,"new_tokens":-1"#),
            vec![Kind::UnknownField, Kind::UnknownField, Kind::BadCount],
        ),
        (r#"{"task":"0123","completion":"x"}"#.to_owned(), vec![Kind::BadId]),
        (r#"{"task":7,"completion":7}"#.to_owned(), vec![Kind::WrongType; 2]),
        (format!(r#"["{id}","x"]"#), vec![Kind::NotJson]),
        (format!(r#"{{"task":"{}","completion":"x"}}"#, task(99).as_str()), vec![Kind::UnknownTask]),
        (row(7), vec![Kind::OtherSplit]),
        (header(), vec![Kind::RepeatedHeader]),
        ("[".repeat(100_000), vec![Kind::NotJson]),
        ("{\"a\":".repeat(100_000), vec![Kind::NotJson]),
        (format!(r#"{{{}"a":1}}"#, r#""a":1,"#.repeat(50_000)), vec![Kind::NotJson]),
        (with(&format!(r#""completion":"{}""#, "x".repeat(1 << 16))), vec![]),
        (with(&format!(r#""completion":"{}""#, "x".repeat((1 << 16) + 1))), vec![Kind::LongCompletion]),
        (with(&format!(r#""completion":"{}""#, "x".repeat(1 << 20))), vec![Kind::LongLine]),
    ];
    for (line, mut expected) in cases {
        expected.sort();
        let start: String = line.chars().take(120).collect();
        assert_eq!(replaced(2, &line), expected, "{start}");
    }
}

#[test]
fn every_fault_of_a_header_is_named() {
    use FaultKind as Kind;
    let head = |from: &str, to: &str| header().replacen(from, to, 1);
    let long = |characters: usize| format!(r#""title":"{}""#, "é".repeat(characters));
    let settings = |count: usize| {
        let pairs: Vec<String> = (0..count).map(|n| format!(r#""k{n}":"v""#)).collect();
        format!(r#""base_model":"b","settings":{{{}}}"#, pairs.join(","))
    };
    let base = r#""base_model":"b""#;
    let extra = |fields: &str| head(base, &format!("{base},{fields}"));
    let cases = vec![
        (head(":1", ":2"), vec![Kind::WrongFormat]),
        (head(":1", ":\"1\""), vec![Kind::WrongFormat]),
        (head("\"r\"", "\"other\""), vec![Kind::WrongRelease]),
        (head("\"r\"", "7"), vec![Kind::WrongType]),
        (head("[\"cr_test\"]", "[\"cr_test\"],\"rules\":\"1\""), vec![]),
        (head("[\"cr_test\"]", "[\"cr_test\"],\"rules\":\"0\""), vec![Kind::WrongRules]),
        (head("[\"cr_test\"]", "[]"), vec![Kind::WrongSplits]),
        (head("\"cr_test\"", "\"cr_test\",\"cr_test\""), vec![Kind::WrongSplits]),
        (head("\"cr_test\"", "\"cr_test\",\"train\""), vec![Kind::WrongSplits]),
        (head("cr_test", "cr_tset"), vec![Kind::WrongSplits]),
        (head("\"method\":\"m\",", ""), vec![Kind::MissingField]),
        (head("\"method\":\"m\",", "\"metod\":\"m\","), vec![Kind::MissingField, Kind::UnknownField]),
        (head("\"m\"", "\" \""), vec![Kind::BadText]),
        (head("\"title\":\"M\"", &long(200)), vec![]),
        (head("\"title\":\"M\"", &long(201)), vec![Kind::BadText]),
        (head(base, &settings(200)), vec![]),
        (head(base, &settings(201)), vec![Kind::BadText]),
        (extra(r#""decoding":{"strategy":"greedy"},"licence":"MIT","open_weights":false"#), vec![]),
        (extra(r#""training_budget":{"examples":3,"gpu_hours":1.5,"note":"one run"}"#), vec![]),
        (extra(r#""training_budget":{"gpu_hours":-1}"#), vec![Kind::BadCount]),
        (extra(r#""training_budget":[]"#), vec![Kind::WrongType]),
        (extra(r#""settings":{"a":"1","a":"2"}"#), vec![Kind::RepeatedField]),
        (extra(r#""settings":{"a":1}"#), vec![Kind::WrongType]),
        (extra(r#""open_weights":"yes","url":null"#), vec![Kind::WrongType; 2]),
        ("nonsense".to_owned(), vec![Kind::NotJson]),
        (format!("\u{feff}{}", header()), vec![Kind::Bom]),
    ];
    for (line, expected) in cases {
        let start: String = line.chars().take(200).collect();
        assert_eq!(replaced(1, &line), expected, "{start}");
    }
}

#[test]
fn faults_of_whole_files_are_named() {
    use FaultKind as Kind;
    let lines = whole();
    let first = |bytes: &[u8]| found(&read(bytes))[0];
    assert_eq!(first(b""), (Kind::Empty, None));
    assert_eq!(first(b"\n\r\n  \n"), (Kind::Empty, None));
    assert_eq!(first(lines[1..].join("\n").as_bytes()), (Kind::MissingHeader, Some(1)));
    let mut turned = lines.clone();
    turned.rotate_left(1);
    assert_eq!(first(turned.join("\n").as_bytes()), (Kind::MisplacedHeader, Some(7)));
    let cut = lines.join("\n");
    assert_eq!(first(&cut.as_bytes()[..cut.len() - 3]), (Kind::Truncated, Some(7)));
    let mut latin = cut.clone().into_bytes();
    *latin.last_mut().expect("a byte") = 0xe9;
    assert_eq!(first(&latin), (Kind::NotUtf8, Some(7)));
    // Another encoding gives one fault a line, not one a byte.
    let utf16: Vec<u8> = cut.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(read(&utf16).faults.total() < 20);
    let case = Case::new().file("a.csv", "x");
    assert_eq!(found(&case.read())[0].0, Kind::BadName);
    let case = Case::new().file("a.parquet", &cut);
    assert_eq!(found(&case.read())[0].0, Kind::NotParquet);
    let mut case = Case::new().file("a.jsonl", &cut);
    case.files
        .push(case.folder.path().join("../").join(case.folder.path().file_name().expect("a name")).join("a.jsonl"));
    case.files.push(case.folder.path().join("absent.jsonl"));
    case.files.push(case.folder.path().to_owned());
    let kinds: Vec<Kind> = found(&case.read()).into_iter().map(|(code, _)| code).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == Kind::Unreadable).count(), 2, "{kinds:?}");
    assert!(kinds.contains(&Kind::RepeatedFile), "{kinds:?}");
}

#[test]
fn shards_are_merged_by_task_and_duplicates_name_both_places() {
    let lines = whole();
    let shard = |rows: &[String]| [&lines[..1], rows].concat().join("\n");
    let case = Case::new().file("a.jsonl", shard(&lines[1..3])).file("b.jsonl", shard(&lines[3..]));
    let whole = case.read();
    assert_eq!(whole.verdict(), Verdict::Complete);
    assert_eq!(whole.files.iter().map(|file| file.answers).collect::<Vec<_>>(), [2, 4]);
    let reversed: Vec<PathBuf> = case.files.iter().rev().cloned().collect();
    let reversed = Submission::read(&reversed, &roll(), 20);
    assert_eq!(reversed.answers, whole.answers, "order does not matter");
    let hash = |submission: Submission| submission.into_predictions().expect("predictions").hash();
    let table = case.folder.path().join("c.parquet");
    reversed.clone().into_predictions().expect("predictions").write(&table).expect("written");
    assert_eq!(hash(Submission::read(&[table], &roll(), 20)), hash(whole));
    let mut other = reversed.into_predictions().expect("predictions");
    let before = other.hash();
    other.rows[0].completion.push(' ');
    assert_ne!(other.hash(), before);

    let twice = Case::new().file("a.jsonl", shard(&lines[1..4])).file("b.jsonl", shard(&lines[3..])).read();
    let fault = twice.faults.sorted()[0].clone();
    let words = fault.to_string();
    assert_eq!(fault.code, FaultKind::DuplicateAnswer);
    assert!(words.contains("b.jsonl, line 2") && words.contains("a.jsonl, line 4"), "{words}");
    assert_eq!(twice.verdict(), Verdict::Invalid);

    let other = shard(&lines[3..]).replacen("\"M\"", "\"N\"", 1).replacen("cr_test", "ood_test", 1);
    let differ = Case::new().file("a.jsonl", shard(&lines[1..3])).file("b.jsonl", other).read();
    let words = differ.faults.sorted().iter().map(ToString::to_string).find(|words| words.contains("headers_differ"));
    assert!(words.is_some_and(|words| words.contains("`splits`") && words.contains("`card.title`")));

    let gap = Case::new().file("a.jsonl", shard(&lines[1..3])).file("b.jsonl", shard(&lines[4..])).read();
    assert_eq!((gap.verdict(), gap.faults.total()), (Verdict::Incomplete, 1), "a gap is that of the whole");
}

fn predictions() -> Predictions {
    let header = PredictionsHeader::new("r", [Split::CrossRepoTest], MethodCard::new("m", "M", "b"));
    let row = |number| Prediction {
        task: task(number),
        completion: format!("{number})"),
        prompt_tokens: Some(9),
        context_tokens: None,
        new_tokens: None,
        stop: None,
    };
    Predictions { header, rows: (0..6).map(row).collect() }
}

#[test]
fn tables_and_lines_mix_and_faults_name_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.parquet");
    let mut parts = predictions();
    parts.rows.truncate(3);
    parts.write(&path).expect("written");
    let rest = [&[serde_json::to_string(&parts.header).expect("JSON")], &whole()[4..]].concat().join("\n");
    let lines = folder.path().join("b.jsonl");
    fs::write(&lines, rest).expect("written");
    let submission = Submission::read(&[path.clone(), lines.clone()], &roll(), 20);
    assert_eq!(submission.verdict(), Verdict::Complete, "{:?}", submission.faults);

    let mut broken = predictions();
    broken.rows[0].context_tokens = Some(10);
    broken.rows[1].completion = "x".repeat((1 << 16) + 1);
    broken.rows[2].task = task(99);
    broken.rows.push(broken.rows[3].clone());
    broken.write(&path).expect("written");
    let submission = Submission::read(&[path], &roll(), 20);
    let counts: BTreeMap<FaultKind, u64> = submission.faults.counts().clone();
    let expected = [
        (FaultKind::BadCount, 1),
        (FaultKind::LongCompletion, 1),
        (FaultKind::UnknownTask, 1),
        (FaultKind::DuplicateAnswer, 1),
        (FaultKind::MissingAnswer, 3),
    ];
    assert_eq!(counts, expected.into());
    assert!(submission.faults.sorted()[0].to_string().contains("a.parquet, row "));
}

#[test]
fn faults_are_counted_beyond_those_that_are_kept() {
    let mut lines = whole();
    lines.extend(std::iter::repeat_n(row(0), 1_000));
    let case = Case::new().file("a.jsonl", lines.join("\n"));
    let submission = Submission::read(&case.files, &roll(), 3);
    assert_eq!((submission.faults.total(), submission.faults.sorted().len()), (1_000, 3));
}
