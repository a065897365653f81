//! What can go wrong when a repository is mined. A file that cannot be mined is an entry of the outcome, not an error.

use std::path::PathBuf;

/// The result of a mining operation.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a repository could not be mined.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing stands at the path.
    #[error("{} does not exist; name a git repository or a URL to clone", path.display())]
    Missing {
        /// The path.
        path: PathBuf,
    },
    /// Something else than a repository stands at the path.
    #[error("{} is not a git repository", path.display())]
    NotRepository {
        /// The path.
        path: PathBuf,
        /// The reason.
        source: git2::Error,
    },
    /// The repository belongs to another user, whom git does not trust.
    #[error("{0} belongs to another user; if you trust it, run `git config --global --add safe.directory {0}`", path.display())]
    Ownership {
        /// The path.
        path: PathBuf,
    },
    /// The repository holds no commit.
    #[error("{} is an empty repository: it has no commit to mine", path.display())]
    Empty {
        /// The path.
        path: PathBuf,
    },
    /// HEAD names a branch without commits, although other branches exist.
    #[error("HEAD of {} names a branch that has no commit; choose a revision with @REV", path.display())]
    Unborn {
        /// The path.
        path: PathBuf,
    },
    /// A revision that names no commit of the repository.
    #[error("`{rev}` names no commit of {}; give a commit id, a tag or a branch that it holds", path.display())]
    Revision {
        /// The path.
        path: PathBuf,
        /// The revision as given.
        rev: String,
        /// The reason.
        source: git2::Error,
    },
    /// The repository is damaged or incomplete.
    #[error("cannot read {what} of {}", path.display())]
    Damaged {
        /// The object: `the tree`, `a file`, ….
        what: String,
        /// The repository.
        path: PathBuf,
        /// The reason.
        source: git2::Error,
    },
    /// The history of the clone is cut off.
    #[error("{} is a shallow clone: its history is cut off; complete it with `git fetch --unshallow`", path.display())]
    Shallow {
        /// The repository.
        path: PathBuf,
    },
    /// What an earlier walk remembered is not there any more.
    #[error(
        "{what}, which an earlier call remembered, is no longer in the repository; start again without what it left"
    )]
    Forgotten {
        /// The object.
        what: String,
    },
    /// An object that the history names is not there.
    #[error("{what} is missing from {}; clone the repository again, whole (without --depth and --filter)", path.display())]
    Incomplete {
        /// The object: `the commit …`, `the tree …`.
        what: String,
        /// The repository.
        path: PathBuf,
    },
    /// Something larger than in any real repository.
    #[error("{what} exceeds {limit} in {}; no real repository comes near, so it is not mined", path.display())]
    Beyond {
        /// What was measured.
        what: String,
        /// The limit.
        limit: usize,
        /// The repository.
        path: PathBuf,
    },
    /// A tree with more entries than any real repository has.
    #[error("the tree of {} has more than {limit} entries", path.display())]
    TreeTooLarge {
        /// The repository.
        path: PathBuf,
        /// The limit.
        limit: usize,
    },
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
    /// A URL whose scheme is not cloned from.
    #[error("cannot clone `{url}`: only https, http, ssh, git and file URLs are supported")]
    Scheme {
        /// The URL.
        url: String,
    },
    /// Cloning failed.
    #[error("cannot clone `{url}`: {reason}")]
    Clone {
        /// The URL.
        url: String,
        /// What git said.
        reason: String,
    },
    /// Cloning took more time than it may.
    #[error("cannot clone `{url}` within {seconds} s; raise the time limit or clone by hand")]
    CloneTooSlow {
        /// The URL.
        url: String,
        /// The limit.
        seconds: u64,
    },
    /// A clone grew beyond its limit.
    #[error("the clone of `{url}` has more than {bytes} bytes; raise the size limit or leave it out")]
    CloneTooLarge {
        /// The URL.
        url: String,
        /// The limit.
        bytes: u64,
    },
    /// The git programs of a process that was killed write to a folder of mirrors.
    #[error("git, started by a fetch that was killed, still writes to {}; wait for it, or end it", path.display())]
    MirrorsBusy {
        /// The folder.
        path: PathBuf,
    },
    /// The labels of a generated corpus do not have their form.
    #[error("{}, line {row}: {reason}", path.display())]
    Labels {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        row: usize,
        /// What is wrong.
        reason: String,
    },
    /// The observer did not want to go on.
    #[error("mining {repo} was stopped: it took longer than it may; raise the limit or leave the repository out")]
    Stopped {
        /// The repository.
        repo: bench::RepoId,
    },
    /// A name that the benchmark's types refuse.
    #[error(transparent)]
    Bench(#[from] bench::Error),
}

impl Error {
    /// What is wrong with a repository, without a word of where it lies: data don't say on which machine they were made
    /// (R149).
    pub(crate) fn without_place(&self) -> String {
        match self {
            Self::Damaged { what, .. } => format!("cannot read {what}"),
            Self::Incomplete { what, .. } => format!("{what} is missing"),
            Self::Beyond { what, limit, .. } => format!("{what} exceeds {limit}"),
            Self::TreeTooLarge { limit, .. } => format!("the tree has more than {limit} entries"),
            _ => "it cannot be made".to_owned(),
        }
    }
}
