//! What a check found.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::closed::closed_set;
use crate::error::Error;

closed_set! {
    /// What is checked.
    pub enum Check as "check" {
        /// Every file is there, unchanged, of the table, version and rows of the manifest, and no other file is.
        Files = "files",
        /// A repository is in one partition, and its tasks are of splits of that partition.
        Partition = "partition",
        /// Counts of the manifest are those of the tables.
        Counts = "counts",
        /// Ids are unique.
        Unique = "unique",
        /// Ids are the addresses of what tasks hold, and spans lie in their texts.
        Address = "address",
        /// Kept commits are numbered from 0, and their stages are those of R113.
        Chronology = "chronology",
        /// Training tables hold tasks of training commits alone, evaluated ones those of their stage.
        Stage = "stage",
        /// Tasks of a commit are not more than the caps allow.
        Caps = "caps",
        /// Rows refer to rows that are there.
        Join = "join",
        /// Ids of blobs are those of their texts.
        Blobs = "blobs",
        /// Mining the clone again gives the same tables and every task.
        Reproduced = "reproduced",
        /// Splitting and sealing what was mined gives this very release.
        Rebuilt = "rebuilt",
        /// What is said beside the tables is said of this release.
        Beside = "beside",
    }
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was checked.
    pub check: Check,
    /// Where: a path inside the release, or a repository.
    pub subject: String,
    /// The row of the table, from 1, where one can be named.
    pub row: Option<u64>,
    /// What is there and what should be.
    pub reason: String,
}

/// Findings that are listed for one check and subject at most; the others are counted.
const LISTED: u64 = 5;

/// All that is wrong, and how much was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Findings {
    /// What is listed, in the order of the checks.
    pub listed: Vec<Finding>,
    /// How often each check failed, listed or not.
    pub failed: BTreeMap<Check, u64>,
    /// How many things each check looked at.
    pub passed: BTreeMap<Check, u64>,
    #[serde(skip)]
    per_subject: BTreeMap<(Check, String), u64>,
}

impl Findings {
    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.failed.is_empty()
    }

    /// Notes that `check` of `subject` gave `fault`, or nothing.
    pub(crate) fn note(&mut self, check: Check, subject: &str, fault: Option<impl FnOnce() -> String>) {
        self.note_at(check, subject, None, fault);
    }

    /// As [`Findings::note`], of `row` of the table `subject`, from 1.
    pub(crate) fn note_at(
        &mut self,
        check: Check,
        subject: &str,
        row: Option<u64>,
        fault: Option<impl FnOnce() -> String>,
    ) {
        let Some(reason) = fault else {
            *self.passed.entry(check).or_default() += 1;
            return;
        };
        *self.failed.entry(check).or_default() += 1;
        let count = self.per_subject.entry((check, subject.to_owned())).or_default();
        *count += 1;
        if *count <= LISTED {
            self.listed.push(Finding { check, subject: subject.to_owned(), row, reason: reason() });
        }
    }

    /// Notes whether `holds`; `reason` says what is wrong if not.
    pub(crate) fn expect(&mut self, check: Check, subject: &str, holds: bool, reason: impl FnOnce() -> String) {
        self.note(check, subject, (!holds).then_some(reason));
    }

    /// As [`Findings::expect`], of `row` of the table `subject`, from 1.
    pub(crate) fn expect_at(
        &mut self,
        check: Check,
        subject: &str,
        row: u64,
        holds: bool,
        reason: impl FnOnce() -> String,
    ) {
        self.note_at(check, subject, Some(row), (!holds).then_some(reason));
    }

    /// Notes that a table could not be read.
    pub(crate) fn unreadable(&mut self, check: Check, subject: &str, error: &Error) {
        self.note(check, subject, Some(|| error.to_string()));
    }

    /// Takes what another look found.
    pub fn extend(&mut self, more: Self) {
        self.listed.extend(more.listed);
        for (check, count) in more.failed {
            *self.failed.entry(check).or_default() += count;
        }
        for (check, count) in more.passed {
            *self.passed.entry(check).or_default() += count;
        }
    }
}
