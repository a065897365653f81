//! The tasks of a release: unique, where they belong, as many as the manifest and the caps say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings, Progress};
use crate::cap::Caps;
use crate::error::Result;
use crate::evolution::CommitPlace;
use crate::ids::{CommitId, RepoId};
use crate::mining::ShardTable;
use crate::profile::Track;
use crate::release::{MANIFEST, Origin, Release, ReleasedRepo, TaskSet, shard_path};
use crate::split::Split;
use crate::task::Task;

/// Checks every set of tasks of `release`.
pub(super) fn check(release: &Release, progress: &Progress<'_>, findings: &mut Findings) {
    let repos = &release.manifest().contents.repos;
    let sorted = repos.is_sorted_by(|a, b| a.repo < b.repo);
    let reason = || match repos.array_windows().find(|[a, b]| a.repo == b.repo) {
        Some([first, second]) => {
            format!("{} is listed twice, in {} and in {}", first.repo, first.partition, second.partition)
        }
        None => "repositories are out of order".to_owned(),
    };
    findings.expect(Check::Partition, MANIFEST, sorted, reason);
    let mut sets = Sets { release, places: places(release, findings), seen: Seen::default(), progress };
    for set in TaskSet::all() {
        if let Err(error) = sets.check(set, findings) {
            findings.unreadable(Check::Address, &set.path(), &error);
        }
    }
}

/// The kept commits of every repository that has a table of them.
type Places = BTreeMap<RepoId, Vec<CommitPlace>>;

fn places(release: &Release, findings: &mut Findings) -> Places {
    let mut places = Places::new();
    for known in &release.manifest().contents.repos {
        let path = shard_path(ShardTable::Commits, &known.repo);
        if release.manifest().contents.table(&path).is_none() {
            continue;
        }
        match release
            .rows::<CommitPlace>(&known.repo, ShardTable::Commits)
            .and_then(Iterator::collect::<Result<Vec<_>>>)
        {
            Ok(batches) => drop(places.insert(known.repo.clone(), batches.concat())),
            Err(error) => findings.unreadable(Check::Join, &path, &error),
        }
    }
    places
}

/// Counts of one set while it is read.
struct Tally<'a> {
    release: &'a Release,
    places: &'a Places,
    set: TaskSet,
    path: String,
    /// The row that was read last, from 1.
    row: u64,
    tasks: BTreeMap<RepoId, u64>,
    /// Tasks of the commit that is being read.
    commit: Option<(CommitId, usize)>,
}

/// The sets of one release, read one after the other.
struct Sets<'a> {
    release: &'a Release,
    places: Places,
    seen: Seen,
    progress: &'a Progress<'a>,
}

/// Short hashes of the ids and of the places of tasks.
#[derive(Default)]
struct Seen {
    ids: BTreeSet<[u8; 16]>,
    places: BTreeSet<[u8; 16]>,
}

impl Seen {
    /// Whether the id of `task` and its place, the key that tables are joined by, are new.
    fn take(&mut self, task: &Task) -> [bool; 2] {
        let own = &task.assertion;
        let (line, column, target) = (own.line.to_string(), own.column.to_string(), own.target_column.to_string());
        let place =
            [own.repo.as_str(), own.commit.as_str(), own.path.as_str(), &line, &column, &target, own.kind.name()];
        [self.ids.insert(short(task.id().as_str())), self.places.insert(short(&place.join("\0")))]
    }
}

fn short(text: &str) -> [u8; 16] {
    blake3::hash(text.as_bytes()).as_bytes()[..16].try_into().expect("because a hash has 32 bytes")
}

impl Sets<'_> {
    fn check(&mut self, set: TaskSet, findings: &mut Findings) -> Result<()> {
        let (release, places) = (self.release, &self.places);
        let (tasks, commit) = (BTreeMap::new(), None);
        let mut tally = Tally { release, places, set, path: set.path(), row: 0, tasks, commit };
        // The static views repeat tasks of the splits.
        let mut apart = Seen::default();
        let seen = if matches!(set, TaskSet::Split(_)) { &mut self.seen } else { &mut apart };
        for piece in release.stream(set)? {
            let tasks = piece?;
            (self.progress)(tasks.len() as u64);
            for task in tasks {
                tally.row += 1;
                let [id, place] = seen.take(&task);
                findings.expect_at(Check::Unique, &tally.path, tally.row, id && place, || {
                    let what = if id { "the place of task" } else { "task" };
                    let own = &task.assertion;
                    format!("{what} {} ({}, {}:{}) stands twice", own.id, own.repo, own.path, own.line)
                });
                findings.note(Check::Address, &tally.path, None::<fn() -> String>);
                tally.take(&task, findings);
            }
        }
        tally.counts(findings);
        Ok(())
    }
}

impl Tally<'_> {
    /// Whether the manifest states as many tasks of each repository as were read.
    fn counts(&self, findings: &mut Findings) {
        let TaskSet::Split(split) = self.set else { return };
        for known in &self.release.manifest().contents.repos {
            let (found, stated) =
                (self.tasks.get(&known.repo).copied().unwrap_or(0), known.tasks.get(&split).copied().unwrap_or(0));
            findings.expect(Check::Counts, &self.path, found == stated, || {
                format!("{} has {found} tasks, the manifest says {stated}", known.repo)
            });
        }
    }

    fn take(&mut self, task: &Task, findings: &mut Findings) {
        let contents = &self.release.manifest().contents;
        *self.tasks.entry(task.assertion.repo.clone()).or_default() += 1;
        let Some(known) = contents.repo(&task.assertion.repo) else {
            let reason = || format!("task {} is of {}, which the release has not", task.id(), task.assertion.repo);
            findings.note_at(Check::Partition, &self.path, Some(self.row), Some(reason));
            return;
        };
        let own = matches!(self.set, TaskSet::Split(split) if split != task.split);
        let placed = task.split.partition() == known.partition && !own;
        findings.expect_at(Check::Partition, &self.path, self.row, placed, || {
            format!("task {} of {} is of {}, its repository of {}", task.id(), known.repo, task.split, known.partition)
        });
        if contents.track == Track::Static && contents.origin == Origin::Mined {
            let here = task.assertion.commit == known.commit;
            findings.expect_at(Check::Join, &self.path, self.row, here, || {
                format!("task {} is of commit {}, not {}", task.id(), task.assertion.commit, known.commit)
            });
        }
        self.join(task, findings);
        self.stage(task, known, findings);
        self.caps(task, contents.caps, findings);
    }

    /// Whether the commit of a task is a kept commit, with its number and stage.
    fn join(&self, task: &Task, findings: &mut Findings) {
        let (Some(own), Some(places)) = (&task.assertion.evolution, self.places.get(&task.assertion.repo)) else {
            return;
        };
        let at = places.partition_point(|place| place.index < own.commit_index);
        let joined = places.get(at).is_some_and(|place| {
            (place.index, place.stage) == (own.commit_index, own.stage) && place.commit == task.assertion.commit
        });
        findings.expect_at(Check::Join, &self.path, self.row, joined, || {
            format!("task {} is of no kept commit of {}", task.id(), task.assertion.repo)
        });
    }

    /// Whether the stage of the commit gives this split (R15, R113).
    fn stage(&self, task: &Task, known: &ReleasedRepo, findings: &mut Findings) {
        let (Some(own), TaskSet::Split(split)) = (&task.assertion.evolution, self.set) else { return };
        let expected = known.partition.split_at(own.stage);
        findings.expect_at(Check::Stage, &self.path, self.row, expected == split, || {
            format!("task {} of {} is of a commit of {}, which belongs to {expected}", task.id(), known.repo, own.stage)
        });
    }

    fn caps(&mut self, task: &Task, caps: Option<Caps>, findings: &mut Findings) {
        let (Some(caps), TaskSet::Split(split)) = (caps, self.set) else { return };
        let limit = if split == Split::Train { caps.trained } else { caps.evaluated };
        let count = match &self.commit {
            Some((commit, count)) if *commit == task.assertion.commit => count + 1,
            _ => 1,
        };
        self.commit = Some((task.assertion.commit.clone(), count));
        findings.expect_at(Check::Caps, &self.path, self.row, count <= limit, || {
            format!("commit {} has more than {limit} tasks", task.assertion.commit)
        });
    }
}
