//! The second pass: kept commits with their stages and production diffs (R105–R109, R113).

use bench::{EvolutionTables, KeptCommit, Profile, stages};
use git2::Oid;

use super::Job;
use super::run::Kept;
use crate::error::Result;
use crate::history::{Abbreviation, Attributes, History, Style};
use crate::observer::{Event, Observer};

/// Writes `kept`, oldest first.
///
/// # Errors
/// If the attributes of the head cannot be read, the caller wants to stop, or the table cannot be written.
pub(super) fn write(
    job: &Job<'_>,
    history: &History<'_>,
    kept: Vec<Kept>,
    tables: &mut EvolutionTables,
    observer: &dyn Observer,
) -> Result<()> {
    let diffs = Diffs { job, history, style: style(job, history)? };
    let all = kept.len();
    let mut base = None;
    for ((index, kept), stage) in (0..).zip(kept).zip(stages(all)) {
        observer.hear(job.repo, Event::Diffing { done: u64::from(index), total: all as u64 });
        observer.check(job.repo)?;
        let (diff, diff_error) = diffs.between(base, kept.tree);
        let own = match job.options.profile {
            Profile::Paper => None,
            Profile::Strict if kept.parent_tree == base => Some(diff.clone()),
            Profile::Strict => Some(diffs.between(kept.parent_tree, kept.tree).0),
        };
        base = Some(kept.tree);
        tables.commits.push(KeptCommit {
            repo: job.repo.clone(),
            index,
            commit: kept.commit,
            time: kept.time,
            stage,
            diff,
            commit_diff: own,
            diff_error,
            added: kept.added,
            modified: kept.modified,
            reemitted: kept.reemitted,
        })?;
    }
    Ok(())
}

/// Under the profile `paper`, the attributes of the head speak as they did from the authors' working tree (R106). Ids
/// are as short as git ever makes them: their length tells of the clone, which must not reach the data (R149).
fn style(job: &Job<'_>, history: &History<'_>) -> Result<Style> {
    let attributes = match job.options.profile {
        Profile::Paper => Attributes::read(history, job.repository.tree_id(job.head)?)?,
        Profile::Strict => Attributes::default(),
    };
    Ok(Style { names: job.scope.names, abbreviation: Abbreviation::SHORTEST, attributes })
}

struct Diffs<'a, 'r> {
    job: &'a Job<'a>,
    history: &'a History<'r>,
    style: Style,
}

impl Diffs<'_, '_> {
    /// The production diff from `base` to `tree`; if it cannot be had, an empty one and the reason (Q37).
    fn between(&self, base: Option<Oid>, tree: Oid) -> (String, Option<String>) {
        let is_kept = |path: &str| self.job.scope.is_in_diff(path);
        match self.history.diff(base, Some(tree), &self.style, &is_kept) {
            Ok(diff) => (diff.text, None),
            Err(error) => (String::new(), Some(error.to_string())),
        }
    }
}
