//! From a release to the leaks of its tasks.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;

use super::answer::{Answer, is_commonplace};
use super::context::{RepoFlags, look};
use super::leak::{Leak, LeakFlags, Unchecked};
use super::row::TaskLeaks;
use super::summary::{LEAK_RULES, LeakCounts, LeakSummary};
use super::training::Training;
use crate::error::{Error, Result};
use crate::ids::RepoId;
use crate::mining::ShardTable;
use crate::release::{Release, TaskSet, TaskStream, shard_path};
use crate::split::Split;
use crate::task::Task;

/// Bytes of prefixes that are looked at together: bounds memory, not meaning.
const PIECE_BYTES: usize = 32 << 20;
/// Tasks that are looked at together.
const PIECE_TASKS: usize = 4_096;

/// How far the work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeakProgress {
    /// The files and commits of so many repositories, of so many, were looked through.
    Repositories(u64, u64),
    /// So many tasks, of so many, were held against training or taken in as training.
    Tasks(u64, u64),
}

/// What follows the work; called from several threads.
pub type LeakWatch<'a> = dyn Fn(LeakProgress) + Sync + 'a;

/// Gives the leaks of every task of `release` to `sink`, split by split, each split in its order, and returns the counts.
///
/// The result is the same at any number of threads. Memory holds one repository a thread, a few dozen megabytes of tasks,
/// and about 600 bytes a training task.
///
/// # Errors
/// If a table was changed after sealing or cannot be read, or `sink` fails.
pub fn measure(
    release: &Release,
    sink: &mut dyn FnMut(Split, TaskLeaks) -> Result<()>,
    watch: &LeakWatch<'_>,
) -> Result<LeakSummary> {
    let mut contexts = contexts(release, watch)?;
    let mut progress = Progress::new(release, watch);
    let training = training(release, &mut progress)?;
    let mut splits = BTreeMap::new();
    for split in release.splits() {
        let judge = training.as_ref().filter(|_| split != Split::Train);
        let mut counts = LeakCounts::new(unchecked(release, split, training.is_some()));
        let mut pieces = Pieces::of(release.stream(TaskSet::Split(split))?);
        while let Some(tasks) = pieces.next()? {
            let flags = tasks.iter().map(|task| take(&mut contexts, split, task)).collect::<Option<Vec<_>>>();
            let flags = flags.ok_or_else(|| disordered(release, split))?;
            let rows: Vec<TaskLeaks> =
                tasks.par_iter().zip(flags).map(|(task, flags)| row(task, flags, judge)).collect();
            progress.add(rows.len());
            for row in rows {
                counts.add(&row);
                sink(split, row)?;
            }
        }
        splits.insert(split, counts);
    }
    Ok(LeakSummary { rules: LEAK_RULES, splits })
}

/// What is left of the flags of each repository's tasks.
type Contexts = BTreeMap<RepoId, BTreeMap<Split, std::vec::IntoIter<LeakFlags>>>;

fn contexts(release: &Release, watch: &LeakWatch<'_>) -> Result<Contexts> {
    let repos = &release.manifest().contents.repos;
    let done = AtomicU64::new(0);
    let all: Vec<RepoFlags> = repos
        .par_iter()
        .map(|known| {
            let flags = look(release, known)?;
            watch(LeakProgress::Repositories(done.fetch_add(1, Ordering::Relaxed) + 1, repos.len() as u64));
            Ok(flags)
        })
        .collect::<Result<_>>()?;
    let named = repos.iter().zip(all).map(|(known, flags)| {
        let flags = flags.into_iter().map(|(split, flags)| (split, flags.into_iter())).collect();
        (known.repo.clone(), flags)
    });
    Ok(named.collect())
}

/// The flags of the next task of its repository.
fn take(contexts: &mut Contexts, split: Split, task: &Task) -> Option<LeakFlags> {
    contexts.get_mut(&task.assertion.repo)?.get_mut(&split)?.next()
}

fn disordered(release: &Release, split: Split) -> Error {
    let path = release.root().join(TaskSet::Split(split).path());
    Error::malformed(&path, None, "holds tasks of a repository that the manifest does not place here")
}

fn training(release: &Release, progress: &mut Progress<'_>) -> Result<Option<Training>> {
    let sets = [TaskSet::Split(Split::Train), TaskSet::Anchor];
    let rows = |set: &TaskSet| release.manifest().contents.table(&set.path()).map_or(0, |entry| entry.rows);
    let room = usize::try_from(sets.iter().map(rows).sum::<u64>()).unwrap_or(usize::MAX);
    if room == 0 {
        return Ok(None);
    }
    // A manifest that promises more than memory holds is not believed.
    let mut training = Training::with_room(room.min(1 << 21));
    for set in sets {
        let mut pieces = Pieces::of(release.stream(set)?);
        while let Some(tasks) = pieces.next()? {
            training.read(&tasks);
            progress.add(tasks.len());
        }
    }
    training.sort();
    Ok(Some(training))
}

fn row(task: &Task, mut flags: LeakFlags, training: Option<&Training>) -> TaskLeaks {
    let own = &task.assertion;
    flags.set(Leak::TargetInPrefix, Some(stands_in_prefix(&own.prefix, &own.target)));
    let nearest = training.and_then(|training| training.judge(own, &mut flags));
    TaskLeaks {
        task: own.id.clone(),
        repo: own.repo.clone(),
        target_chars: u32::try_from(own.target.chars().count()).unwrap_or(u32::MAX),
        commonplace: is_commonplace(&own.target),
        flags,
        nearest,
    }
}

/// Whether the target of a task stands in its prefix: [`Leak::TargetInPrefix`].
pub fn stands_in_prefix(prefix: &str, target: &str) -> bool {
    Answer::of(target).stands_in(prefix)
}

/// What cannot be looked for in `split`, and why.
fn unchecked(release: &Release, split: Split, trained: bool) -> BTreeMap<Leak, Unchecked> {
    let contents = &release.manifest().contents;
    let holds = |table: ShardTable| {
        contents.repos.iter().any(|known| contents.table(&shard_path(table, &known.repo)).is_some())
    };
    let commits = holds(ShardTable::Commits);
    let files = holds(ShardTable::Blobs) || holds(ShardTable::Sources);
    let reason = |leak: &Leak| match leak {
        Leak::TargetInPrefix => None,
        Leak::TargetInSources | Leak::NewerContext => (!files).then_some(Unchecked::NoFiles),
        Leak::TargetInDiff | Leak::TimesOutOfOrder => (!commits).then_some(Unchecked::NoCommits),
        _ if split == Split::Train => Some(Unchecked::Training),
        _ => (!trained).then_some(Unchecked::NoTraining),
    };
    Leak::ALL.iter().filter_map(|leak| Some((*leak, reason(leak)?))).collect()
}

/// The tasks of a stream in larger pieces, so that all threads have work.
struct Pieces<'a> {
    stream: TaskStream<'a>,
}

impl<'a> Pieces<'a> {
    fn of(stream: TaskStream<'a>) -> Self {
        Self { stream }
    }

    fn next(&mut self) -> Result<Option<Vec<Task>>> {
        let (mut tasks, mut bytes): (Vec<Task>, usize) = (Vec::new(), 0);
        while tasks.len() < PIECE_TASKS && bytes < PIECE_BYTES {
            let Some(batch) = self.stream.next() else { break };
            let batch = batch?;
            bytes += batch.iter().map(|task| task.assertion.prefix.len()).sum::<usize>();
            tasks.extend(batch);
        }
        Ok((!tasks.is_empty()).then_some(tasks))
    }
}

/// Tasks that were looked at.
struct Progress<'a> {
    done: u64,
    total: u64,
    watch: &'a LeakWatch<'a>,
}

impl<'a> Progress<'a> {
    fn new(release: &Release, watch: &'a LeakWatch<'a>) -> Self {
        let rows = |set: TaskSet| release.manifest().contents.table(&set.path()).map_or(0, |entry| entry.rows);
        let splits: u64 = Split::ALL.iter().map(|split| rows(TaskSet::Split(*split))).sum();
        // Training tasks are read twice: as training, and as tasks.
        Self { done: 0, total: splits + rows(TaskSet::Split(Split::Train)) + rows(TaskSet::Anchor), watch }
    }

    fn add(&mut self, tasks: usize) {
        self.done += tasks as u64;
        (self.watch)(LeakProgress::Tasks(self.done, self.total));
    }
}
