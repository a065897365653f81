//! What can go wrong when scores become a leaderboard.

use std::path::{Path, PathBuf};

use bench::Split;

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
