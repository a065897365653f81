//! What a new version of a file gives: which of its assertions are tasks, and what happened to each (R98–R104, R115).
//!
//! The tables published for R114 know `added` and `modified` only: [`Change::Reemitted`] is `added` there, without an
//! old target.

use std::sync::Arc;

use super::digest::Digest;
use super::pairing::{Origin, pair};
use super::version::Version;

/// An assertion of a version that is a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Its place in the version's walk.
    pub cut: usize,
    /// What happened to it.
    pub change: Change,
}

/// What happened to an assertion since the last version that parses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is new.
    Added,
    /// Its target is another.
    Modified(Old),
    /// Nothing; it is emitted because text before it changed (R102). Only `paper` has these.
    Reemitted(Old),
}

/// The assertion as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Old {
    /// Its target.
    pub target: Arc<str>,
    /// Line of its node, from 1.
    pub line: u32,
    /// Column of its node, from 0, in bytes.
    pub column: u32,
}

/// The tasks of `current` by the reference's rule (R99): all whose keys are not among `known`, which is sorted.
/// `previous` is the last version that parses; it decides what each is called, not whether it is emitted.
pub(super) fn paper(known: &[Digest], previous: Option<&Version>, current: &Version) -> Vec<Event> {
    let is_new = |key: &Digest| known.binary_search(key).is_err();
    if !current.keys().iter().any(is_new) {
        return Vec::new();
    }
    let emitted = changes(previous, current).into_iter().zip(current.keys()).enumerate();
    emitted.filter(|(_, (_, key))| is_new(key)).map(|(cut, (change, _))| Event { cut, change }).collect()
}

/// The tasks of `current` by the repaired rule (R104): all that were added or modified since `previous`.
pub(super) fn strict(previous: Option<&Version>, current: &Version) -> Vec<Event> {
    let events = changes(previous, current).into_iter().enumerate().map(|(cut, change)| Event { cut, change });
    events.filter(|event| !matches!(event.change, Change::Reemitted(_))).collect()
}

/// What happened to every assertion of `current`.
fn changes(previous: Option<&Version>, current: &Version) -> Vec<Change> {
    let Some(previous) = previous else { return vec![Change::Added; current.len()] };
    let old = |at: usize| {
        let cut = previous.cut(at);
        Old { target: previous.target(at), line: cut.line, column: cut.column }
    };
    let origins = pair(&previous.marks(), &current.marks());
    let change = |origin| match origin {
        Origin::None => Change::Added,
        Origin::Same(at) => Change::Reemitted(old(at)),
        Origin::Changed(at) => Change::Modified(old(at)),
    };
    origins.into_iter().map(change).collect()
}
