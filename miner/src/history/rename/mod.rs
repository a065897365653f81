//! Renames as git finds them: additions are joined with deletions, in four steps.
//!
//! 1. Equal objects ([`exact`]).
//! 2. Files whose base name is unique on both sides and that agree by three quarters ([`base_name`]).
//! 3. If not too many are left, all pairs that agree by half, best first ([`matrix`]).
//! 4. The joined deletions disappear, the joined additions become renames ([`detect`]).
//!
//! A source is used once, because copies are not sought. How far two files agree is told by [`similarity`].

mod base_name;
mod exact;
mod matrix;
mod similarity;

use super::change::{Change, FileVersion, Status};
use super::limits::Limits;
use super::objects::Objects;
pub(super) use similarity::is_binary;
use similarity::{Score, Similarity};

/// Joins the additions and deletions of `changes` that are renames. A file that cannot be read resembles no other.
pub(super) fn detect(objects: &Objects<'_>, limits: &Limits, changes: Vec<Change>) -> Vec<Change> {
    let mut candidates = Candidates::of(&changes);
    if candidates.is_hopeless() {
        return changes;
    }
    exact::join(&mut candidates);
    if !candidates.is_hopeless() {
        let mut similarity = Similarity::new(objects, limits);
        base_name::join(&mut candidates, &mut similarity);
        matrix::join(&mut candidates, &mut similarity, limits.rename_side);
    }
    let joined = candidates.joined;
    apply(changes, &joined)
}

/// Where a rename comes from, and how much of it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Join {
    /// The index of the addition among the changes.
    destination: usize,
    /// The index of the deletion.
    source: usize,
    score: Score,
}

/// What can still be joined.
struct Candidates<'c> {
    /// Deletions that no rename has used, in the order of the changes.
    sources: Vec<Candidate<'c>>,
    /// Additions that are no renames, in the order of the changes.
    destinations: Vec<Candidate<'c>>,
    joined: Vec<Join>,
}

/// One addition or deletion.
#[derive(Debug, Clone, Copy)]
struct Candidate<'c> {
    /// The index among the changes.
    change: usize,
    path: &'c [u8],
    version: FileVersion,
}

impl<'c> Candidates<'c> {
    fn of(changes: &'c [Change]) -> Self {
        let (mut sources, mut destinations) = (Vec::new(), Vec::new());
        for (index, change) in changes.iter().enumerate() {
            let candidate = |version| Candidate { change: index, path: &change.path, version };
            match (change.old, change.new) {
                (Some(version), None) => sources.push(candidate(version)),
                (None, Some(version)) => destinations.push(candidate(version)),
                _ => {}
            }
        }
        Self { sources, destinations, joined: Vec::new() }
    }

    /// Whether there is nothing left to join.
    fn is_hopeless(&self) -> bool {
        self.sources.is_empty() || self.destinations.is_empty()
    }

    /// Joins the destinations with the sources, both named by their places in the lists, and takes them off the lists.
    fn join(&mut self, pairs: &[(usize, usize, Score)]) {
        let mut used = (vec![false; self.destinations.len()], vec![false; self.sources.len()]);
        for &(destination, source, score) in pairs {
            (used.0[destination], used.1[source]) = (true, true);
            let (destination, source) = (self.destinations[destination].change, self.sources[source].change);
            self.joined.push(Join { destination, source, score });
        }
        keep_unused(&mut self.destinations, &used.0);
        keep_unused(&mut self.sources, &used.1);
    }
}

impl Candidate<'_> {
    /// The part of the path after the last slash.
    fn base_name(&self) -> &[u8] {
        base_name(self.path)
    }
}

fn base_name(path: &[u8]) -> &[u8] {
    path.rsplit(|&byte| byte == b'/').next().unwrap_or(path)
}

fn keep_unused(candidates: &mut Vec<Candidate<'_>>, used: &[bool]) {
    let mut used = used.iter();
    candidates.retain(|_| !used.next().is_some_and(|&used| used));
}

/// The changes with the joined ones as renames at the places of their additions.
fn apply(mut changes: Vec<Change>, joined: &[Join]) -> Vec<Change> {
    let mut gone = vec![false; changes.len()];
    for join in joined {
        gone[join.source] = true;
        let old_path = std::mem::take(&mut changes[join.source].path);
        let old = changes[join.source].old;
        let change = &mut changes[join.destination];
        *change = Change {
            status: Status::Renamed,
            path: std::mem::take(&mut change.path),
            old_path: Some(old_path),
            old,
            new: change.new,
            similarity: Some(join.score.percent()),
        };
    }
    let mut gone = gone.into_iter();
    changes.retain(|_| !gone.next().unwrap_or(false));
    changes
}
