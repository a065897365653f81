//! The training tasks that a held-out task resembles.
//!
//! Candidates share a band of their signatures; of each the similarity is then computed from the sets themselves.

use std::hash::{DefaultHasher, Hash, Hasher};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::document::Document;
use super::min_hash::MinHash;
use crate::ids::{RepoId, TaskId};
use crate::paper::{LISTED_SIMILARITY, MIN_HASH_BANDS, NEAR_DUPLICATE};

/// Candidates of one band, and candidates in all, that are looked at. Only generated code has so many tasks alike; the
/// ones that share most bands are looked at first, so that what is most similar is not lost.
const MAX_CANDIDATES: usize = 1_024;

/// A training task as it is held against others.
#[derive(Debug, Clone)]
pub(super) struct Trained {
    pub(super) task: TaskId,
    pub(super) repo: RepoId,
    pub(super) target: u64,
    pub(super) document: Document,
    pub(super) bands: Vec<u32>,
}

/// What training tasks ask, each question of a repository once.
#[derive(Debug)]
pub(super) struct TrainingIndex {
    hash: MinHash,
    repos: Vec<RepoId>,
    entries: Vec<Entry>,
    /// By band: its number and the place of the entry, ascending once it is [sorted](TrainingIndex::sort).
    bands: Vec<Vec<(u32, u32)>>,
    /// Only asked for single numbers, so its order reaches nothing.
    known: FxHashSet<u64>,
}

/// An entry of the index. There are as many as training tasks, so every byte counts.
#[derive(Debug)]
struct Entry {
    task: u128,
    repo: u32,
    target: u64,
    document: Document,
}

/// What a held-out task resembles.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Resemblance {
    /// The most similar training task; of equally similar ones the first with the same target, else the first.
    pub(super) task: TaskId,
    /// Its repository.
    pub(super) repo: RepoId,
    /// Their similarity, at least [`LISTED_SIMILARITY`].
    pub(super) similarity: f64,
    /// Whether a near-duplicate has the same target.
    pub(super) answered: bool,
    /// Whether a near-duplicate is of another repository.
    pub(super) elsewhere: bool,
}

impl TrainingIndex {
    /// An empty index with room for `tasks`.
    pub(super) fn with_room(tasks: usize) -> Self {
        let bands = (0..MIN_HASH_BANDS).map(|_| Vec::with_capacity(tasks)).collect();
        let (repos, entries) = (Vec::new(), Vec::with_capacity(tasks));
        Self { hash: MinHash::default(), repos, entries, bands, known: FxHashSet::default() }
    }

    /// What [`add`](TrainingIndex::add) needs of a task; the costly part, and one that needs no order.
    pub(super) fn bands(&self, document: &Document) -> Vec<u32> {
        self.hash.bands(document.shingles())
    }

    /// Takes in the next training task.
    pub(super) fn add(&mut self, trained: Trained) {
        let Trained { task, repo, target, document, bands } = trained;
        let mut hasher = DefaultHasher::new();
        (&repo, target, &document).hash(&mut hasher);
        if document.shingles().is_empty() || !self.known.insert(hasher.finish()) {
            return;
        }
        if self.repos.last() != Some(&repo) {
            self.repos.push(repo);
        }
        let place = u32::try_from(self.entries.len()).expect("because a release has fewer than 2^32 tasks");
        for (band, number) in self.bands.iter_mut().zip(bands) {
            band.push((number, place));
        }
        let repo = u32::try_from(self.repos.len() - 1).expect("because a release has fewer than 2^32 tasks");
        self.entries.push(Entry { task: digest(&task), repo, target, document });
    }

    /// Makes the index ready to be asked.
    pub(super) fn sort(&mut self) {
        self.known = FxHashSet::default();
        self.bands.par_iter_mut().for_each(|band| {
            band.sort_unstable();
            band.shrink_to_fit();
        });
    }

    /// What a task of `repo` resembles; none if nothing is at least [`LISTED_SIMILARITY`] similar.
    pub(super) fn resemblance(&self, repo: &RepoId, target: u64, document: &Document) -> Option<Resemblance> {
        let measured = |place: u32| {
            let entry = &self.entries[place as usize];
            let similarity = entry.document.similarity(document);
            (similarity >= LISTED_SIMILARITY).then_some((similarity, entry, place))
        };
        let alike: Vec<(f64, &Entry, u32)> = self.candidates(document).into_iter().filter_map(measured).collect();
        let best = alike.iter().max_by(|a, b| {
            let rank = |entry: &Entry, place: u32| (entry.target == target, std::cmp::Reverse(place));
            a.0.total_cmp(&b.0).then_with(|| rank(a.1, a.2).cmp(&rank(b.1, b.2)))
        })?;
        let near = || alike.iter().filter(|(similarity, ..)| *similarity >= NEAR_DUPLICATE).map(|(_, entry, _)| entry);
        Some(Resemblance {
            task: task(best.1.task),
            repo: self.repo(best.1).clone(),
            similarity: best.0,
            answered: near().any(|entry| entry.target == target),
            elsewhere: near().any(|entry| self.repo(entry) != repo),
        })
    }

    fn repo(&self, entry: &Entry) -> &RepoId {
        &self.repos[entry.repo as usize]
    }

    /// The places of the entries that share a band with `document`, those that share most first.
    fn candidates(&self, document: &Document) -> Vec<u32> {
        if document.shingles().is_empty() {
            return Vec::new();
        }
        let mut hits: Vec<u32> = Vec::new();
        for (band, number) in self.bands.iter().zip(self.bands(document)) {
            let start = band.partition_point(|(found, _)| *found < number);
            let sharing = band[start..].iter().take_while(|(found, _)| *found == number);
            hits.extend(sharing.take(MAX_CANDIDATES).map(|(_, place)| *place));
        }
        hits.sort_unstable();
        let mut counted: Vec<(usize, u32)> = hits.chunk_by(|a, b| a == b).map(|run| (run.len(), run[0])).collect();
        counted.sort_unstable_by_key(|(count, place)| (std::cmp::Reverse(*count), *place));
        counted.into_iter().take(MAX_CANDIDATES).map(|(_, place)| place).collect()
    }
}

/// A task's id in half the room.
fn digest(task: &TaskId) -> u128 {
    u128::from_str_radix(task.as_str(), 16).expect("because ids are 32 hexadecimal digits")
}

fn task(digest: u128) -> TaskId {
    TaskId::new(format!("{digest:032x}")).expect("because ids are 32 hexadecimal digits")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(tasks: &[(&str, &str, &str)]) -> TrainingIndex {
        let mut index = TrainingIndex::with_room(tasks.len());
        for (repo, prefix, target) in tasks {
            let document = Document::of(prefix, target);
            let bands = index.bands(&document);
            let task = TaskId::of(&[repo.as_bytes(), prefix.as_bytes(), target.as_bytes()]);
            let target = super::super::token::key(&[target]);
            index.add(Trained { task, repo: RepoId::new(*repo).unwrap(), target, document, bands });
        }
        index.sort();
        index
    }

    fn asked(index: &TrainingIndex, repo: &str, prefix: &str, target: &str) -> Option<Resemblance> {
        let number = super::super::token::key(&[target]);
        index.resemblance(&RepoId::new(repo).unwrap(), number, &Document::of(prefix, target))
    }

    fn test(name: &str) -> String {
        let body = (0..20).map(|n| format!("    step_{n}({n})\n")).collect::<Vec<_>>().concat();
        format!("def test_{name}():\n{body}    assert {name}() == ")
    }

    #[test]
    fn copies_are_found_with_what_tells_them() {
        let (one, two) = (test("one"), test("two"));
        let index = index(&[("a/b", &one, "1"), ("c/d", &one, "2"), ("a/b", &two, "3")]);
        let found = asked(&index, "c/d", &one, "2").expect("found");
        assert_eq!((found.repo.as_str(), found.answered, found.elsewhere), ("c/d", true, true));
        assert!((found.similarity - 1.0).abs() < 1e-12);
        let found = asked(&index, "e/f", &one, "9").expect("found");
        assert_eq!((found.repo.as_str(), found.answered, found.elsewhere), ("a/b", false, true), "the first");
        assert_eq!(asked(&index, "a/b", "x = 1\nassert other.thing(x) == ", "1"), None);
        assert_eq!(asked(&index, "a/b", "", ""), None);
    }

    #[test]
    fn generated_code_is_bounded() {
        let many: Vec<(String, String)> = (0..3_000).map(|n| (test("same"), n.to_string())).collect();
        let many: Vec<(&str, &str, &str)> =
            many.iter().map(|(prefix, target)| ("a/b", prefix.as_str(), target.as_str())).collect();
        let index = index(&many);
        assert!(index.candidates(&Document::of(&test("same"), "2999")).len() <= MAX_CANDIDATES);
        assert!(asked(&index, "a/b", &test("same"), "2999").expect("found").similarity > NEAR_DUPLICATE);
    }
}
