//! Examples of a release: read, filtered, guarded, tokenized.

use std::collections::BTreeMap;
use std::path::Path;

use bench::{CommitId, Release, RepoId, Split, Task, TaskSet, pytext};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::store::{Filling, Store};
use super::{Example, Format};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// Which tasks become examples, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceOptions {
    /// The splits that are read.
    pub splits: Vec<Split>,
    /// Whether the training tasks at the anchors (R127) are read instead of those of the splits, which are then `train`
    /// alone.
    #[serde(default)]
    pub anchors: bool,
    /// Whether splits other than the training one may be read: published runs read them unawares (M37).
    pub allow_contaminated: bool,
    /// Whether tasks without prefix or target, and those whose target starts with a comma, are left out (M28).
    pub filter: bool,
    /// The layout.
    pub format: Format,
    /// Tokens of an example, about (M29).
    pub max_len: usize,
    /// What becomes of tasks whose target leaves no room for eight tokens of prefix (M29, M218).
    #[serde(default)]
    pub long_targets: LongTargets,
}

/// What becomes of targets that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LongTargets {
    /// They make examples that are longer than asked for.
    #[default]
    Kept,
    /// They make none.
    Skipped,
}

/// Tasks that are no examples, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dropped {
    /// M28.
    pub filtered: u64,
    /// Nothing could be learnt.
    pub unusable: u64,
}

/// Examples by repository.
#[derive(Debug)]
pub struct Examples {
    store: Store,
    repos: Vec<RepoId>,
    groups: Vec<Vec<u32>>,
    /// The commits that examples are of, and the number of that of each example.
    commits: (Vec<(RepoId, CommitId)>, Vec<u32>),
    dropped: Dropped,
}

impl SourceOptions {
    /// Refuses what would train on held-out tasks unless that was asked for.
    ///
    /// # Errors
    /// [`Error::Option`] that names the split.
    fn check(&self) -> Result<()> {
        if self.max_len < 16 {
            return Err(Error::option("data.max_len", self.max_len, "at least 16 tokens are needed"));
        }
        if self.anchors && self.splits != [Split::Train] {
            let reason = "there are none but training tasks at the anchors; leave data.splits = [\"train\"]";
            return Err(Error::option("data.anchors", true, reason));
        }
        match self.splits.iter().find(|split| **split != Split::Train) {
            Some(split) if !self.allow_contaminated => Err(Error::option(
                "data.splits",
                split,
                "training on held-out tasks makes their scores worthless; set data.allow_contaminated = true to do so",
            )),
            _ if self.splits.is_empty() => Err(Error::option("data.splits", "empty", "at least one split is needed")),
            _ => Ok(()),
        }
    }

    /// The example of `task`, or why there is none.
    fn example(&self, task: &Task, tokenizer: &Tokenizer) -> Result<std::result::Result<Example, Dropped>> {
        let (prefix, target) = (&task.assertion.prefix, &task.assertion.target);
        if self.filter && is_filtered(prefix, target) {
            return Ok(Err(Dropped { filtered: 1, unusable: 0 }));
        }
        let example = self.format.example(tokenizer, prefix, target, self.max_len)?;
        let example = example.filter(|example| self.long_targets == LongTargets::Kept || example.fits(self.max_len));
        Ok(example.ok_or(Dropped { filtered: 0, unusable: 1 }))
    }
}

/// Whether a task is left out of training (M28).
fn is_filtered(prefix: &str, target: &str) -> bool {
    prefix.is_empty() || target.is_empty() || pytext::strip_start(target).starts_with(',')
}

impl Examples {
    /// The examples of `release` that `options` names, in the release's order. Ids lie in the folder `scratch` for as
    /// long as this value lives.
    ///
    /// # Errors
    /// If a split is held out (M37), a row is of another split than its table, no task is left, or a file cannot be read
    /// or written.
    pub fn read(release: &Release, options: &SourceOptions, tokenizer: &Tokenizer, scratch: &Path) -> Result<Self> {
        options.check()?;
        let mut filling = Filling::new(scratch)?;
        let mut groups: BTreeMap<RepoId, Vec<u32>> = BTreeMap::new();
        let mut dropped = Dropped::default();
        let mut commits = Commits::default();
        for &split in &options.splits {
            let set = if options.anchors { TaskSet::Anchor } else { TaskSet::Split(split) };
            for tasks in release.stream(set)? {
                let tasks = tasks?;
                guard(&tasks, split)?;
                let made: Vec<_> =
                    tasks.par_iter().map(|task| options.example(task, tokenizer)).collect::<Result<_>>()?;
                for (task, example) in tasks.iter().zip(made) {
                    match example {
                        Ok(example) => {
                            let index = filling.push(&example)?;
                            groups.entry(task.assertion.repo.clone()).or_default().push(index);
                            commits.push(&task.assertion.repo, &task.assertion.commit)?;
                        }
                        Err(one) => {
                            dropped.filtered += one.filtered;
                            dropped.unusable += one.unusable;
                        }
                    }
                }
            }
        }
        let (repos, groups): (Vec<RepoId>, Vec<Vec<u32>>) = groups.into_iter().unzip();
        if groups.is_empty() {
            let names: Vec<&str> = options.splits.iter().map(|split| split.name()).collect();
            return Err(Error::option("data.splits", names.join(", "), "the release has no usable task of them"));
        }
        let commits = (commits.known, commits.of);
        Ok(Self { store: filling.finish()?, repos, groups, commits, dropped })
    }

    /// The examples of `tasks`, filtered as `options` says, each with the number of its task.
    ///
    /// # Errors
    /// If a text cannot be tokenized.
    pub fn of_tasks(tasks: &[Task], options: &SourceOptions, tokenizer: &Tokenizer) -> Result<Vec<(usize, Example)>> {
        let made: Vec<_> = tasks.par_iter().map(|task| options.example(task, tokenizer)).collect::<Result<_>>()?;
        Ok(made.into_iter().enumerate().filter_map(|(at, example)| Some((at, example.ok()?))).collect())
    }

    /// The repositories, ascending.
    pub fn repos(&self) -> &[RepoId] {
        &self.repos
    }

    /// The indices of the examples of each repository, as [`Examples::repos`] lists them.
    pub fn groups(&self) -> &[Vec<u32>] {
        &self.groups
    }

    /// What was left out.
    pub fn dropped(&self) -> Dropped {
        self.dropped
    }

    /// How many examples there are.
    pub fn len(&self) -> usize {
        self.store.len()
    }

    /// Whether there are none: never, because such a release is refused.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The repository and the commit of example `index`.
    pub fn place(&self, index: u32) -> (&RepoId, &CommitId) {
        let (known, of) = &self.commits;
        let (repo, commit) = &known[of[index as usize] as usize];
        (repo, commit)
    }

    /// The tokens of prefix and of target of example `index`.
    pub fn lengths(&self, index: u32) -> (usize, usize) {
        self.store.lengths(index)
    }

    /// Example `index`.
    ///
    /// # Errors
    /// If its ids cannot be read.
    pub fn example(&self, index: u32) -> Result<Example> {
        self.store.read(index)
    }
}

/// Commits of examples, each kept once.
#[derive(Default)]
struct Commits {
    known: Vec<(RepoId, CommitId)>,
    of: Vec<u32>,
}

impl Commits {
    /// Notes the commit of the next example. Those of one commit mostly come one after the other.
    fn push(&mut self, repo: &RepoId, commit: &CommitId) -> Result<()> {
        if self.known.last().is_none_or(|last| (&last.0, &last.1) != (repo, commit)) {
            self.known.push((repo.clone(), commit.clone()));
        }
        self.of.push(super::store::count(self.known.len() - 1)?);
        Ok(())
    }
}

/// Refuses rows of another split than that of their table (M37).
fn guard(tasks: &[Task], split: Split) -> Result<()> {
    match tasks.iter().find(|task| task.split != split) {
        None => Ok(()),
        Some(task) => {
            let reason = format!("it is of {}, but lies among those of {split}", task.split);
            Err(Error::Task { task: task.id().to_string(), reason })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m28_drops_empty_texts_and_commas() {
        assert!(is_filtered("", "1") && is_filtered("x", "") && is_filtered("x", " \n, 3)"));
        assert!(!is_filtered("x", "(1, 2)") && !is_filtered(" ", "1"));
    }

    #[test]
    fn m37_held_out_splits_need_a_word() {
        let options = |splits: &[Split], allow_contaminated| SourceOptions {
            splits: splits.to_vec(),
            anchors: false,
            allow_contaminated,
            filter: true,
            format: Format::Natural,
            max_len: 4096,
            long_targets: LongTargets::Kept,
        };
        let message = options(&[Split::Train, Split::InRepoTest], false).check().unwrap_err().to_string();
        assert!(message.contains("`data.splits` is ir_test") && message.contains("allow_contaminated"), "{message}");
        assert!(options(&[Split::Train, Split::InRepoTest], true).check().is_ok());
        assert!(options(&[Split::Train], false).check().is_ok());
        assert!(options(&[], false).check().is_err());
    }
}
