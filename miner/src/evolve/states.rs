//! What is remembered of every test file from commit to commit, by profile.

use bench::{Emission, Profile, RepoPath};

use super::paper::PaperStates;
use super::strict::StrictStates;

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
            Self::Paper(states) => states.files.forget(path),
            Self::Strict(states) => states.forget(path),
        }
    }

    /// The file at `from` is now at `to`.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        match self {
            Self::Paper(states) => states.files.rename(from, to),
            Self::Strict(states) => states.rename(from, to),
        }
    }

    /// The rows that the version `text` of `path` emits in the commit `index`, their texts not yet numbered; none if
    /// Python 3.12 does not parse it.
    pub(super) fn update(&mut self, index: u32, path: &RepoPath, text: &str) -> Option<Vec<Emission>> {
        match self {
            Self::Paper(states) => states.update(index, path, text),
            Self::Strict(states) => states.update(index, path, text),
        }
    }
}
