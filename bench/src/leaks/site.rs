//! Where the tasks of a repository stand, without their prefixes.

use super::answer::Answer;
use super::leak::LeakFlags;
use crate::error::Result;
use crate::evolution::SpanTask;
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::release::{Release, ReleasedRepo, TaskSet};
use crate::split::Split;
use crate::table::{Columns, TableReader};

/// A task without its prefix.
#[derive(Debug)]
pub(super) struct Site {
    pub(super) split: Split,
    pub(super) commit: CommitId,
    pub(super) answer: Answer,
    /// Where it stands in the history; none of whole tasks.
    pub(super) span: Option<Span>,
    /// What is known so far.
    pub(super) flags: LeakFlags,
}

/// A place in a text of a commit.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) commit_index: u32,
    pub(super) path: RepoPath,
    pub(super) blob: u32,
}

/// The columns of a whole task that a [`Site`] is made of.
#[derive(Debug)]
pub(crate) struct TaskSite {
    pub(crate) repo: RepoId,
    pub(crate) commit: CommitId,
    pub(crate) target: String,
}

/// The tasks of `known` in all splits, in their order.
pub(super) fn sites(release: &Release, known: &ReleasedRepo) -> Result<Vec<Site>> {
    let mut sites = Vec::new();
    for split in known.tasks.keys() {
        let path = TaskSet::Split(*split).path();
        let Some(entry) = release.manifest().contents.table(&path) else { continue };
        let file = release.root().join(&path);
        if entry.table == <SpanTask as Columns>::TABLE {
            for batch in TableReader::<SpanTask>::open_groups(&file, "repo_id", known.repo.as_str())? {
                sites.extend(
                    batch?.into_iter().filter(|span| span.repo == known.repo).map(|span| of_span(*split, span)),
                );
            }
        } else {
            for batch in TableReader::<TaskSite>::open_groups(&file, "repo_id", known.repo.as_str())? {
                sites.extend(
                    batch?.into_iter().filter(|site| site.repo == known.repo).map(|site| of_task(*split, site)),
                );
            }
        }
    }
    Ok(sites)
}

fn of_span(split: Split, task: SpanTask) -> Site {
    let SpanTask { commit, emission, .. } = task;
    let span = Span { commit_index: emission.commit_index, path: emission.path, blob: emission.blob };
    Site { split, commit, answer: Answer::of(&emission.target), span: Some(span), flags: LeakFlags::default() }
}

fn of_task(split: Split, task: TaskSite) -> Site {
    let answer = Answer::of(&task.target);
    Site { split, commit: task.commit, answer, span: None, flags: LeakFlags::default() }
}
