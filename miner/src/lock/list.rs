//! Many verdicts as one list: copies refused, the wanted number taken, the rest accounted for.

use std::collections::BTreeMap;

use bench::{CommitId, Criterion, Provenance, RepoId, RepoList, RepoSpec, TaskId, paper};

use super::{Era, Locked};

/// The licence of the published repositories (R18), preferred to other permissive ones.
const PREFERRED: &str = "MIT";

/// A repository that is not listed, and why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rejection {
    /// The repository.
    pub repo: RepoId,
    /// What it does not meet.
    pub criterion: Criterion,
    /// What was found.
    pub detail: String,
}

/// How many repositories a list takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// From before the cut-off; all if absent.
    pub before: Option<usize>,
    /// Created after the cut-off; all if absent.
    pub after: Option<usize>,
}

impl Limits {
    /// The size of the published benchmark.
    pub const PUBLISHED: Self = Self { before: Some(paper::REPOSITORIES), after: Some(paper::OOD_REPOSITORIES) };
    /// No limits.
    pub const NONE: Self = Self { before: None, after: None };
}

/// A list in the making.
#[derive(Debug, Default)]
pub struct List {
    kept: BTreeMap<Key, RepoSpec>,
    candidates: Vec<Locked>,
    rejected: Vec<Rejection>,
}

/// Order of a list: by owner, then by name.
type Key = (String, String);

fn key(repo: &RepoId) -> Key {
    (repo.owner().to_owned(), repo.name().to_owned())
}

impl List {
    /// A list that keeps the entries of `existing` as they stand.
    pub fn keeping(existing: RepoList) -> Self {
        let kept = existing.repos.into_iter().map(|spec| (key(&spec.name), spec)).collect();
        Self { kept, ..Self::default() }
    }

    /// Whether `repo` stands in the list already and will not change.
    pub fn keeps(&self, repo: &RepoId) -> bool {
        self.kept.contains_key(&key(repo))
    }

    /// Adds a verdict of [`lock`](super::lock()).
    pub fn add(&mut self, verdict: Result<Locked, Rejection>) {
        match verdict {
            Ok(locked) => self.candidates.push(locked),
            Err(rejection) => self.rejected.push(rejection),
        }
    }

    /// The list, by owner and name, and everything that is not in it, in the same order.
    ///
    /// Published members come first, then repositories still in use (R18), those under MIT before others, then the rest
    /// likewise; within each, the order of a hash of the name, so that no owner's initial is preferred. Of repositories with one first commit the first is taken.
    pub fn finish(self, limits: Limits) -> (RepoList, Vec<Rejection>) {
        let Self { mut kept, mut candidates, mut rejected } = self;
        candidates.sort_by_key(preference);
        let mut room = Room::new(limits, kept.values());
        let mut roots: BTreeMap<CommitId, RepoId> =
            kept.values().filter_map(|spec| Some((spec.facts.as_ref()?.root.clone(), spec.name.clone()))).collect();
        for Locked { spec, era } in candidates {
            let root = spec.facts.as_ref().map(|facts| facts.root.clone());
            let reject = |criterion, detail| Rejection { repo: spec.name.clone(), criterion, detail };
            let is_published = spec.provenance == Some(Provenance::Published);
            if let Some(other) = root.as_ref().and_then(|root| roots.get(root)).filter(|_| !is_published) {
                rejected.push(reject(Criterion::SharedHistory, format!("same first commit as {other}")));
            } else if !room.take(era) && !is_published {
                rejected.push(reject(Criterion::Surplus, format!("the list is full; pinned at {}", pinned(&spec))));
            } else {
                if let Some(root) = root {
                    roots.entry(root).or_insert_with(|| spec.name.clone());
                }
                kept.insert(key(&spec.name), spec);
            }
        }
        rejected.sort_by_key(|rejection| (key(&rejection.repo), rejection.criterion));
        (RepoList { repos: kept.into_values().collect() }, rejected)
    }
}

/// The places that are left.
struct Room {
    before: Option<usize>,
    after: Option<usize>,
}

impl Room {
    fn new<'a>(limits: Limits, taken: impl Iterator<Item = &'a RepoSpec>) -> Self {
        let mut room = Self { before: limits.before, after: limits.after };
        for spec in taken {
            room.take(if spec.partition == Some(bench::Partition::OodTest) { Era::After } else { Era::Before });
        }
        room
    }

    /// Takes a place; false if none is left.
    fn take(&mut self, era: Era) -> bool {
        let places = match era {
            Era::Before => &mut self.before,
            Era::After => &mut self.after,
        };
        match places {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }
}

fn preference(locked: &Locked) -> (u8, TaskId) {
    let spec = &locked.spec;
    let in_use = spec.facts.as_ref().is_some_and(|facts| facts.last_commit >= paper::PUSHED_SINCE);
    let class = match (spec.provenance, in_use, spec.licence.as_deref()) {
        (Some(Provenance::Published), ..) => 0,
        (_, true, Some(PREFERRED)) => 1,
        (_, true, _) => 2,
        (_, false, Some(PREFERRED)) => 3,
        (_, false, _) => 4,
    };
    (class, TaskId::of(&[spec.name.as_str().as_bytes()]))
}

fn pinned(spec: &RepoSpec) -> String {
    spec.rev.clone().unwrap_or_default()
}
