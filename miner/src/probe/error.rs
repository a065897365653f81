//! Why a probe corpus could not be written.

use std::path::{Path, PathBuf};

/// The result of an operation on the probe corpus.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a probe corpus could not be written or reused.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason.
        source: std::io::Error,
    },
    /// The git library refused.
    #[error("cannot write the repository {}", path.display())]
    Git {
        /// The repository.
        path: PathBuf,
        /// The reason.
        source: git2::Error,
    },
    /// The folder holds something else.
    #[error("{} holds {found}; name another folder or remove this one", path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What was found.
        found: String,
    },
    /// A file of a finished corpus is not what was written.
    #[error("{} is damaged: {reason}; remove the corpus folder and generate it again", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A history of so few commits cannot hold all planned events.
    #[error("a probe history of {asked} commits is too short; ask for at least {least}")]
    TooFewCommits {
        /// What was asked for.
        asked: usize,
        /// The smallest number that works.
        least: usize,
    },
    /// Nothing was asked for.
    #[error("a probe corpus of no repositories was asked for; ask for at least one")]
    NoRepositories,
    /// An answer that neither the text above nor a convention explains.
    #[error("{path}, line {line} of {repo}: the answer {answer} has no source; this is a defect of the generator")]
    Unexplained {
        /// The repository.
        repo: String,
        /// The test file.
        path: String,
        /// The line of the assertion.
        line: u32,
        /// The answer.
        answer: String,
    },
    /// A file of the corpus could not be read or written, or a name breaks its form.
    #[error(transparent)]
    Bench(#[from] bench::Error),
}

impl Error {
    /// An [`Error::Io`] for `path`.
    pub(super) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    /// An [`Error::Damaged`] for `path`.
    pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_owned(), reason: reason.into() }
    }

    /// Turns a failure of git on `path` into an [`Error::Git`].
    pub(super) fn git(path: &Path) -> impl Fn(git2::Error) -> Self + '_ {
        |source| Self::Git { path: path.to_owned(), source }
    }
}
