//! Whether a release holds what it says, recomputed from its own tables and, where given, from what was mined (R150).
//!
//! Reading a release already refuses files that changed and tasks that are not what their ids say. Here nothing is
//! refused: everything that is wrong is named, so that one run tells all. [`verify()`] reads the release alone,
//! [`reproduce()`] holds a repository against its shard, [`rebuild()`] the whole against a mining folder.

mod beside;
mod finding;
mod history;
mod rebuild;
mod reproduce;
mod tables;
mod tasks;

pub use finding::{Check, Finding, Findings};
pub use rebuild::rebuild;
pub use reproduce::reproduce;

use std::path::Path;

use rayon::prelude::*;

use crate::error::Result;
use crate::ids::BlobId;
use crate::profile::Track;
use crate::release::{Release, TaskSet};

/// The id that git gives to a file of these bytes.
pub type Identify<'a> = dyn Fn(&[u8]) -> BlobId + Sync + 'a;

/// What hears how many more of the [`steps`] are done.
pub type Progress<'a> = dyn Fn(u64) + Sync + 'a;

/// The release in the folder `root`, even if its manifest is not the one that was sealed, which [`verify()`] names.
///
/// # Errors
/// If there is no manifest that can be read, or it is of another format.
pub fn open(root: &Path) -> Result<Release> {
    Release::open_as_found(root)
}

/// How many steps [`verify()`] takes: one a table, a task and a repository.
pub fn steps(release: &Release) -> u64 {
    let contents = &release.manifest().contents;
    let rows = |set: TaskSet| contents.table(&set.path()).map_or(0, |entry| entry.rows);
    TaskSet::all().map(rows).sum::<u64>() + (contents.tables.len() + contents.repos.len()) as u64
}

/// Everything that is wrong with `release`: hashes and rows of its tables, placement, stages, caps, ids, spans, join keys,
/// and what is said beside them.
///
/// Ids of blobs are recomputed with `identify` from every text that shows no sign of bytes that were not UTF-8.
///
/// # Errors
/// If a file cannot be read for another reason than its content.
pub fn verify(release: &Release, identify: &Identify<'_>, progress: &Progress<'_>) -> Result<Findings> {
    let mut findings = Findings::default();
    tables::check(release, progress, &mut findings)?;
    beside::check(release, &mut findings);
    tasks::check(release, progress, &mut findings);
    let repos = &release.manifest().contents.repos;
    if release.manifest().contents.track == Track::Evolution {
        let check = |known| {
            let found = history::check(release, known, identify);
            progress(1);
            found
        };
        let each: Vec<Findings> = repos.par_iter().map(check).collect();
        each.into_iter().for_each(|more| findings.extend(more));
    } else {
        progress(repos.len() as u64);
    }
    Ok(findings)
}
