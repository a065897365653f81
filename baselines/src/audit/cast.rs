//! Who is audited: repositories with their tasks, and the training repositories of the mean adapter.

use std::collections::BTreeMap;

use bench::{CommitId, Release, RepoId, Seed, Split, Task, TaskSet, running_order};

use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// A repository at a commit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
}

/// Which tasks are scored, and under how many others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CastOptions {
    /// The splits whose tasks are scored.
    pub splits: Vec<Split>,
    /// Repositories at most, chosen by a hash of their names; all if none, but half of them if nobody else was trained on.
    pub max_repos: Option<usize>,
    /// Tasks of a repository at most, the first ones by id, which is a hash; all if none.
    pub max_tasks: Option<usize>,
    /// Other repositories that each task is scored under at most, the next ones by name; all if none.
    pub max_others: Option<usize>,
    /// Tokens of a target at most: as many as a completion may have.
    pub max_target_tokens: usize,
}

/// An audited repository.
#[derive(Debug, Clone)]
pub struct CastRepo {
    /// The repository.
    pub repo: RepoId,
    /// Its commits with tasks, oldest first.
    pub commits: Vec<(CommitId, Vec<CastTask>)>,
}

/// A task with the ids of its target.
#[derive(Debug, Clone)]
pub struct CastTask {
    /// The task.
    pub task: Task,
    /// The target, without an end of sequence; at least one.
    pub target: Vec<u32>,
}

/// Everything that an audit scores.
#[derive(Debug, Clone)]
pub struct Cast {
    /// The audited repositories, by name.
    pub repos: Vec<CastRepo>,
    /// The training repositories that are not audited, each at the last commit that was trained on, by name.
    pub training: Vec<Place>,
    /// Tasks that were left out because their target is blank or has too many tokens.
    pub left_out: u64,
    /// Others that each task is scored under.
    pub others: usize,
}

impl Cast {
    /// The cast of `release` under `options`.
    ///
    /// # Errors
    /// [`Error::Option`] if fewer than two repositories are left, or a text cannot be tokenized.
    pub fn of(release: &Release, tokenizer: &Tokenizer, options: &CastOptions) -> Result<Self> {
        let mut tasks = Vec::new();
        for &split in &options.splits {
            tasks.extend(release.tasks(split)?);
        }
        let (mut repos, mut left_out) = (BTreeMap::new(), 0);
        for task in running_order(&tasks)? {
            let target = tokenizer.encode(&task.assertion.target)?;
            if target.is_empty() || target.len() > options.max_target_tokens {
                left_out += 1;
                continue;
            }
            let found: &mut Vec<CastTask> = repos.entry(task.assertion.repo.clone()).or_default();
            found.push(CastTask { task: task.clone(), target });
        }
        let known = last_trained(release)?;
        let mut repos: Vec<(RepoId, Vec<CastTask>)> = repos.into_iter().collect();
        if let Some(most) = options.max_repos {
            repos = drawn(repos, most);
        }
        if !known.is_empty() && known.keys().all(|repo| repos.iter().any(|(audited, _)| audited == repo)) {
            // Somebody must be left for the mean, which never holds an audited repository (M160).
            let half = repos.len().div_ceil(2);
            repos = drawn(repos, half);
        }
        if repos.len() < 2 {
            let reason = "an audit holds repositories against each other and needs at least two with tasks";
            return Err(Error::option("splits", format!("{} repositories", repos.len()), reason));
        }
        let repos: Vec<CastRepo> = repos.into_iter().map(|(repo, tasks)| CastRepo::of(repo, tasks, options)).collect();
        let others = options.max_others.unwrap_or(usize::MAX).min(repos.len() - 1);
        let is_audited = |repo: &RepoId| repos.iter().any(|one: &CastRepo| one.repo == *repo);
        let training = known.into_iter().filter(|(repo, _)| !is_audited(repo));
        let training = training.map(|(repo, commit)| Place { repo, commit }).collect();
        Ok(Self { repos, training, left_out, others })
    }

    /// The same cast without the repositories at these indices, which must be ascending.
    #[must_use]
    pub fn without(mut self, left: &[usize]) -> Self {
        for &index in left.iter().rev() {
            self.repos.remove(index);
        }
        self.others = self.others.min(self.repos.len().saturating_sub(1));
        self
    }

    /// The repositories under whose adapters the tasks of repository `own` are scored: the next ones, as indices.
    pub fn others_of(&self, own: usize) -> impl Iterator<Item = usize> + use<'_> {
        (1..=self.others).map(move |step| (own + step) % self.repos.len())
    }

    /// The commit of repository `other` at the same share of its commits as commit `at` of repository `own`.
    pub fn same_share(&self, (own, at): (usize, usize), other: usize) -> &CommitId {
        let (ours, theirs) = (&self.repos[own].commits, &self.repos[other].commits);
        &theirs[at * theirs.len() / ours.len()].0
    }

    /// Every audited place, by repository.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.repos.iter().flat_map(|one| {
            one.commits.iter().map(|(commit, _)| Place { repo: one.repo.clone(), commit: commit.clone() })
        })
    }

    /// How many tasks are scored.
    pub fn tasks(&self) -> usize {
        self.repos.iter().map(CastRepo::tasks).sum()
    }
}

impl CastRepo {
    fn of(repo: RepoId, tasks: Vec<CastTask>, options: &CastOptions) -> Self {
        let mut ids: Vec<_> = tasks.iter().map(|task| task.task.id().clone()).collect();
        ids.sort();
        ids.truncate(options.max_tasks.unwrap_or(usize::MAX));
        let mut commits: Vec<(CommitId, Vec<CastTask>)> = Vec::new();
        for task in tasks.into_iter().filter(|task| ids.binary_search(task.task.id()).is_ok()) {
            match commits.last_mut() {
                Some((commit, tasks)) if *commit == task.task.assertion.commit => tasks.push(task),
                _ => commits.push((task.task.assertion.commit.clone(), vec![task])),
            }
        }
        Self { repo, commits }
    }

    /// How many of its tasks are scored.
    pub fn tasks(&self) -> usize {
        self.commits.iter().map(|(_, tasks)| tasks.len()).sum()
    }
}

/// So many of `repos`, chosen by a hash of their names, by name.
fn drawn<T>(mut repos: Vec<(RepoId, T)>, most: usize) -> Vec<(RepoId, T)> {
    repos.sort_by_cached_key(|(repo, _)| (Seed(0).derive("audit").derive(repo.as_str()).0, repo.clone()));
    repos.truncate(most);
    repos.sort_by(|a, b| a.0.cmp(&b.0));
    repos
}

/// The repositories of `release` with training tasks, each with the last commit that has some.
fn last_trained(release: &Release) -> Result<BTreeMap<RepoId, CommitId>> {
    let mut latest = BTreeMap::new();
    if release.splits().contains(&Split::Train) {
        for tasks in release.stream(TaskSet::Split(Split::Train))? {
            for task in tasks? {
                latest.insert(task.assertion.repo, task.assertion.commit);
            }
        }
    }
    Ok(latest)
}
