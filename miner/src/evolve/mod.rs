//! The evolution track of one repository: from its history to the tables of its shard (section 6).
//!
//! Two passes over the first-parent history. The first reads every version of every test file and finds the commits that
//! are kept, with their assertions; the second, when it is known how many there are, writes the kept commits with their
//! stages and production diffs. In between, the anchor is extracted.

mod anchor;
mod commits;
mod paper;
mod run;
mod scope;
mod states;
mod strict;
mod texts;
mod trees;

use bench::{CommitId, EvolutionTables, RepoId, Stage, stages};

use crate::error::Result;
use crate::history::{History, Limits};
use crate::observer::{Event, Observer};
use crate::outcome::Options;
use crate::repository::Repository;

use run::{Kept, Run};
pub(crate) use scope::Scope;

/// What is mined.
pub(crate) struct Job<'a> {
    pub(crate) repo: &'a RepoId,
    pub(crate) repository: &'a Repository,
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

/// Mines the evolution track of one repository into `tables`, on the calling thread.
///
/// # Errors
/// If an object is missing or damaged, a limit is exceeded, the caller wants to stop, or a table cannot be written.
pub(crate) fn evolve(job: &Job<'_>, tables: &mut EvolutionTables, observer: &dyn Observer) -> Result<Tally> {
    let history = History::open(job.repository, Limits::default())?;
    let mut run = Run::new(job, &history);
    let walk = history.walk(job.head)?;
    let total = walk.len() as u64;
    for (done, step) in (0..).zip(walk) {
        observer.hear(job.repo, Event::Walking { done, total });
        observer.check(job.repo)?;
        run.step(&step?, tables)?;
    }
    let (kept, tally) = run.finish(tables)?;
    let anchor = anchor_of(&kept, job.view).cloned();
    commits::write(job, &history, kept, tables, observer)?;
    if let Some(commit) = anchor {
        anchor::write(job, &commit, tables, observer)?;
    }
    Ok(tally)
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
