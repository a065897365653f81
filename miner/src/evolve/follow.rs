//! The first pass alone, for those who read a history as it grows: which commits are kept, their diffs and their trees.

use std::collections::BTreeMap;

use bench::{CommitId, RepoPath, Role};
use git2::Oid;
use rayon::prelude::*;

use super::ahead::Ahead;
use super::commits::{between, style};
use super::ledger::{Ledger, Remembered};
use super::run::Run;
use super::states::Reader;
use super::trees::python_path;
use super::versions::{VersionSource, wanted};
use super::{Job, WINDOW, window};
use crate::error::Result;
use crate::history::Mode;
use crate::observer::Observer;

/// A stretch of a history.
pub(crate) struct Followed {
    /// Its kept commits, oldest first.
    pub(crate) kept: Vec<CommitId>,
    /// What must be known to go on behind it.
    pub(crate) files: BTreeMap<String, Remembered>,
}

/// The kept commits of the history of `job` that come after a commit, with which `since` names what an earlier call left
/// there; all of them if nothing is named. None if that commit is not in the history.
///
/// # Errors
/// If an object is missing or damaged, a limit is exceeded, what was left does not fit, or the observer wants to stop.
pub(crate) fn follow(
    job: &Job<'_>,
    since: Option<(&CommitId, BTreeMap<String, Remembered>)>,
    observer: &dyn Observer,
) -> Result<Option<Followed>> {
    job.handles.read(|history| {
        let (steps, ledger) = match since {
            None => (Some(history.walk(job.head)?), Ledger::default()),
            Some((after, files)) => (history.walk_after(job.head, after)?, Ledger::resumed(files)),
        };
        let Some(mut steps) = steps else { return Ok(None) };
        let mut run = Run::new(job, history, ledger);
        let mut ahead = Ahead::new(|count| VersionSource::new(&job.scope, Reader::one_of(count, job.options.profile)));
        let length = if ahead.is_useful() { WINDOW } else { 1 };
        let total = steps.len();
        loop {
            let window = window(job, &mut steps, length, observer, total)?;
            if window.is_empty() {
                break;
            }
            let changes = window.iter().flat_map(|step| &step.changes);
            let named: Vec<_> = changes.filter_map(|change| wanted(&job.scope, &change.path, change.new?)).collect();
            let mut ready = ahead.read(named, &job.handles);
            for step in window {
                // What a commit emits is written by nobody here.
                run.step(&step, &mut ready, |_| Ok(()))?;
            }
        }
        let (kept, _, ledger) = run.finish();
        let kept = kept.into_iter().map(|kept| kept.commit).collect();
        Ok(Some(Followed { kept, files: ledger.into_files() }))
    })
}

/// The production diffs between pairs of trees, none being the empty one, on all threads (R105–R107); empty ones where
/// they cannot be had (Q37).
///
/// # Errors
/// If the attributes of the head cannot be read.
pub(crate) fn diffs(job: &Job<'_>, pairs: &[(Option<Oid>, Oid)]) -> Result<Vec<String>> {
    let style = job.handles.read(|history| style(job, history))?;
    let made = pairs.par_iter().map(|&pair| job.handles.read(|history| Ok(between(job, &style, pair, history).0)));
    made.collect()
}

/// The Python files of `tree`, by path, as the tables of the evolution track tell of them: what they are, and their text.
/// Those that cannot be read are left out.
///
/// # Errors
/// If a tree is missing or damaged, or a limit is exceeded.
pub(crate) fn python_files(job: &Job<'_>, tree: Oid) -> Result<Vec<(RepoPath, Role, String)>> {
    job.handles.read(|history| {
        let mut files = Vec::new();
        for change in history.differences(None, tree)? {
            let named = python_path(&change.path).zip(change.new.filter(|new| new.mode != Mode::Submodule));
            let Some((path, version)) = named else { continue };
            let text = history.blob(version.id, job.scope.max_file_bytes).and_then(|bytes| job.scope.decode(bytes));
            files.extend(text.map(|text| (path.clone(), job.scope.role(&path, &text), text)));
        }
        files.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(files)
    })
}
