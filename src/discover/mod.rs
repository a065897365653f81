//! Finding repositories on a host by the published criteria (R18 to R34).
//!
//! A run is a function of the host's answers, and every answer is kept in a [`Store`](store::Store) before it is used. So
//! a run that was killed goes on where it stopped, a finished one can be replayed without the host, and both give the
//! same bytes.

mod candidate;
mod client;
mod evidence;
mod item;
mod query;
mod search;
mod store;
mod verdict;

pub(crate) use candidate::{Candidate, read_candidates};
pub(crate) use client::Access;
pub(crate) use query::{Queries, queries};
pub(crate) use search::{Found, Tally};

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use bench::RepoId;

/// Listens to a search.
pub(crate) trait Listener {
    /// Search `done` of `total` begins.
    fn begin(&self, done: usize, total: usize, search: &str);
    /// Something is waited for.
    fn note(&self, text: &str);
}

/// Runs `queries`, keeping answers in the folder `responses`; repositories of `baseline` are no OOD candidates.
///
/// # Errors
/// If the host cannot be used as [`Access`] says, or an answer is not of its documented form.
pub(crate) fn discover(
    queries: &Queries,
    access: &Access,
    responses: &Path,
    baseline: &BTreeSet<RepoId>,
    listener: &dyn Listener,
) -> Result<Found> {
    let note = |text: &str| listener.note(text);
    let client = client::Client::new(access, store::Store::at(responses), &note)?;
    search::Search::new(queries, client, baseline, listener).run()
}
