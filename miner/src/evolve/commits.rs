//! The second pass: kept commits with their stages and production diffs (R105–R109, R113).

use std::sync::atomic::{AtomicUsize, Ordering};

use bench::table::TableWriter;
use bench::{KeptCommit, Profile, Stage, stages};
use git2::Oid;
use rayon::prelude::*;

use super::Job;
use super::run::Kept;
use crate::error::Result;
use crate::history::{Abbreviation, Attributes, History, Style};
use crate::observer::{Event, Observer};

/// Commits whose diffs are made one after the other: what one reads as new the next reads as old.
const COMMITS_A_RUN: usize = 32;
/// Such runs that are made before the first is written, for each thread.
const RUNS_A_THREAD: usize = 4;
/// Bytes of diffs that wait to be written at most, but for one of each thread; a run that meets the limit is made in its
/// turn.
const MAX_BYTES: usize = 64 << 20;

/// Writes `kept`, oldest first.
///
/// # Errors
/// If the attributes of the head cannot be read, the caller wants to stop, or the table cannot be written.
pub(super) fn write(
    job: &Job<'_>,
    kept: &[Kept],
    table: &mut TableWriter<KeptCommit>,
    observer: &dyn Observer,
) -> Result<()> {
    let style = job.handles.read(|history| style(job, history))?;
    let diffs = Diffs { job, kept, stages: stages(kept.len()), style, observer };
    let threads = rayon::current_num_threads();
    let window = if threads > 1 { COMMITS_A_RUN * RUNS_A_THREAD * threads } else { COMMITS_A_RUN };
    let mut made = Vec::new();
    for start in (0..kept.len()).step_by(window) {
        let runs: Vec<usize> = (start..kept.len().min(start + window)).step_by(COMMITS_A_RUN).collect();
        let (next, written) = rayon::join(|| diffs.ahead(&runs), || diffs.write(std::mem::take(&mut made), table));
        written?;
        made = next?;
    }
    diffs.write(made, table)
}

/// Under the profile `paper`, the attributes of the head speak as they did from the authors' working tree (R106). Ids
/// are as short as git ever makes them: their length tells of the clone, which must not reach the data (R149).
pub(super) fn style(job: &Job<'_>, history: &History<'_>) -> Result<Style> {
    let attributes = match job.options.profile {
        Profile::Paper => {
            let head = job.handles.lend(|repository| repository.tree_id(job.head))?;
            Attributes::read(history, head)?
        }
        Profile::Strict => Attributes::default(),
    };
    Ok(Style { names: job.scope.names, abbreviation: Abbreviation::SHORTEST, attributes })
}

struct Diffs<'a> {
    job: &'a Job<'a>,
    kept: &'a [Kept],
    stages: Vec<Stage>,
    style: Style,
    observer: &'a dyn Observer,
}

/// The commits of a run from its first, as far as they were made.
struct Made {
    first: usize,
    commits: Vec<KeptCommit>,
}

impl Diffs<'_> {
    /// The commits of `runs`, each named by its first.
    fn ahead(&self, runs: &[usize]) -> Result<Vec<Made>> {
        let bytes = AtomicUsize::new(0);
        runs.par_iter().map(|&first| self.run(first, &bytes)).collect()
    }

    fn run(&self, first: usize, bytes: &AtomicUsize) -> Result<Made> {
        let commits = self.job.handles.read(|history| {
            let mut commits = Vec::new();
            for at in self.members(first) {
                if bytes.load(Ordering::Relaxed) > MAX_BYTES {
                    break;
                }
                let commit = self.commit(at, history)?;
                bytes.fetch_add(
                    commit.diff.len() + commit.commit_diff.as_ref().map_or(0, String::len),
                    Ordering::Relaxed,
                );
                commits.push(commit);
            }
            Ok(commits)
        })?;
        Ok(Made { first, commits })
    }

    /// The commits of the run that begins with `first`.
    fn members(&self, first: usize) -> std::ops::Range<usize> {
        first..self.kept.len().min(first + COMMITS_A_RUN)
    }

    /// Writes runs, and what was not made of them.
    fn write(&self, runs: Vec<Made>, table: &mut TableWriter<KeptCommit>) -> Result<()> {
        for Made { first, commits } in runs {
            let rest = self.members(first).skip(commits.len());
            commits.into_iter().try_for_each(|commit| table.push(commit))?;
            for at in rest {
                table.push(self.job.handles.read(|history| self.commit(at, history))?)?;
            }
        }
        Ok(())
    }

    /// The kept commit at `at`.
    fn commit(&self, at: usize, history: &History<'_>) -> Result<KeptCommit> {
        self.observer.hear(self.job.repo, Event::Diffing { done: at as u64, total: self.kept.len() as u64 });
        self.observer.check(self.job.repo)?;
        let kept = &self.kept[at];
        let base = at.checked_sub(1).map(|before| self.kept[before].tree);
        let (diff, diff_error) = between(self.job, &self.style, (base, kept.tree), history);
        let (own, own_error) = match self.job.options.profile {
            Profile::Paper => (None, None),
            Profile::Strict if kept.parent_tree == base => (Some(diff.clone()), None),
            Profile::Strict => {
                let (own, error) = between(self.job, &self.style, (kept.parent_tree, kept.tree), history);
                (Some(own), error)
            }
        };
        Ok(KeptCommit {
            repo: self.job.repo.clone(),
            index: u32::try_from(at).expect("because a history is shorter than 2^32 commits"),
            commit: kept.commit.clone(),
            time: kept.time.clone(),
            stage: self.stages[at],
            diff,
            commit_diff: own,
            diff_error: diff_error.or(own_error),
            added: kept.added,
            modified: kept.modified,
            reemitted: kept.reemitted,
        })
    }
}

/// The production diff from the first tree, none being the empty one, to the second; if it cannot be had, an empty one and
/// the reason (Q37).
pub(super) fn between(
    job: &Job<'_>,
    style: &Style,
    (base, tree): (Option<Oid>, Oid),
    history: &History<'_>,
) -> (String, Option<String>) {
    let is_kept = |path: &str| job.scope.is_in_diff(path);
    match history.diff(base, Some(tree), style, &is_kept) {
        Ok(diff) => (diff.text, None),
        Err(error) => (String::new(), Some(error.without_place())),
    }
}
