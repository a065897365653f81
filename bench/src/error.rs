//! What can go wrong when files of the benchmark are read or written.

use std::path::{Path, PathBuf};

/// The result of a `bench` operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a file of the benchmark could not be read, written or accepted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted: `read`, `write`, `create`, `rename`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// A file does not hold what its format demands.
    #[error("{}{}: {reason}", path.display(), place(*row))]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Line (text) or row (table), 1-based, where it can be named.
        row: Option<u64>,
        /// What is wrong and what would be right.
        reason: String,
    },
    /// A Parquet file could not be opened or decoded.
    #[error("{} is not a readable {table} table: {source}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// The table that was expected.
        table: &'static str,
        /// The reason.
        source: parquet::errors::ParquetError,
    },
    /// A Parquet file that would unfold to more than any file of its kind needs.
    #[error("{} is refused: {reason}", path.display())]
    Bomb {
        /// The file.
        path: PathBuf,
        /// What is too much.
        reason: String,
    },
    /// A file is of another table, format version or profile than asked for.
    #[error("{} holds {found}, but {expected} is needed", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// What the file says of itself.
        found: String,
        /// What the caller needs.
        expected: String,
    },
    /// A sealed release whose files no longer have the hashes of its manifest.
    #[error("{} was changed after sealing: hash {found}, manifest says {expected}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// The hash of the file now.
        found: String,
        /// The hash of the manifest.
        expected: String,
    },
    /// A folder that another process writes to.
    #[error("another process writes to {}; wait for it, or choose another folder", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// A journal that another run is writing or wrote.
    #[error("cannot resume from {}: {reason}; delete it to start again", path.display())]
    Journal {
        /// The journal.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// A task that stands twice among those to answer.
    #[error("cannot answer task {task}: it is asked twice")]
    Repeated {
        /// The task.
        task: crate::TaskId,
    },
    /// A word that names no member of a fixed set.
    #[error("unknown {what} `{word}`; known: {known}")]
    Unknown {
        /// The set: `split`, `profile`, ….
        what: &'static str,
        /// The word.
        word: String,
        /// The members, joined by commas.
        known: String,
    },
    /// An identifier that breaks its form.
    #[error("`{text}` is not a {what}: {rule}")]
    Identifier {
        /// The kind of identifier.
        what: &'static str,
        /// The text.
        text: String,
        /// The form it must have.
        rule: &'static str,
    },
    /// A grouping that the published split does not have.
    #[error("the profile paper splits pair by pair; `{asked}` groups need a mining folder of the profile strict")]
    Grouping {
        /// What was asked for.
        asked: crate::partition::Grouping,
    },
    /// Statistics that cannot be had.
    #[error("cannot {action}: {reason}")]
    Statistics {
        /// What was attempted.
        action: &'static str,
        /// Why it cannot be.
        reason: String,
    },
    /// Repositories that cannot be split as asked.
    #[error("cannot split {found} eligible repositories: {reason}")]
    Split {
        /// How many repositories take part.
        found: usize,
        /// What is missing and what would mend it.
        reason: String,
    },
}

impl Error {
    /// An [`Error::Io`] for `path`.
    pub fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// An [`Error::Malformed`] for `path`, at `row` if known.
    pub fn malformed(path: &Path, row: Option<u64>, reason: impl Into<String>) -> Self {
        Self::Malformed { path: path.to_owned(), row, reason: reason.into() }
    }
}

fn place(row: Option<u64>) -> String {
    row.map_or_else(String::new, |row| format!(", row {row}"))
}
