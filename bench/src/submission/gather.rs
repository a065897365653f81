//! What the files of a submission hold, gathered: one header, answers with their places, and everything that is wrong.

use std::path::{Path, PathBuf};

use super::fault::{At, Fault, FaultKind, FaultList, Place};
use super::roll::Roll;
use crate::prediction::{Prediction, PredictionsHeader};

/// Answers at most, whatever the release. Our choice: the published one has not a tenth of it.
const MAX_ROWS: u64 = 5_000_000;
/// Bytes of all completions at most: what a scorer must hold.
const MAX_TEXT_BYTES: usize = 512 << 20;
/// Faults after which reading ends: whoever has so many knows after the first thousand.
const MAX_FAULTS: u64 = 1_000_000;

/// An answer and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answer {
    pub(super) prediction: Prediction,
    file: usize,
    at: At,
}

/// What the files of a submission hold.
pub(super) struct Gathered {
    /// The files with the number of their well-formed answers.
    pub(super) files: Vec<(PathBuf, u64)>,
    pub(super) header: Option<PredictionsHeader>,
    /// With a roll one place a task, otherwise the answers in file order.
    pub(super) answers: Vec<Option<Answer>>,
    pub(super) faults: FaultList,
}

/// Receives what readers find.
pub(super) struct Gathering<'r> {
    roll: Option<&'r Roll>,
    files: Vec<PathBuf>,
    /// The answers of each file.
    rows: Vec<u64>,
    header: Option<(PredictionsHeader, Place)>,
    /// With a roll one place a task, otherwise the answers in file order.
    answers: Vec<Option<Answer>>,
    text_bytes: usize,
    faults: FaultList,
    ended: bool,
}

impl<'r> Gathering<'r> {
    /// Nothing yet. Without a roll every well-formed answer is kept in file order, and no two are compared.
    pub(super) fn new(roll: Option<&'r Roll>, kept_of_each: usize) -> Self {
        let answers = vec![None; roll.map_or(0, |roll| roll.tasks().len())];
        Self {
            roll,
            files: Vec::new(),
            rows: Vec::new(),
            header: None,
            answers,
            text_bytes: 0,
            faults: FaultList::new(kept_of_each),
            ended: false,
        }
    }

    /// What follows is of the file at `path`.
    pub(super) fn begin(&mut self, path: &Path) {
        self.files.push(path.to_owned());
        self.rows.push(0);
    }

    /// Whether readers should stop: there are too many faults, or too much of everything.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Notes `fault`, at the place `at` of the present file.
    pub(super) fn fault(&mut self, at: Option<At>, fault: Fault) {
        let place = self.files.last().map(|file| Place { file: file.clone(), at });
        self.faults.add(fault.code, || Fault { place, ..fault });
        if self.faults.total() >= MAX_FAULTS && !self.ended {
            self.ended = true;
            let message = format!("there are {MAX_FAULTS} faults, and what follows was not read");
            self.faults.add(FaultKind::GaveUp, || Fault::new(FaultKind::GaveUp, message, "mend these and check again"));
        }
    }

    /// Notes `faults`, at the place `at` of the present file.
    pub(super) fn faults(&mut self, at: Option<At>, faults: Vec<Fault>) {
        for fault in faults {
            self.fault(at, fault);
        }
    }

    /// Takes the header of the present file: the first counts, others must say the same.
    pub(super) fn header(&mut self, at: Option<At>, mut header: PredictionsHeader) {
        header.splits.sort_unstable();
        self.faults(at, self.roll.map(|roll| strangers(&header, roll)).unwrap_or_default());
        match &self.header {
            None => {
                let file = self.files.last().cloned().unwrap_or_default();
                self.header = Some((header, Place { file, at }));
            }
            Some((first, place)) if *first != header => {
                let message = format!("the header differs from another one in {}", differences(first, &header));
                let remedy = "give all files of a submission one header; it names the splits of the whole";
                let fault = Fault::new(FaultKind::HeadersDiffer, message, remedy).against(place.clone());
                self.fault(at, fault);
            }
            Some(_) => {}
        }
    }

    /// Takes an answer of the present file.
    pub(super) fn answer(&mut self, at: At, prediction: Prediction) {
        if let Some(rows) = self.rows.last_mut() {
            *rows += 1;
        }
        let answer = Answer { prediction, file: self.files.len().saturating_sub(1), at };
        self.text_bytes += answer.prediction.completion.len();
        if self.rows.iter().sum::<u64>() > MAX_ROWS || self.text_bytes > MAX_TEXT_BYTES {
            let message = format!("there are more than {MAX_ROWS} answers, or {} MiB of them", MAX_TEXT_BYTES >> 20);
            self.fault(Some(at), Fault::new(FaultKind::TooLarge, message, "answer every task once and briefly"));
            self.ended = true;
            return;
        }
        let Some(roll) = self.roll else { return self.answers.push(Some(answer)) };
        let task = &answer.prediction.task;
        let Some(place) = roll.place(task) else {
            let message = format!("task {task} is not in release {}", roll.release());
            let remedy = "answer the tasks of tasks/<split>.parquet of this release";
            let fault = Fault::new(FaultKind::UnknownTask, message, remedy).of(task.as_str());
            self.text_bytes -= answer.prediction.completion.len();
            return self.fault(Some(at), fault);
        };
        if let Some(first) = &self.answers[place] {
            let message = format!("task {task} is answered twice");
            let fault = Fault::new(FaultKind::DuplicateAnswer, message, "keep one answer").of(task.as_str());
            let fault = fault.against(self.place_of(first));
            self.text_bytes -= answer.prediction.completion.len();
            return self.fault(Some(at), fault);
        }
        self.answers[place] = Some(answer);
    }

    fn place_of(&self, answer: &Answer) -> Place {
        Place { file: self.files[answer.file].clone(), at: Some(answer.at) }
    }

    /// Notes the answers to tasks of splits that the header does not name, and the tasks of its splits without an answer.
    pub(super) fn compare(&mut self) {
        let (Some(roll), Some((header, _))) = (self.roll, &self.header) else { return };
        let mut other: Vec<(usize, At, Fault)> = Vec::new();
        for (answer, (task, split)) in self.answers.iter().zip(roll.tasks()) {
            let asked = header.splits.contains(split);
            match answer {
                Some(answer) if !asked => {
                    let message = format!("task {task} is of {split}, which the header does not name");
                    let remedy = format!("add {split} to its `splits`, and answer all of it, or remove the answer");
                    let fault = Fault::new(FaultKind::OtherSplit, message, remedy).of(task.as_str());
                    let place = self.place_of(answer);
                    other.push((answer.file, answer.at, Fault { place: Some(place), ..fault }));
                }
                None if asked => self.faults.add(FaultKind::MissingAnswer, || {
                    let message = format!("task {task} of {split} has no answer");
                    let remedy = "answer it, or have it counted as wrong by `score --allow-missing`";
                    Fault::new(FaultKind::MissingAnswer, message, remedy).of(task.as_str())
                }),
                _ => {}
            }
        }
        other.sort_by_key(|(file, at, _)| (*file, *at));
        for (_, _, fault) in other {
            self.faults.add(FaultKind::OtherSplit, || fault);
        }
    }

    /// What was gathered.
    pub(super) fn finish(self) -> Gathered {
        Gathered {
            files: self.files.into_iter().zip(self.rows).collect(),
            header: self.header.map(|(header, _)| header),
            answers: self.answers,
            faults: self.faults,
        }
    }
}

/// How `header` contradicts the release and the rules of `roll`.
fn strangers(header: &PredictionsHeader, roll: &Roll) -> Vec<Fault> {
    let mut faults = Vec::new();
    if header.release != roll.release() {
        let message = format!("the header answers release {}, but this is release {}", header.release, roll.release());
        let remedy = "check it against the release it answers, or answer this one";
        faults.push(Fault::new(FaultKind::WrongRelease, message, remedy));
    }
    if let Some(rules) = header.rules.as_ref().filter(|rules| **rules != roll.rules()) {
        let message = format!("the header asks for scoring rules {rules}, but this program has rules {}", roll.rules());
        let remedy = "use the program of that version, or leave `rules` out";
        faults.push(Fault::new(FaultKind::WrongRules, message, remedy));
    }
    for split in &header.splits {
        if !roll.tasks().iter().any(|(_, known)| known == split) {
            let message = format!("`splits` names {split}, of which the release has no tasks");
            faults.push(Fault::new(FaultKind::WrongSplits, message, format!("remove {split}")));
        }
    }
    faults
}

/// The fields in which two headers differ, those of the card one by one.
fn differences(a: &PredictionsHeader, b: &PredictionsHeader) -> String {
    let json = |header: &PredictionsHeader| serde_json::to_value(header).unwrap_or_default();
    let (a, b) = (json(a), json(b));
    let mut names = Vec::new();
    for (prefix, pointer) in [("", ""), ("card.", "/card")] {
        let fields = |value: &serde_json::Value| value.pointer(pointer).and_then(|v| v.as_object()).cloned();
        let (a, b) = (fields(&a).unwrap_or_default(), fields(&b).unwrap_or_default());
        let mut keys: Vec<&String> = a.keys().chain(b.keys()).filter(|key| *key != "card").collect();
        keys.sort();
        keys.dedup();
        let differing = keys.into_iter().filter(|key| a.get(*key) != b.get(*key));
        names.extend(differing.map(|key| format!("`{prefix}{key}`")));
    }
    names.join(", ")
}
