//! What can be wrong with a submission: a code, a place, words and a remedy.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use crate::closed::closed_set;

closed_set! {
    /// What is wrong, in the order in which reports list it.
    pub enum FaultKind as "fault" {
        /// A file cannot be read.
        Unreadable = "unreadable",
        /// A file whose name ends neither in .jsonl nor in .parquet.
        BadName = "bad_name",
        /// One file given twice.
        RepeatedFile = "repeated_file",
        /// A file, or all of them, beyond what any submission needs.
        TooLarge = "too_large",
        /// A file without a header and without answers.
        Empty = "empty",
        /// A byte order mark at the start of a file.
        Bom = "bom",
        /// Bytes that are not UTF-8.
        NotUtf8 = "not_utf8",
        /// A line that is no JSON object.
        NotJson = "not_json",
        /// A last line that ends early.
        Truncated = "truncated",
        /// A line beyond what any answer needs.
        LongLine = "long_line",
        /// A Parquet file that cannot be read.
        NotParquet = "not_parquet",
        /// A Parquet file that would unfold to more than any submission needs.
        Bomb = "bomb",
        /// A file without a header.
        MissingHeader = "missing_header",
        /// A header that is not where it belongs.
        MisplacedHeader = "misplaced_header",
        /// A second header in one file.
        RepeatedHeader = "repeated_header",
        /// Another version of the predictions format.
        WrongFormat = "wrong_format",
        /// Another version of the scoring rules (S115).
        WrongRules = "wrong_rules",
        /// Another release.
        WrongRelease = "wrong_release",
        /// Splits that are unknown, named twice, or without tasks in the release.
        WrongSplits = "wrong_splits",
        /// Files of one submission whose headers differ.
        HeadersDiffer = "headers_differ",
        /// A field or column that must be there is not.
        MissingField = "missing_field",
        /// A field or column that means nothing.
        UnknownField = "unknown_field",
        /// A field that is given twice.
        RepeatedField = "repeated_field",
        /// A value of the wrong type, null included.
        WrongType = "wrong_type",
        /// Text that is no task id.
        BadId = "bad_id",
        /// A word that is none of those allowed.
        BadWord = "bad_word",
        /// A number that is negative, absurd or contradicts another.
        BadCount = "bad_count",
        /// Text of the header that is blank or too long, or too many settings.
        BadText = "bad_text",
        /// A completion beyond the limit.
        LongCompletion = "long_completion",
        /// An answer to a task that the release does not hold.
        UnknownTask = "unknown_task",
        /// An answer to a task of a split that the header does not name.
        OtherSplit = "other_split",
        /// A second answer to a task (S113).
        DuplicateAnswer = "duplicate_answer",
        /// A task without an answer (S113, S117).
        MissingAnswer = "missing_answer",
        /// So many faults that reading was ended.
        GaveUp = "gave_up",
    }
}

/// A place in a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// A line of JSON lines.
    Line(u64),
    /// A row of Parquet.
    Row(u64),
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Row(row) => write!(f, "row {row}"),
        }
    }
}

/// A file of a submission and, where it can be named, a line or row of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file as the caller named it.
    pub file: PathBuf,
    /// Where in it.
    pub at: Option<At>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        self.at.map_or(Ok(()), |at| write!(f, ", {at}"))
    }
}

/// One thing that is wrong with a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind of thing.
    pub code: FaultKind,
    /// Where; none for what is in no file, such as a missing answer.
    pub place: Option<Place>,
    /// The first of two places that contradict each other.
    pub first: Option<Place>,
    /// The task, as the file writes it.
    pub task: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: String,
}

impl Fault {
    /// A fault without a place.
    pub(super) fn new(code: FaultKind, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, place: None, first: None, task: None, message: message.into(), remedy: remedy.into() }
    }

    /// This fault, of `task`.
    pub(super) fn of(mut self, task: impl Into<String>) -> Self {
        self.task = Some(task.into());
        self
    }

    /// This fault, which `first` contradicts.
    pub(super) fn against(mut self, first: Place) -> Self {
        self.first = Some(first);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}", self.message)?;
        if let Some(first) = &self.first {
            write!(f, " (first: {first})")?;
        }
        write!(f, "; {} [{}]", self.remedy, self.code)
    }
}

/// Every fault of a submission: all are counted, the first few of each kind are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultList {
    /// How many of each kind are kept.
    kept_of_each: usize,
    kept: BTreeMap<FaultKind, Vec<Fault>>,
    counts: BTreeMap<FaultKind, u64>,
}

impl FaultList {
    /// An empty list that will keep `kept_of_each` faults of a kind.
    pub(super) fn new(kept_of_each: usize) -> Self {
        Self { kept_of_each, kept: BTreeMap::new(), counts: BTreeMap::new() }
    }

    /// Counts a fault of `code`, and keeps what `make` yields if it is one of the first.
    pub(super) fn add(&mut self, code: FaultKind, make: impl FnOnce() -> Fault) {
        *self.counts.entry(code).or_default() += 1;
        let kept = self.kept.entry(code).or_default();
        if kept.len() < self.kept_of_each {
            kept.push(make());
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }

    /// How many faults there are.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many faults of each kind there are; kinds without any are left out.
    pub fn counts(&self) -> &BTreeMap<FaultKind, u64> {
        &self.counts
    }

    /// How many faults of `code` there are.
    pub fn count(&self, code: FaultKind) -> u64 {
        self.counts.get(&code).copied().unwrap_or(0)
    }

    /// The faults that were kept, by file, place and kind; last those without a place, by kind and task.
    pub fn sorted(&self) -> Vec<&Fault> {
        let mut faults: Vec<&Fault> = self.kept.values().flatten().collect();
        faults.sort_by_key(|fault| (fault.place.is_none(), &fault.place, fault.code, &fault.task));
        faults
    }
}
