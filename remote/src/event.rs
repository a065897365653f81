//! What happens during a run.

use std::time::Duration;

use bench::{CommitId, RepoId, TaskId};

use crate::spent::Spent;

/// What happens during a run.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<'a> {
    /// The run begins.
    Started {
        /// All tasks.
        tasks: usize,
        /// Those that the journal already answers.
        resumed: usize,
    },
    /// A plug-in was given a repository.
    Entered {
        /// The repository.
        repo: &'a RepoId,
        /// The commit.
        commit: &'a CommitId,
    },
    /// A request is made again after a time.
    Waiting {
        /// How long.
        time: Duration,
        /// What for, in words of ours and of the server.
        why: &'a str,
    },
    /// A task stays without an answer, as the caller allowed.
    LeftOut {
        /// The task.
        task: &'a TaskId,
        /// Why.
        reason: &'a str,
    },
    /// A plug-in wrote a line to its standard error, or ended in another way than it should.
    Said(&'a str),
    /// Answers arrived and, if there is a journal, are in it.
    Done {
        /// Tasks answered so far, resumed ones included.
        tasks: usize,
        /// All tasks.
        total: usize,
        /// What was read and written since the run began.
        spent: Spent,
        /// Time since the run began.
        elapsed: Duration,
    },
}

/// Hears of the progress of a run.
pub trait Observer {
    /// Called on the thread of the run.
    fn event(&mut self, event: &Event<'_>);
}

/// Hears nothing.
impl Observer for () {
    fn event(&mut self, _event: &Event<'_>) {}
}
