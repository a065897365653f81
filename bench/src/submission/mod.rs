//! A submission: the files of one method's answers to a release, read without trust.
//!
//! [`Submission::read`] takes any number of files, which must have one header, merges their answers by task, and lists
//! everything that is wrong with them: every file, line and row is looked at, whatever was wrong with the one before. Time
//! and memory are bounded whatever the files hold; each limit is a constant beside what it limits.
//!
//! A submission is *complete* if nothing is wrong with it, *incomplete* if the only thing wrong is that answers are missing,
//! and otherwise *invalid* (S113, S117).

mod cells;
mod fault;
mod fields;
mod gather;
mod header;
mod json;
mod lines;
mod roll;
mod rows;

pub(crate) use cells::{COUNTS, Cells};
pub use fault::{At, Fault, FaultKind, FaultList, Place};
pub use roll::Roll;

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::closed::closed_set;
use crate::error::{Error, Result};
use crate::prediction::{Prediction, Predictions, PredictionsHeader};
use crate::predictions_file::Form;
use crate::split::Split;
use fault::FaultKind as Kind;
use gather::{Answer, Gathered, Gathering};

/// Bytes of all files of a submission at most. Our choice: twenty times what the published release takes.
const MAX_BYTES: u64 = 1 << 30;

closed_set! {
    /// What a submission is worth.
    pub enum Verdict as "verdict" {
        /// Every task of its splits is answered once, and nothing is wrong.
        Complete = "complete",
        /// Answers are missing, and nothing else is wrong.
        Incomplete = "incomplete",
        /// Something else is wrong.
        Invalid = "invalid",
    }
}

/// How many tasks of a split a submission answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The split.
    pub split: Split,
    /// Its tasks in the release.
    pub tasks: u64,
    /// Those with an answer.
    pub answered: u64,
}

/// A file of a submission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubmittedFile {
    /// The file as the caller named it.
    pub path: PathBuf,
    /// Its well-formed answers.
    pub answers: u64,
}

/// What the files of a submission hold and what is wrong with them.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// The files, in the order in which they were given.
    pub files: Vec<SubmittedFile>,
    /// The first well-formed header, its splits in the order of [`Split::ALL`].
    pub header: Option<PredictionsHeader>,
    /// Well-formed answers to tasks of the release, by task id; of several to one task the first.
    pub answers: Vec<Prediction>,
    /// The splits of the header with what is answered, in their order.
    pub coverage: Vec<Coverage>,
    /// Everything that is wrong.
    pub faults: FaultList,
}

impl Submission {
    /// What the files at `paths` hold, held against `roll`. Nothing of it fails: a file that cannot be read is one of the
    /// faults, of which the first `kept_of_each` of each kind are kept and all are counted.
    ///
    /// The answers do not depend on the order of files and rows, unless a task is answered twice.
    pub fn read(paths: &[PathBuf], roll: &Roll, kept_of_each: usize) -> Self {
        let mut gathering = Gathering::new(Some(roll), kept_of_each);
        read_files(paths, &mut gathering);
        gathering.compare();
        let Gathered { files, header, answers, faults } = gathering.finish();
        let files = files.into_iter().map(|(path, answers)| SubmittedFile { path, answers }).collect();
        let coverage = coverage(header.as_ref(), &answers, roll);
        let answers = answers.into_iter().flatten().map(|answer| answer.prediction).collect();
        Self { files, header, answers, coverage, faults }
    }

    /// What the submission is worth.
    pub fn verdict(&self) -> Verdict {
        match self.faults.total() - self.faults.count(Kind::MissingAnswer) {
            0 if self.faults.is_empty() => Verdict::Complete,
            0 => Verdict::Incomplete,
            _ => Verdict::Invalid,
        }
    }

    /// The predictions, by task id, unless the submission is [invalid](Verdict::Invalid).
    pub fn into_predictions(self) -> Option<Predictions> {
        if self.verdict() == Verdict::Invalid {
            return None;
        }
        Some(Predictions { header: self.header?, rows: self.answers })
    }
}

/// The predictions in the file at `path`, in file order, held against no release; the first fault is an error.
pub(crate) fn read_alone(path: &Path) -> Result<Predictions> {
    let mut gathering = Gathering::new(None, 1);
    read_files(&[path.to_owned()], &mut gathering);
    let Gathered { header, answers, faults, .. } = gathering.finish();
    match (faults.sorted().first(), header) {
        (None, Some(header)) => {
            let rows = answers.into_iter().flatten().map(|answer| answer.prediction).collect();
            Ok(Predictions { header, rows })
        }
        (Some(fault), _) => {
            let row = fault.place.as_ref().and_then(|place| place.at).map(|at| match at {
                At::Line(number) | At::Row(number) => number,
            });
            Err(Error::malformed(path, row, format!("{}; {}", fault.message, fault.remedy)))
        }
        (None, None) => Err(Error::malformed(path, None, "has no header")),
    }
}

fn read_files(paths: &[PathBuf], gathering: &mut Gathering<'_>) {
    let mut known: Vec<PathBuf> = Vec::new();
    let mut left = MAX_BYTES;
    for path in paths {
        gathering.begin(path);
        match size(path, &mut known) {
            Err(fault) => gathering.fault(None, *fault),
            Ok(size) if size > left => {
                let message = format!("the files have more than {} MiB", MAX_BYTES >> 20);
                gathering.fault(None, Fault::new(Kind::TooLarge, message, "answer every task once and briefly"));
            }
            Ok(size) => {
                left -= size;
                match Form::of(path) {
                    Ok(Form::JsonLines) => lines::read(path, size, gathering),
                    Ok(Form::Parquet) => rows::read(path, gathering),
                    Err(_) => {
                        let message = "the name ends neither in .jsonl nor in .parquet";
                        gathering.fault(None, Fault::new(Kind::BadName, message, "rename the file by what it holds"));
                    }
                }
            }
        }
        if gathering.ended() {
            return;
        }
    }
}

/// The bytes of the file at `path`, which becomes known.
fn size(path: &Path, known: &mut Vec<PathBuf>) -> std::result::Result<u64, Box<Fault>> {
    let unreadable =
        |reason: String| Box::new(Fault::new(Kind::Unreadable, format!("cannot be read: {reason}"), "name a file"));
    let real = path.canonicalize().map_err(|e| unreadable(e.to_string()))?;
    let about = real.metadata().map_err(|e| unreadable(e.to_string()))?;
    if !about.is_file() {
        return Err(unreadable("it is no ordinary file".to_owned()));
    }
    if known.contains(&real) {
        let fault = Fault::new(Kind::RepeatedFile, "the file was given before", "give each file once");
        return Err(Box::new(fault));
    }
    known.push(real);
    Ok(about.len())
}

fn coverage(header: Option<&PredictionsHeader>, answers: &[Option<Answer>], roll: &Roll) -> Vec<Coverage> {
    let splits = header.map_or(&[][..], |header| &header.splits);
    let of = |&split: &Split| {
        let places = roll.tasks().iter().zip(answers).filter(|((_, known), _)| *known == split);
        let (mut tasks, mut answered) = (0, 0);
        for (_, answer) in places {
            tasks += 1;
            answered += u64::from(answer.is_some());
        }
        Coverage { split, tasks, answered }
    };
    splits.iter().map(of).collect()
}
