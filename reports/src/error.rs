//! What can go wrong when scores become a leaderboard.

use std::path::{Path, PathBuf};

use bench::{Split, Track};

/// The result of a `reports` operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a leaderboard could not be made or written. Texts that come from score files are made printable first.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is nothing to show.
    #[error("a leaderboard needs the scores of at least one method; run `repopeft score` first")]
    Empty,
    /// Two score files that must not share a table.
    #[error(
        "cannot put {first} and {second} on one leaderboard: {what} {left} against {right}; score both against the same \
         release with the same tool"
    )]
    Mixed {
        /// The first score file.
        first: String,
        /// The score file that differs from it.
        second: String,
        /// In what they differ: `release`, `profile`, `rules version`, `format version`.
        what: &'static str,
        /// The value of `first`.
        left: String,
        /// The value of `second`.
        right: String,
    },
    /// Two score files of one and the same method, settings included.
    #[error("{first} and {second} are scores of the same method with the same settings; leave one out")]
    Twice {
        /// The first score file.
        first: String,
        /// The second.
        second: String,
    },
    /// Two score files that disagree on what the release holds.
    #[error("{first} counts {left} tasks in {split}, {second} counts {right}; score both again")]
    Counts {
        /// The split.
        split: Split,
        /// The first score file.
        first: String,
        /// Its count.
        left: u64,
        /// The second score file.
        second: String,
        /// Its count.
        right: u64,
    },
    /// A score file that says something no scorer writes.
    #[error("{file}, split {split}: {reason}; score again")]
    Summary {
        /// The score file.
        file: String,
        /// The split.
        split: Split,
        /// What is wrong.
        reason: String,
    },
    /// Two releases of one track.
    #[error("a board has one release of the {track} track, and two were given; leave one out")]
    Track {
        /// The track.
        track: Track,
    },
    /// Tasks that are not those of the score files.
    #[error("{suite}: the scores are of {tasks} tasks, and {found} were read or do not fit them; score again")]
    Tasks {
        /// The suite.
        suite: String,
        /// Its tasks by the score files.
        tasks: u64,
        /// The tasks that were read.
        found: u64,
    },
    /// A file beside scores that is no file, or too large to be one of ours.
    #[error("{} is no ordinary file of at most 64 MiB", path.display())]
    Beside {
        /// The file.
        path: PathBuf,
    },
    /// A cost that nobody can have measured.
    #[error("{}: `adaptation_seconds` is {seconds}; write seconds from 0", path.display())]
    Cost {
        /// The file.
        path: PathBuf,
        /// What it says.
        seconds: String,
    },
    /// A file of the project could not be read or written.
    #[error(transparent)]
    Bench(#[from] bench::Error),
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted: `create`, `write`, `rename`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}
