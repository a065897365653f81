//! The evolution track of one repository: from its history to the tables of its shard (section 6).
//!
//! Two passes over the first-parent history. The first reads every version of every test file and finds the commits that
//! are kept, with their assertions; the second, when it is known how many there are, writes the kept commits with their
//! stages and production diffs. Beside it, the anchor is extracted.
//!
//! [`follow`] makes the first pass alone, from wherever an earlier one ended: [`ledger`] says which versions of test files
//! the next commits are compared with.
//!
//! What a commit emits depends on the commits before, so [`run`] takes them in turn. With more than one thread, a window
//! of commits is walked first: [`ahead`] reads the versions it brings on all threads, while [`settle`] numbers and writes
//! what the window before has left. With one thread a window is one commit, and everything is read in its turn.

mod ahead;
mod anchor;
mod chain;
mod commits;
mod follow;
mod handles;
mod ledger;
mod paper;
mod run;
mod scope;
mod settle;
mod states;
mod strict;
mod texts;
mod trees;
mod versions;

use bench::{CommitId, EvolutionTables, RepoId, Stage, stages};

use crate::error::Result;
use crate::history::{Change, History, Step, Walk};
use crate::observer::{Event, Observer};
use crate::outcome::Options;

use ahead::Ahead;
pub(crate) use follow::{diffs, follow, python_files};
pub(crate) use handles::Handles;
use ledger::Ledger;
pub(crate) use ledger::Remembered;
use run::{Kept, Run};
pub(crate) use scope::Scope;
use settle::Settling;
use states::Reader;
use versions::{VersionSource, wanted};

/// Commits of a window, if there is more than one thread.
const WINDOW: usize = 64;
/// Bytes of what waits to be written, about, beyond which the window is not waited for.
const MAX_PENDING_BYTES: usize = 64 << 20;
/// Bytes of the changes of commits that are walked together at most, but for those of the last.
const MAX_WINDOW_BYTES: usize = 64 << 20;

/// What is mined.
pub(crate) struct Job<'a> {
    pub(crate) repo: &'a RepoId,
    pub(crate) handles: Handles<'a>,
    /// The newest commit.
    pub(crate) head: &'a CommitId,
    /// Which files are tests.
    pub(crate) scope: Scope,
    pub(crate) view: View,
    pub(crate) options: &'a Options,
}

/// On which side of the cut-off a repository was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum View {
    /// Before it: training, validation and test repositories.
    InDistribution,
    /// After it.
    OutOfDistribution,
}

/// What was met while a history was mined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// First-parent commits.
    pub commits: u64,
    /// Commits that are kept.
    pub kept: u64,
    /// Versions of test files that were read.
    pub versions: u64,
    /// Of these, the ones that Python 3.12 does not parse.
    pub unparsable: u64,
    /// Versions that could not be read: absent, too large or no file.
    pub unreadable: u64,
    /// Assertions that commits emit.
    pub emitted: u64,
    /// Of these, the added ones.
    pub added: u64,
    /// Of these, the modified ones.
    pub modified: u64,
}

impl Tally {
    /// The counts by name.
    pub fn counts(&self) -> [(&'static str, u64); 8] {
        [
            ("first_parent_commits", self.commits),
            ("kept_commits", self.kept),
            ("test_versions", self.versions),
            ("unparsable_versions", self.unparsable),
            ("unreadable_versions", self.unreadable),
            ("emitted", self.emitted),
            ("emitted_added", self.added),
            ("emitted_modified", self.modified),
        ]
    }
}

/// Mines the evolution track of one repository into `tables`, on all threads; their number reaches no table.
///
/// # Errors
/// If an object is missing or damaged, a limit is exceeded, the caller wants to stop, or a table cannot be written.
pub(crate) fn evolve(job: &Job<'_>, tables: &mut EvolutionTables, observer: &dyn Observer) -> Result<Tally> {
    let (kept, tally) = job.handles.read(|history| walk(job, history, tables, observer))?;
    let anchor = anchor_of(&kept, job.view);
    let EvolutionTables { commits, anchor: drafts, .. } = tables;
    let (written, anchored) = rayon::join(
        || commits::write(job, &kept, commits, observer),
        || anchor.map_or(Ok(()), |commit| anchor::write(job, commit, drafts, observer)),
    );
    written.and(anchored)?;
    Ok(tally)
}

/// The first pass: the kept commits, oldest first, and what was met.
fn walk(
    job: &Job<'_>,
    history: &History<'_>,
    tables: &mut EvolutionTables,
    observer: &dyn Observer,
) -> Result<(Vec<Kept>, Tally)> {
    let mut run = Run::new(job, history, Ledger::default());
    let mut settling = Settling::new(job);
    let source = |count| VersionSource::new(&job.scope, Reader::one_of(count, job.options.profile));
    let mut ahead = Ahead::new(source);
    let length = if ahead.is_useful() { WINDOW } else { 1 };
    let mut steps = history.walk(job.head)?;
    let total = steps.len();
    let mut pending = Vec::new();
    loop {
        let window = window(job, &mut steps, length, observer, total)?;
        if window.is_empty() {
            break;
        }
        let changes = window.iter().flat_map(|step| &step.changes);
        let named: Vec<_> = changes.filter_map(|change| wanted(&job.scope, &change.path, change.new?)).collect();
        let before = std::mem::take(&mut pending);
        let (mut ready, settled) = rayon::join(|| ahead.read(named, &job.handles), || settling.settle(before, tables));
        settled?;
        for step in window {
            run.step(&step, &mut ready, |part| {
                pending.push(part);
                let bytes: usize = pending.iter().map(|pending| pending.bytes).sum();
                if bytes > MAX_PENDING_BYTES { settling.settle(std::mem::take(&mut pending), tables) } else { Ok(()) }
            })?;
        }
    }
    settling.settle(pending, tables)?;
    settling.finish(tables)?;
    let (kept, tally, _) = run.finish();
    Ok((kept, tally))
}

/// The next steps of a history, `length` at most, and no more once their changes take [`MAX_WINDOW_BYTES`].
fn window(
    job: &Job<'_>,
    steps: &mut Walk<'_, '_>,
    length: usize,
    observer: &dyn Observer,
    total: usize,
) -> Result<Vec<Step>> {
    let mut window = Vec::with_capacity(length);
    let mut bytes = 0;
    while window.len() < length && bytes < MAX_WINDOW_BYTES {
        observer.hear(job.repo, Event::Walking { done: (total - steps.len()) as u64, total: total as u64 });
        observer.check(job.repo)?;
        let Some(step) = steps.next() else { break };
        let step = step?;
        bytes += step.changes.iter().map(Change::bytes).sum::<usize>();
        window.push(step);
    }
    Ok(window)
}

/// The commit that stands for the repository in the static view (R125): the last one of the first stage; out of
/// distribution, the first one. None if no commit is kept.
fn anchor_of(kept: &[Kept], view: View) -> Option<&CommitId> {
    let train = stages(kept.len()).into_iter().filter(|stage| *stage == Stage::Train).count();
    let index = match view {
        View::InDistribution => train.checked_sub(1)?,
        View::OutOfDistribution => 0,
    };
    kept.get(index).map(|kept| &kept.commit)
}
