//! What happens during an audit.

use bench::RepoId;

/// An event of an audit.
#[derive(Debug, Clone, PartialEq)]
pub enum AuditEvent<'a> {
    /// Adapters of training repositories are averaged.
    Averaging {
        /// So many.
        repos: usize,
    },
    /// Scoring begins.
    Started {
        /// Pieces of work.
        units: usize,
        /// Those that the journal already holds.
        resumed: usize,
    },
    /// A repository's tasks are scored now.
    Entered {
        /// The repository.
        repo: &'a RepoId,
    },
    /// Pieces are done.
    Done {
        /// So many, resumed ones included.
        units: usize,
    },
}

/// Hears of the progress of an audit.
pub trait AuditObserver {
    /// Called on the thread of the audit.
    fn event(&mut self, event: &AuditEvent<'_>);
}

/// Hears nothing.
impl AuditObserver for () {
    fn event(&mut self, _event: &AuditEvent<'_>) {}
}
