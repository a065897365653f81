//! A submission as large as those to the published release is read in little memory. Alone in its file, because the kernel
//! counts the memory of a whole process.

use std::fmt::Write;
use std::fs;

use bench::{MethodCard, Prediction, Predictions, PredictionsHeader, Roll, Split, Submission, TaskId, Verdict};

/// Answers, in three files.
const ANSWERS: u32 = 90_000;
/// Characters of a completion: more than 128 tokens have.
const CHARACTERS: usize = 512;
/// MiB that the process may take in all.
const MOST: u64 = 300;

fn task(number: u32) -> TaskId {
    TaskId::of(&[&number.to_le_bytes()])
}

fn header() -> PredictionsHeader {
    PredictionsHeader::new("r", [Split::CrossRepoTest], MethodCard::new("m", "M", "b"))
}

/// The peak of this process in MiB; 0 where there is no `/proc`.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
fn ninety_thousand_answers_fit() {
    let folder = tempfile::tempdir().expect("a folder");
    let completion = "x".repeat(CHARACTERS);
    let third = ANSWERS / 3;
    let mut paths = Vec::new();
    for (name, first) in [("a.jsonl", 0), ("b.jsonl", third)] {
        let mut text = serde_json::to_string(&header()).expect("JSON");
        for number in first..first + third {
            let id = task(number);
            write!(text, "\n{{\"task\":\"{}\",\"completion\":\"{completion}\"}}", id.as_str()).expect("written");
        }
        paths.push(folder.path().join(name));
        fs::write(&paths[paths.len() - 1], text).expect("written");
    }
    let row = |number: u32| Prediction {
        task: task(number),
        completion: completion.clone(),
        prompt_tokens: Some(16_384),
        context_tokens: Some(8_192),
        new_tokens: Some(128),
        stop: None,
    };
    paths.push(folder.path().join("c.parquet"));
    let rows = (2 * third..ANSWERS).map(row).collect();
    Predictions { header: header(), rows }.write(&paths[2]).expect("written");

    let roll = Roll::new("r", "1", (0..ANSWERS).map(|number| (task(number), Split::CrossRepoTest)).collect());
    let submission = Submission::read(&paths, &roll, 20);
    assert_eq!(submission.verdict(), Verdict::Complete);
    let predictions = submission.into_predictions().expect("predictions");
    assert_eq!(predictions.rows.len(), ANSWERS as usize);
    assert!(peak() <= MOST, "the process took {} MiB, {MOST} are allowed", peak());
}
