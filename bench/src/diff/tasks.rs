//! The tasks of one set beside each other: what stands where, told by hashes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::side::Side;
use crate::closed::closed_set;
use crate::error::Result;
use crate::ids::{CommitId, RepoId, RepoPath};
use crate::release::TaskSet;
use crate::task::Assertion;

closed_set! {
    /// What became of a repository or a task.
    pub enum Change as "change" {
        /// Only the second side has it.
        Added = "added",
        /// Only the first side has it.
        Removed = "removed",
        /// Both have it, but not the same.
        Changed = "changed",
    }
}

/// Counts of the tasks of one set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SetDifference {
    /// The set: a split, `anchor` or `static_ood`.
    pub set: &'static str,
    /// Tasks of the first side.
    pub a: u64,
    /// Tasks of the second side.
    pub b: u64,
    /// Tasks that are the same.
    pub kept: u64,
    /// Tasks of both sides at one place with another type, prefix or target.
    pub changed: u64,
    /// Tasks of the second side alone.
    pub added: u64,
    /// Tasks of the first side alone.
    pub removed: u64,
}

impl SetDifference {
    /// Whether all tasks are the same.
    pub const fn is_empty(&self) -> bool {
        self.changed == 0 && self.added == 0 && self.removed == 0
    }
}

/// A task that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskDifference {
    /// The set, as in [`SetDifference::set`].
    pub set: &'static str,
    /// What became of it.
    pub change: Change,
    /// Its repository.
    pub repo: RepoId,
    /// Its commit; none where the static track needs none to tell places apart.
    pub commit: Option<CommitId>,
    /// Its file.
    pub path: RepoPath,
    /// The line of its assertion, from 1; 0 where tables do not say.
    pub line: u32,
}

/// Where a task stands, as far as all tables tell.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    commit: Option<CommitId>,
    path: RepoPath,
    line: u32,
}

/// Hashes of what stands at a place.
type Content = [u8; 16];

/// A growing [`SetDifference`] and the tasks that are listed.
pub(super) struct Tally {
    counts: SetDifference,
    listed: BTreeMap<Change, Vec<TaskDifference>>,
}

impl Tally {
    /// Nothing of `set` yet.
    pub(super) fn empty(set: TaskSet) -> Self {
        let counts = SetDifference { set: set_name(set), a: 0, b: 0, kept: 0, changed: 0, added: 0, removed: 0 };
        Self { counts, listed: BTreeMap::new() }
    }

    /// The tasks of `set` that are of `repo`.
    pub(super) fn of(sides: [&Side; 2], set: TaskSet, repo: &RepoId, show: usize) -> Result<Self> {
        let mut tally = Self::empty(set);
        let mut places: BTreeMap<Place, [Vec<Content>; 2]> = BTreeMap::new();
        for (at, side) in sides.into_iter().enumerate() {
            side.each_task(set, repo, &mut |own| {
                places.entry(Place::of(own)).or_default()[at].push(content(own));
            })?;
        }
        for (place, [a, b]) in places {
            tally.place(repo, &place, a, b, show);
        }
        Ok(tally)
    }

    /// Takes what stands at one place: equal tasks are kept, others changed as long as both sides have one left.
    fn place(&mut self, repo: &RepoId, place: &Place, mut a: Vec<Content>, mut b: Vec<Content>, show: usize) {
        self.counts.a += a.len() as u64;
        self.counts.b += b.len() as u64;
        a.retain(|content| match b.iter().position(|other| other == content) {
            Some(at) => {
                b.swap_remove(at);
                self.counts.kept += 1;
                false
            }
            None => true,
        });
        let changed = a.len().min(b.len());
        for (change, count) in
            [(Change::Changed, changed), (Change::Added, b.len() - changed), (Change::Removed, a.len() - changed)]
        {
            let total = match change {
                Change::Changed => &mut self.counts.changed,
                Change::Added => &mut self.counts.added,
                Change::Removed => &mut self.counts.removed,
            };
            *total += count as u64;
            let listed = self.listed.entry(change).or_default();
            let room = show.saturating_sub(listed.len());
            let Place { commit, path, line } = place;
            let task = || TaskDifference {
                set: self.counts.set,
                change,
                repo: repo.clone(),
                commit: commit.clone(),
                path: path.clone(),
                line: *line,
            };
            listed.extend(std::iter::repeat_with(task).take(count.min(room)));
        }
    }

    /// Adds what was found in another repository.
    pub(super) fn add(&mut self, other: Self, show: usize) {
        let SetDifference { set: _, a, b, kept, changed, added, removed } = other.counts;
        self.counts.a += a;
        self.counts.b += b;
        self.counts.kept += kept;
        self.counts.changed += changed;
        self.counts.added += added;
        self.counts.removed += removed;
        for (change, tasks) in other.listed {
            let listed = self.listed.entry(change).or_default();
            let room = show.saturating_sub(listed.len());
            listed.extend(tasks.into_iter().take(room));
        }
    }

    /// The counts and the listed tasks.
    pub(super) fn finish(self) -> (SetDifference, Vec<TaskDifference>) {
        (self.counts, self.listed.into_values().flatten().collect())
    }
}

/// What a set is called: a split, `anchor` or `static_ood`.
pub(super) const fn set_name(set: TaskSet) -> &'static str {
    match set {
        TaskSet::Split(split) => split.name(),
        TaskSet::Anchor => "anchor",
        TaskSet::StaticOod => "static_ood",
    }
}

impl Place {
    fn of(own: &Assertion) -> Self {
        let commit = own.evolution.as_ref().map(|_| own.commit.clone());
        Self { commit, path: own.path.clone(), line: own.line }
    }
}

fn content(own: &Assertion) -> Content {
    let mut hasher = blake3::Hasher::new();
    for text in [own.kind.name(), &own.prefix, &own.target] {
        hasher.update(&(text.len() as u64).to_le_bytes()).update(text.as_bytes());
    }
    hasher.finalize().as_bytes()[..16].try_into().expect("because a hash has 32 bytes")
}
