//! What can go wrong when a model elsewhere is asked.

use std::path::{Path, PathBuf};

/// The result of an operation of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model elsewhere could not be asked. No variant repeats an API key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted: `read`, `write`, `open`.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// An address that cannot be asked, or must not be sent a key.
    #[error("--endpoint {reason}")]
    Endpoint {
        /// What is wrong with it, and what would be right.
        reason: String,
    },
    /// Settings that are no TOML, or hold what is not known.
    #[error("{origin}: {reason}")]
    Settings {
        /// The file, or what stands for it.
        origin: String,
        /// What is wrong, with the place in the text.
        reason: String,
    },
    /// A task that got no answer. Those answered before are in the journal.
    #[error("task {task} got no answer: {reason}")]
    Task {
        /// The task.
        task: bench::TaskId,
        /// Why, and what would help.
        reason: String,
    },
    /// A recording that is none, or cannot be used.
    #[error("recording {}{}: {reason}", path.display(), row.map_or_else(String::new, |row| format!(", row {row}")))]
    Recording {
        /// The recording.
        path: PathBuf,
        /// The line, from 1, where it can be named.
        row: Option<u64>,
        /// What is wrong.
        reason: String,
    },
    /// A plug-in that does not keep to the protocol, or died.
    #[error("the plug-in {reason}{}", last_words(.said))]
    Plugin {
        /// What it did, and what it should have done.
        reason: String,
        /// The last line of its standard error, or nothing.
        said: String,
    },
    /// A file of the benchmark could not be used.
    #[error(transparent)]
    Bench(#[from] bench::Error),
}

impl Error {
    /// An [`Error::Io`] for `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

fn last_words(said: &str) -> String {
    if said.is_empty() { String::new() } else { format!("; it last said: {said}") }
}
