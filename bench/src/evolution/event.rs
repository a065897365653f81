//! What a commit did to an assertion, and what a task of the evolution track knows beyond a static one.

use super::Stage;
use crate::closed::closed_set;

closed_set! {
    /// What a commit did to an emitted assertion (R104, R115).
    pub enum Event as "event" {
        /// It has no counterpart in the version before.
        Added = "added",
        /// Its counterpart had another target.
        Modified = "modified",
        /// Neither: the text above it changed. Only the profile `paper` emits these (R102).
        Reemitted = "reemitted",
    }
}

/// What a task of the evolution track has beyond one of the static track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evolution {
    /// Place of its commit among the kept commits of the repository, from 0.
    pub commit_index: u32,
    /// The stage of that commit.
    pub stage: Stage,
    /// What the commit did to the assertion; none where imported tables do not say.
    pub event: Option<Event>,
    /// Line of the node at which the source is cut, from 1, parser lines (R4); none where imported tables do not say.
    pub target_line: Option<u32>,
    /// The target before the commit, if it was modified.
    pub old_target: Option<String>,
    /// The line of its counterpart before the commit, from 1.
    pub old_line: Option<u32>,
    /// The column of its counterpart before the commit, from 0, in UTF-8 bytes.
    pub old_column: Option<u32>,
}
