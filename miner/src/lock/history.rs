//! The first-parent history of a branch and the commit that is pinned on it.

use bench::{CommitId, Timestamp};
use git2::Oid;

use crate::error::{Error, Result};
use crate::history::{self, Limits};
use crate::repository::Repository;

/// The first-parent history that ends in one commit, newest first.
pub(super) struct History {
    commits: Vec<(Oid, Timestamp)>,
}

/// A commit of a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pin {
    /// The commit.
    pub(super) commit: CommitId,
    /// Its committer date.
    pub(super) date: Timestamp,
    /// Commits of the first-parent history that ends in it.
    pub(super) commits: u64,
}

impl History {
    /// The history of `head`.
    ///
    /// # Errors
    /// If a commit is missing or damaged, or there are too many.
    pub(super) fn read(repository: &Repository, head: &CommitId) -> Result<Self> {
        let history = history::History::open(repository, Limits::default())?;
        let dated = |(id, seconds)| (id, Timestamp::from_seconds(seconds));
        Ok(Self { commits: history.commits(head)?.into_iter().map(dated).collect() })
    }

    /// The last commit that is not later than `until`, or the head if there is no `until` (R116).
    ///
    /// # Errors
    /// Never for ids that git made.
    pub(super) fn last(&self, until: Option<Timestamp>) -> Result<Option<Pin>> {
        let found = self.commits.iter().position(|(_, date)| until.is_none_or(|until| *date <= until));
        found.map(|at| self.pin(at)).transpose()
    }

    /// The earliest committer date; clocks lie, so it need not be that of the first commit.
    pub(super) fn earliest(&self) -> Timestamp {
        self.commits.iter().map(|(_, date)| *date).min().unwrap_or(Timestamp::from_seconds(0))
    }

    /// The committer date of the head.
    pub(super) fn head_date(&self) -> Timestamp {
        self.commits.first().map_or(Timestamp::from_seconds(0), |(_, date)| *date)
    }

    /// The commit without a parent with which the history begins.
    ///
    /// # Errors
    /// Never for ids that git made.
    pub(super) fn root(&self) -> Result<CommitId> {
        let (root, _) = self.commits.last().expect("because a history holds its newest commit");
        Ok(CommitId::new(root.to_string())?)
    }

    fn pin(&self, at: usize) -> Result<Pin> {
        let (id, date) = self.commits[at];
        let commit = CommitId::new(id.to_string()).map_err(Error::from)?;
        Ok(Pin { commit, date, commits: (self.commits.len() - at) as u64 })
    }
}
