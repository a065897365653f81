//! Altered submissions: what is accepted says what another reader, which shares no code with ours, finds in it.
//!
//! The oracle reads JSON lines as [`serde_json::Value`]s and Parquet by the library alone, and knows the rules of
//! `docs/check.md` in its own words. A verdict of *complete* or *incomplete* must come with the very answers the oracle
//! finds; *invalid* is right only if the oracle finds a fault as well. What the oracle cannot see is a name that an object
//! has twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use bench::submission::FaultKind;
use bench::{
    MethodCard, Prediction, Predictions, PredictionsHeader, Roll, Split, Stop, Submission, Summary, TaskId,
    TrainingBudget, Verdict,
};
use tempfile::TempDir;

use super::engine::Engine;
use super::oracle::{answers_of_lines, answers_of_table};
use super::tables::{WORDS, altered};
use super::{FEW, MANY, PATIENCE, Verdict as Taken, feed};
use crate::dice::Dice;

/// Altered files of JSON lines and of Parquet.
const LINES: usize = 7_500;
const TABLES: usize = 2_500;
/// Tasks that are asked.
const TASKS: u32 = 12;

fn task(number: u32) -> TaskId {
    TaskId::of(&[&number.to_le_bytes()])
}

fn roll() -> Roll {
    let split = |number| if number < TASKS { Split::CrossRepoTest } else { Split::OodTest };
    Roll::new("r", "1", (0..TASKS + 4).map(|number| (task(number), split(number))).collect())
}

/// A complete submission that uses every field.
fn whole() -> Predictions {
    let card = MethodCard {
        parameters: Some(1_000),
        settings: [("k".to_owned(), "3".to_owned())].into(),
        decoding: [("strategy".to_owned(), "greedy".to_owned())].into(),
        adapters: Some("one a repository".to_owned()),
        training_budget: Some(TrainingBudget { examples: Some(3), gpu_hours: Some(0.5), ..TrainingBudget::default() }),
        open_weights: Some(true),
        ..MethodCard::new("mine", "Mine", "base")
    };
    let header =
        PredictionsHeader { rules: Some("1".to_owned()), ..PredictionsHeader::new("r", [Split::CrossRepoTest], card) };
    let row = |number: u32| Prediction {
        task: task(number),
        completion: format!("f({number}, 'é')"),
        prompt_tokens: number.is_multiple_of(2).then_some(100 + number),
        context_tokens: number.is_multiple_of(4).then_some(number),
        new_tokens: Some(number),
        stop: Some(if number.is_multiple_of(3) { Stop::Length } else { Stop::Eos }),
    };
    Predictions { header, rows: (0..TASKS).map(row).collect() }
}

/// What has a meaning in JSON lines, or in an answer.
const JSON_WORDS: &[&[u8]] = &[
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"-1",
    b"4294967296",
    b"0.5",
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"true",
    b"\n",
    b"\r\n",
    b"\xef\xbb\xbf",
    b"\xff",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"\\u0000",
    b",",
    b":",
    b"\"task\":",
    b"\"completion\":\"\",",
    b"\"stop\":\"eos\",",
    b"\"rules\":\"1\",",
    b"\"splits\":[\"cr_test\"],",
    b"\"repopeft_predictions\":1,",
];

/// One change that knows what lines and fields are.
fn alter_lines(dice: &mut Dice, data: &[u8]) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = data.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    // The header is one line of many, but has more rules than all others.
    let at = if dice.below(4) == 0 { 0 } else { dice.below(lines.len()) };
    let other = dice.below(lines.len());
    match dice.below(10) {
        0 => lines.swap(at, other),
        1 => lines.insert(other, lines[at].clone()),
        2 => drop(lines.remove(at)),
        3 => lines.iter_mut().for_each(|line| line.push(b'\r')),
        4 => lines[0].splice(0..0, *b"\xef\xbb\xbf").for_each(drop),
        5 => lines.truncate(at),
        _ => alter_field(dice, &mut lines[at]),
    }
    lines.join(&b'\n')
}

/// Removes, renames or replaces a field of the object in `line`.
fn alter_field(dice: &mut Dice, line: &mut Vec<u8>) {
    let Ok(serde_json::Value::Object(mut fields)) = serde_json::from_slice(line) else { return };
    let keys: Vec<String> = fields.keys().cloned().collect();
    let Some(key) = keys.get(dice.below(keys.len())) else { return };
    let Some(value) = fields.remove(key) else { return };
    match dice.below(3) {
        0 => {}
        1 => drop(fields.insert(format!("{key}{}", dice.pick(&["s", "_", ""])), value)),
        _ => {
            let values =
                ["null", "-1", "7", "1.5", "true", "[]", "{}", "\"\"", "\"x\"", "[\"cr_test\"]", "\"ood_test\""];
            let value = serde_json::from_str(dice.pick::<&str>(&values)).expect("JSON");
            drop(fields.insert(key.clone(), value));
        }
    }
    *line = serde_json::to_vec(&fields).expect("because it is JSON");
}

/// How many altered files got which verdict, and for which faults.
#[derive(Debug, Default)]
struct Tally {
    verdicts: BTreeMap<&'static str, u64>,
    faults: BTreeMap<&'static str, u64>,
    slowest: Duration,
}

/// Reads `data` as the file at `path` and holds the verdict against what the oracle finds.
fn judge(path: &Path, data: &[u8], roll: &Roll, found: Option<&BTreeMap<String, String>>, tally: &mut Tally) {
    fs::write(path, data).expect("written");
    let begin = Instant::now();
    let read = catch_unwind(AssertUnwindSafe(|| Submission::read(&[path.to_owned()], roll, 3)));
    let submission = read.unwrap_or_else(|_| panic!("{} panics; it is kept", kept(path)));
    let took = begin.elapsed();
    assert!(took < PATIENCE, "{} takes {took:?}", kept(path));
    tally.slowest = tally.slowest.max(took);
    let verdict = submission.verdict();
    *tally.verdicts.entry(verdict.name()).or_default() += 1;
    submission.faults.counts().keys().for_each(|code| *tally.faults.entry(code.name()).or_default() += 1);
    let read: BTreeMap<String, String> =
        submission.answers.iter().map(|row| (row.task.as_str().to_owned(), row.completion.clone())).collect();
    let asked: BTreeSet<&str> =
        roll.tasks().iter().filter(|(_, s)| *s == Split::CrossRepoTest).map(|(id, _)| id.as_str()).collect();
    match verdict {
        Verdict::Complete | Verdict::Incomplete => {
            assert_eq!(found, Some(&read), "{}: wrongly accepted", kept(path));
            let answered: BTreeSet<&str> = read.keys().map(String::as_str).collect();
            assert!(answered.is_subset(&asked), "{}", kept(path));
            assert_eq!(answered == asked, verdict == Verdict::Complete, "{}", kept(path));
        }
        Verdict::Invalid => {
            let repeated = submission.faults.count(FaultKind::RepeatedField) > 0;
            assert!(found.is_none() || repeated, "{}: wrongly refused, {:?}", kept(path), submission.faults.sorted());
        }
    }
}

/// Where the file at `path`, which fails, is kept.
fn kept(path: &Path) -> String {
    let to = std::env::temp_dir().join(format!("submission.failed.{}", path.extension().unwrap_or_default().display()));
    fs::copy(path, &to).expect("copied");
    to.display().to_string()
}

fn lines(folder: &Path, count: usize, tally: &mut Tally) {
    let path = folder.join("altered.jsonl");
    whole().write(&path).expect("written");
    let seeds = [fs::read(&path).expect("read")];
    let (mut engine, roll) = (Engine::new(41, &seeds, JSON_WORDS), roll());
    for _ in 0..count {
        let mut data = if engine.dice().below(3) == 0 { engine.next() } else { seeds[0].clone() };
        for _ in 0..engine.dice().below(3) {
            data = alter_lines(engine.dice(), &data);
        }
        if data == seeds[0] {
            engine.alter(&mut data);
        }
        judge(&path, &data, &roll, answers_of_lines(&data, &roll).as_ref(), tally);
    }
}

fn tables(folder: &Path, count: usize, tally: &mut Tally) {
    let path = folder.join("altered.parquet");
    whole().write(&path).expect("written");
    let seeds = [fs::read(&path).expect("read")];
    let (mut engine, roll) = (Engine::new(42, &seeds, WORDS), roll());
    for _ in 0..count {
        let data = altered(&mut engine, &seeds);
        // The library may read what ours refuses, such as pages that unfold to too much; never the other way round.
        fs::write(&path, &data).expect("written");
        let found = catch_unwind(|| answers_of_table(&path, &roll)).unwrap_or(None);
        let submission = Submission::read(std::slice::from_ref(&path), &roll, 1);
        let found = if submission.verdict() == Verdict::Invalid { None } else { found };
        judge(&path, &data, &roll, found.as_ref(), tally);
    }
}

fn fuzz(line_count: usize, table_count: usize) {
    let folder = TempDir::new().expect("a folder");
    for (name, count) in [("submissions of lines", line_count), ("submissions of tables", table_count)] {
        let (mut tally, begin) = (Tally::default(), Instant::now());
        if name.ends_with("lines") {
            lines(folder.path(), count, &mut tally);
        } else {
            tables(folder.path(), count, &mut tally);
        }
        let seconds = begin.elapsed().as_secs_f64();
        let Tally { verdicts, faults, slowest } = &tally;
        println!(
            "{name}: {count} files, {verdicts:?}, {seconds:.1} s, slowest {:.3} s, {faults:?}",
            slowest.as_secs_f64()
        );
        // A tally without some of each would show that the alterations miss their aim.
        assert!(verdicts.get("complete").is_some_and(|n| *n > 0) && verdicts.get("invalid").is_some_and(|n| *n > 0));
    }
}

#[test]
fn altered_submissions_are_accepted_only_for_what_they_say() {
    fuzz(LINES, TABLES);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn much_altered_submissions_are_accepted_only_for_what_they_say() {
    fuzz(10 * LINES, 10 * TABLES);
}

/// A summary that is accepted is written as the same summary again.
fn summaries(folder: &Path, data: &[u8]) -> Taken {
    let path = folder.join("summary.json");
    fs::write(&path, data).expect("written");
    let Ok(summary) = bench::file::read_json::<Summary>(&path) else { return Taken::Refused };
    bench::file::write_json(&path, &summary).expect("written");
    assert_eq!(bench::file::read_json::<Summary>(&path).expect("read"), summary);
    Taken::Accepted
}

/// A summary with one of everything.
fn summary() -> Vec<u8> {
    let estimate = r#"{"metric":"em_paper","mean":0.5,"cluster":[0.25,0.75],"tasks":null}"#;
    let slice = format!(r#"{{"by":"all","group":"all","tasks":2,"repos":1,"small":true,"estimates":[{estimate}]}}"#);
    let tokens = r#"{"prompt":7.5,"context":null,"new":1e2}"#;
    let bias = r#"{"cut_to_line":1,"cut_at_comma":0,"cut_to_word":0,"em_uncut":0.5,"unscored":0}"#;
    let spread = r#"{"metric":"em_paper","median":0.5,"deviation":0}"#;
    let errors = r#"{"failures":1,"classes":{"Near-Miss":1},"modes":{},"strict_failures":0,"balanced":{}}"#;
    let found = format!(r#""paper_bias":{bias},"spread":[{spread}],"errors":{errors},"slices":[{slice}]"#);
    let split = format!(r#"{{"split":"cr_test","tasks":2,"missing":0,"tokens":{tokens},{found}}}"#);
    let card = serde_json::to_string(&whole().header.card).expect("JSON");
    let hash = "0".repeat(64);
    let rest = format!(r#""predictions":"{hash}","card":{card},"resamples":5000,"seed":0,"splits":[{split}]"#);
    format!(r#"{{"format":2,"rules":"2","release":"{hash}","profile":"paper",{rest}}}"#).into_bytes()
}

fn fuzz_summaries(count: usize) {
    let folder = TempDir::new().expect("a folder");
    let seeds = [summary()];
    assert_eq!(summaries(folder.path(), &seeds[0]), Taken::Accepted);
    let mut engine = Engine::new(43, &seeds, JSON_WORDS);
    feed("summaries", count, || engine.next(), |data| summaries(folder.path(), data));
}

#[test]
fn altered_summaries_are_read_or_refused() {
    fuzz_summaries(FEW);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn much_altered_summaries_are_read_or_refused() {
    fuzz_summaries(MANY);
}
