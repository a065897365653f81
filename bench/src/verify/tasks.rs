//! The tasks of a release: unique, where they belong, as many as the manifest and the caps say.

use std::collections::{BTreeMap, BTreeSet};

use super::{Check, Findings};
use crate::cap::Caps;
use crate::error::Result;
use crate::evolution::CommitPlace;
use crate::ids::{CommitId, RepoId};
use crate::mining::ShardTable;
use crate::profile::Track;
use crate::release::{Origin, Release, ReleasedRepo, TaskSet, shard_path};
use crate::split::Split;
use crate::task::Task;

/// Checks every set of tasks of `release`.
pub(super) fn check(release: &Release, findings: &mut Findings) {
    let repos = &release.manifest().contents.repos;
    let sorted = repos.is_sorted_by(|a, b| a.repo < b.repo);
    findings.expect(Check::Partition, "manifest.json", sorted, || "repositories repeat or are out of order".to_owned());
    let mut seen: BTreeSet<[u8; 16]> = BTreeSet::new();
    let places = places(release, findings);
    for set in TaskSet::all() {
        if let Err(error) = check_set(release, set, &places, &mut seen, findings) {
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
    tasks: BTreeMap<RepoId, u64>,
    /// Tasks of the commit that is being read.
    commit: Option<(CommitId, usize)>,
}

fn check_set(
    release: &Release,
    set: TaskSet,
    places: &Places,
    seen: &mut BTreeSet<[u8; 16]>,
    findings: &mut Findings,
) -> Result<()> {
    let mut tally = Tally { release, places, set, path: set.path(), tasks: BTreeMap::new(), commit: None };
    for piece in release.stream(set)? {
        for task in piece? {
            let key = blake3::hash(task.id().as_str().as_bytes());
            let first: [u8; 16] = key.as_bytes()[..16].try_into().expect("because a hash has 32 bytes");
            // The static view repeats tasks of the splits.
            let fresh = matches!(set, TaskSet::StaticOod) || seen.insert(first);
            findings.expect(Check::Unique, &tally.path, fresh, || format!("task {} stands twice", task.id()));
            findings.note(Check::Address, &tally.path, None::<fn() -> String>);
            tally.take(&task, findings);
        }
    }
    if let TaskSet::Split(split) = set {
        for known in &release.manifest().contents.repos {
            let (found, stated) =
                (tally.tasks.get(&known.repo).copied().unwrap_or(0), known.tasks.get(&split).copied().unwrap_or(0));
            findings.expect(Check::Counts, &tally.path, found == stated, || {
                format!("{} has {found} tasks, the manifest says {stated}", known.repo)
            });
        }
    }
    Ok(())
}

impl Tally<'_> {
    fn take(&mut self, task: &Task, findings: &mut Findings) {
        let contents = &self.release.manifest().contents;
        *self.tasks.entry(task.assertion.repo.clone()).or_default() += 1;
        let Some(known) = contents.repo(&task.assertion.repo) else {
            let reason = || format!("task {} is of {}, which the release has not", task.id(), task.assertion.repo);
            findings.note(Check::Partition, &self.path, Some(reason));
            return;
        };
        let own = matches!(self.set, TaskSet::Split(split) if split != task.split);
        let placed = task.split.partition() == known.partition && !own;
        findings.expect(Check::Partition, &self.path, placed, || {
            format!("task {} of {} is of {}, its repository of {}", task.id(), known.repo, task.split, known.partition)
        });
        if contents.track == Track::Static && contents.origin == Origin::Mined {
            let here = task.assertion.commit == known.commit;
            findings.expect(Check::Join, &self.path, here, || {
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
        findings.expect(Check::Join, &self.path, joined, || {
            format!("task {} is of no kept commit of {}", task.id(), task.assertion.repo)
        });
    }

    /// Whether the stage of the commit gives this split (R15, R113).
    fn stage(&self, task: &Task, known: &ReleasedRepo, findings: &mut Findings) {
        let (Some(own), TaskSet::Split(split)) = (&task.assertion.evolution, self.set) else { return };
        let expected = known.partition.split_at(own.stage);
        findings.expect(Check::Stage, &self.path, expected == split, || {
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
        findings.expect(Check::Caps, &self.path, count <= limit, || {
            format!("commit {} has more than {limit} tasks", task.assertion.commit)
        });
    }
}
