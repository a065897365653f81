//! Whether a release holds what it says, recomputed from its own tables and, where given, from mined shards (R150).
//!
//! Reading a release already refuses files that changed and tasks that are not what their ids say. Here nothing is
//! refused: everything that is wrong is named, so that one run tells all.

mod finding;
mod history;
mod reproduce;
mod tables;
mod tasks;

pub use finding::{Check, Finding, Findings};
pub use reproduce::reproduce;

use rayon::prelude::*;

use crate::error::Result;
use crate::ids::BlobId;
use crate::profile::Track;
use crate::release::Release;

/// The id that git gives to a file of these bytes.
pub type Identify<'a> = dyn Fn(&[u8]) -> BlobId + Sync + 'a;

/// Everything that is wrong with `release`: hashes and rows of its tables, placement, stages, caps, ids, spans, join keys.
///
/// Ids of blobs are recomputed with `identify` from every text that shows no sign of bytes that were not UTF-8.
///
/// # Errors
/// If a file cannot be read for another reason than its content.
pub fn verify(release: &Release, identify: &Identify<'_>) -> Result<Findings> {
    let mut findings = Findings::default();
    tables::check(release, &mut findings)?;
    tasks::check(release, &mut findings);
    if release.manifest().contents.track == Track::Evolution {
        let repos = &release.manifest().contents.repos;
        let each: Vec<Findings> = repos.par_iter().map(|known| history::check(release, known, identify)).collect();
        each.into_iter().for_each(|more| findings.extend(more));
    }
    Ok(findings)
}
