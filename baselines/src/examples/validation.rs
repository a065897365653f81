//! The sample on which every method is validated (M189).

use bench::{Release, RepoId, Seed, Split, Task, TaskSet};
use serde::{Deserialize, Serialize};

use crate::draw::shuffle;
use crate::error::Result;

/// How large the sample is. It depends on nothing else but the release and `seed`, so that methods share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationSample {
    /// The split it is drawn from.
    pub split: Split,
    /// Repositories at most.
    pub repositories: usize,
    /// Commits of each at most.
    pub commits: usize,
    /// Tasks of each commit at most.
    pub tasks: usize,
    /// Root of the draw; not that of training.
    pub seed: Seed,
}

/// The sample of `release`, repositories by name, tasks in table order; empty if the release has no task of the split.
///
/// # Errors
/// If a table cannot be read.
pub fn validation(release: &Release, sample: &ValidationSample) -> Result<Vec<Task>> {
    let split = sample.split;
    let repos = release.manifest().contents.repos.iter();
    let mut repos: Vec<_> = repos.filter(|repo| repo.tasks.get(&split).is_some_and(|count| *count > 0)).collect();
    let seed = sample.seed.derive("validation");
    choose(&mut repos, sample.repositories, seed.derive("repositories"));
    let mut chosen = Vec::new();
    for repo in repos {
        chosen.extend(validation_of(release, &repo.repo, sample)?);
    }
    Ok(chosen)
}

/// The part of the sample that is of `repo`, whether or not `repo` is drawn; empty if it has no task of the split.
///
/// # Errors
/// If a table cannot be read.
pub fn validation_of(release: &Release, repo: &RepoId, sample: &ValidationSample) -> Result<Vec<Task>> {
    let seed = sample.seed.derive("validation").derive(repo.as_str());
    let mut commits: Vec<Vec<Task>> = Vec::new();
    for tasks in release.stream_of(TaskSet::Split(sample.split), repo)? {
        for task in tasks? {
            match commits.last_mut() {
                Some(last) if last[0].assertion.commit == task.assertion.commit => last.push(task),
                _ => commits.push(vec![task]),
            }
        }
    }
    choose(&mut commits, sample.commits, seed.derive("commits"));
    let mut chosen = Vec::new();
    for mut commit in commits {
        let seed = seed.derive(commit[0].assertion.commit.as_str());
        choose(&mut commit, sample.tasks, seed);
        chosen.extend(commit);
    }
    Ok(chosen)
}

/// Leaves `count` of `items`, drawn at random, in their order.
fn choose<T>(items: &mut Vec<T>, count: usize, seed: Seed) {
    let mut places: Vec<usize> = (0..items.len()).collect();
    shuffle(&mut places, &mut seed.rng());
    places.truncate(count);
    places.sort_unstable();
    let mut place = 0;
    items.retain(|_| {
        place += 1;
        places.binary_search(&(place - 1)).is_ok()
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_keeps_the_order() {
        let chosen = |seed| {
            let mut items: Vec<u32> = (0..40).collect();
            choose(&mut items, 7, Seed(seed));
            items
        };
        assert!(chosen(1).len() == 7 && chosen(1).is_sorted() && chosen(1) == chosen(1) && chosen(1) != chosen(2));
        let mut few = vec![3, 1];
        choose(&mut few, 7, Seed(0));
        assert_eq!(few, [3, 1]);
    }
}
