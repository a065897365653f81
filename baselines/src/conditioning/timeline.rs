//! The commits of a repository in time, and which of them a method looks at for a task.

use std::collections::HashMap;

use bench::{CommitId, CommitPlace, Partition, Release, ReleasedRepo, RepoId, ShardTable, Stage, Track};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Which commit's state a method reads for a task of some commit (M74). In the static track there is one commit, and all
/// are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContextPolicy {
    /// The commit of the task itself.
    Fresh,
    /// One commit for the repository: the last training commit where there are any, else the first kept commit. What an
    /// adapter made once would have seen.
    Anchor,
    /// So many kept commits earlier, the first one at the earliest.
    Lagged(u32),
    /// One commit for the repository: the last training commit where there are any, else the last kept commit, which is
    /// newer than what is asked about others (M127). Only the paper's profiles may.
    Latest,
}

/// The kept commits of a repository, oldest first.
#[derive(Debug, Clone)]
pub struct Timeline {
    repo: RepoId,
    partition: Partition,
    commits: Vec<(CommitId, Stage)>,
    /// Looked up only, so its order cannot show.
    places: HashMap<CommitId, usize>,
}

impl Timeline {
    /// The timeline of `known` in `release`; in the static track it is one commit long.
    ///
    /// # Errors
    /// If its table cannot be read, or it has no commit.
    pub fn read(release: &Release, known: &ReleasedRepo) -> Result<Self> {
        let mut commits = Vec::new();
        match release.manifest().contents.track {
            Track::Static => commits.push((known.commit.clone(), Stage::Train)),
            Track::Evolution => {
                for batch in release.rows::<CommitPlace>(&known.repo, ShardTable::Commits)? {
                    commits.extend(batch?.into_iter().map(|place| (place.commit, place.stage)));
                }
            }
        }
        Self::new(known.repo.clone(), known.partition, commits)
    }

    fn new(repo: RepoId, partition: Partition, commits: Vec<(CommitId, Stage)>) -> Result<Self> {
        if commits.is_empty() {
            return Err(Error::option("repository", repo, "it has no kept commit"));
        }
        let places = commits.iter().enumerate().map(|(at, (commit, _))| (commit.clone(), at)).collect();
        Ok(Self { repo, partition, commits, places })
    }

    /// The repository.
    pub fn repo(&self) -> &RepoId {
        &self.repo
    }

    /// The part of the benchmark it belongs to.
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// How many kept commits there are; at least one.
    pub fn len(&self) -> usize {
        self.commits.len()
    }

    /// Whether there are none: never.
    pub fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    /// The commit at `place`, counted from 0.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn commit(&self, place: usize) -> &CommitId {
        &self.commits[place].0
    }

    /// The place of `commit`.
    ///
    /// # Errors
    /// If it is no kept commit of the repository.
    pub fn place(&self, commit: &CommitId) -> Result<usize> {
        self.places
            .get(commit)
            .copied()
            .ok_or_else(|| Error::option("commit", commit, format!("it is no kept commit of {}", self.repo)))
    }

    /// The place that stands for the whole repository (M74).
    pub fn anchor(&self) -> usize {
        match self.partition {
            Partition::Train => self.commits.iter().rposition(|(_, stage)| *stage == Stage::Train).unwrap_or(0),
            Partition::CrossRepoVal | Partition::CrossRepoTest | Partition::OodTest => 0,
        }
    }

    /// The place that `policy` looks at for a task at `place`.
    pub fn seen(&self, policy: ContextPolicy, place: usize) -> usize {
        match policy {
            ContextPolicy::Fresh => place,
            ContextPolicy::Anchor => self.anchor(),
            ContextPolicy::Lagged(commits) => place.saturating_sub(commits as usize),
            ContextPolicy::Latest => match self.partition {
                Partition::Train => self.anchor(),
                Partition::CrossRepoVal | Partition::CrossRepoTest | Partition::OodTest => self.len() - 1,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline(partition: Partition) -> Timeline {
        let commit = |n: usize| -> CommitId { format!("{n:040x}").parse().unwrap() };
        let stages = bench::stages(10);
        let commits = stages.into_iter().enumerate().map(|(n, stage)| (commit(n), stage)).collect();
        Timeline::new("a/b".parse().unwrap(), partition, commits).unwrap()
    }

    /// M74: the anchor is the last training commit in training repositories and the first one elsewhere.
    #[test]
    fn policies_look_at_their_commits() {
        let (known, unseen) = (timeline(Partition::Train), timeline(Partition::CrossRepoTest));
        assert_eq!((known.anchor(), unseen.anchor()), (7, 0));
        assert_eq!(known.seen(ContextPolicy::Fresh, 9), 9);
        assert_eq!(known.seen(ContextPolicy::Anchor, 9), 7);
        assert_eq!(known.seen(ContextPolicy::Lagged(3), 9), 6);
        assert_eq!(unseen.seen(ContextPolicy::Lagged(30), 9), 0);
        assert_eq!((known.seen(ContextPolicy::Latest, 9), unseen.seen(ContextPolicy::Latest, 3)), (7, 9));
        assert_eq!(known.place(known.commit(4)).unwrap(), 4);
        assert!(known.place(&"f".repeat(40).parse().unwrap()).is_err());
        assert!(Timeline::new("a/b".parse().unwrap(), Partition::Train, Vec::new()).is_err());
    }
}
