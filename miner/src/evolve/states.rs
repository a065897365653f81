//! What is remembered of every test file from commit to commit, and how its versions are read, by profile.

use std::sync::Arc;

use bench::{Definition, Emission, Profile, RepoPath};

use super::paper::PaperStates;
use super::strict::StrictStates;
use crate::evolution::{Version, VersionReader};
use crate::strict::{StrictReader, StrictVersion};

/// A version of a test file that Python 3.12 parses, as its profile reads it.
pub(super) enum Reading {
    Paper(Arc<Version>),
    Strict(StrictVersion),
}

impl Reading {
    /// What the text, numbered `blob`, defines and imports, where that is known already.
    pub(super) fn definitions(&self, blob: u32) -> Option<Vec<Definition>> {
        match self {
            Self::Paper(version) => Some(version.definitions(blob)),
            Self::Strict(version) => version.definitions(blob),
        }
    }
}

/// Reads versions of test files; what it makes of one depends on its text alone.
pub(super) enum Reader {
    Paper(VersionReader),
    Strict(StrictReader),
}

impl Reader {
    /// One of `count` readers that together remember as much as one alone.
    pub(super) fn one_of(count: usize, profile: Profile) -> Self {
        match profile {
            Profile::Paper => Self::Paper(VersionReader::one_of(count)),
            Profile::Strict => Self::Strict(StrictReader::one_of(count)),
        }
    }

    /// The version `text` of `path`; none if Python 3.12 does not parse it.
    pub(super) fn read(&mut self, path: &RepoPath, text: &str) -> Option<Reading> {
        match self {
            Self::Paper(reader) => reader.read_file(path.as_str(), text).map(Arc::new).map(Reading::Paper),
            Self::Strict(reader) => reader.read_file(path.as_str(), text).map(Reading::Strict),
        }
    }
}

/// The states of the test files of one repository, by path.
pub(super) enum States {
    /// Assertions count as new by everything above them (R99).
    Paper(PaperStates),
    /// Assertions count as new if they were added or modified (R104).
    Strict(StrictStates),
}

impl States {
    /// No file is known.
    pub(super) fn new(profile: Profile) -> Self {
        match profile {
            Profile::Paper => Self::Paper(PaperStates::default()),
            Profile::Strict => Self::Strict(StrictStates::default()),
        }
    }

    /// The file at `path` is gone, or cannot be read.
    pub(super) fn forget(&mut self, path: &str) {
        match self {
            Self::Paper(states) => states.forget(path),
            Self::Strict(states) => states.forget(path),
        }
    }

    /// The file at `from` is now at `to`.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        match self {
            Self::Paper(states) => states.rename(from, to),
            Self::Strict(states) => states.rename(from, to),
        }
    }

    /// A version of `path` is one that Python 3.12 does not parse.
    pub(super) fn fail(&mut self, path: &RepoPath) {
        match self {
            Self::Paper(states) => states.fail(path),
            // It leaves what is known as it was (Q30).
            Self::Strict(_) => {}
        }
    }

    /// The rows that the version `reading` of `path` emits in the commit `index`, their texts not yet numbered.
    ///
    /// # Panics
    /// If the version was read by another profile.
    pub(super) fn update(&mut self, index: u32, path: &RepoPath, reading: &Reading) -> Vec<Emission> {
        match (self, reading) {
            (Self::Paper(states), Reading::Paper(version)) => states.update(index, path, version),
            (Self::Strict(states), Reading::Strict(version)) => states.update(index, path, version),
            _ => unreachable!("because readers and states are made for one profile"),
        }
    }
}
