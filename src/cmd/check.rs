//! `check`: whether a submission fits its release, and everything that is wrong with it if it does not.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use bench::submission::{At, Coverage, Fault, FaultKind, Place, SubmittedFile};
use bench::{Release, Roll, Submission, Verdict};
use harness::RULES_VERSION;
use serde::Serialize;

use crate::cli::{CheckArgs, Format};
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Version of the JSON form of the result.
const REPORT_FORMAT: u32 = 1;

/// The JSON form of the result.
#[derive(Serialize)]
struct Report<'a> {
    repopeft_check: u32,
    verdict: Verdict,
    release: &'a str,
    rules: &'a str,
    method: Option<&'a str>,
    files: &'a [SubmittedFile],
    splits: &'a [Coverage],
    /// Faults by kind, all of them.
    counts: &'a BTreeMap<FaultKind, u64>,
    /// The first faults of each kind, by file and place.
    faults: Vec<Shown<'a>>,
}

/// The JSON form of a fault.
#[derive(Serialize)]
struct Shown<'a> {
    code: FaultKind,
    file: Option<&'a Path>,
    line: Option<u64>,
    row: Option<u64>,
    task: Option<&'a str>,
    message: &'a str,
    remedy: &'a str,
    /// Of an answer or header that contradicts an earlier one: where that stands.
    first_file: Option<&'a Path>,
    first_line: Option<u64>,
    first_row: Option<u64>,
}

impl<'a> Shown<'a> {
    fn of(fault: &'a Fault) -> Self {
        let (file, line, row) = parts(fault.place.as_ref());
        let (first_file, first_line, first_row) = parts(fault.first.as_ref());
        Self {
            code: fault.code,
            file,
            line,
            row,
            task: fault.task.as_deref(),
            message: &fault.message,
            remedy: &fault.remedy,
            first_file,
            first_line,
            first_row,
        }
    }
}

/// The file, line and row of `place`.
fn parts(place: Option<&Place>) -> (Option<&Path>, Option<u64>, Option<u64>) {
    let (line, row) = match place.and_then(|place| place.at) {
        Some(At::Line(line)) => (Some(line), None),
        Some(At::Row(row)) => (None, Some(row)),
        None => (None, None),
    };
    (place.map(|place| place.file.as_path()), line, row)
}

/// Checks the files of `args`: [`Answer::No`] if only answers are missing, [`Answer::Invalid`] if anything else is wrong.
pub(crate) fn run(args: &CheckArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let roll = Roll::of(&release, RULES_VERSION)?;
    let submission = Submission::read(&args.files, &roll, args.show as usize);
    match args.format {
        Format::Human => show(&submission, ui),
        Format::Json => {
            let report = report(&submission, &roll);
            ui.data(&serde_json::to_string_pretty(&report).context("cannot write the result as JSON")?);
        }
    }
    Ok(match submission.verdict() {
        Verdict::Complete => Answer::Done,
        Verdict::Incomplete => Answer::No,
        Verdict::Invalid => Answer::Invalid,
    })
}

fn report<'a>(submission: &'a Submission, roll: &'a Roll) -> Report<'a> {
    Report {
        repopeft_check: REPORT_FORMAT,
        verdict: submission.verdict(),
        release: roll.release(),
        rules: roll.rules(),
        method: submission.header.as_ref().map(|header| header.card.method.as_str()),
        files: &submission.files,
        splits: &submission.coverage,
        counts: submission.faults.counts(),
        faults: submission.faults.sorted().into_iter().map(Shown::of).collect(),
    }
}

/// Prints every fault that was kept and the numbers of those that were not, then a line a split and the verdict.
pub(crate) fn show(submission: &Submission, ui: &Ui) {
    let faults = submission.faults.sorted();
    for fault in &faults {
        ui.fault(&fault.to_string());
    }
    for (code, count) in submission.faults.counts() {
        let shown = faults.iter().filter(|fault| fault.code == *code).count() as u64;
        if *count > shown {
            ui.fault(&format!("{} more of {code}; `repopeft check --show N` shows more", count - shown));
        }
    }
    for Coverage { split, tasks, answered } in &submission.coverage {
        ui.data(&format!("{}\t{tasks} tasks\t{answered} answered\t{} missing", split.title(), tasks - answered));
    }
    let method = submission.header.as_ref().map_or("no header", |header| &header.card.method);
    let (verdict, faults) = (submission.verdict(), submission.faults.total());
    let counted = match faults {
        0 => String::new(),
        1 => "\t1 fault".to_owned(),
        _ => format!("\t{faults} faults"),
    };
    ui.data(&printable(&format!("{verdict}\t{method}{counted}")));
}
