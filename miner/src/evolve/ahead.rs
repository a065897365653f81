//! Work on texts that needs nothing but them, done ahead on all threads.
//!
//! What is read ahead is what would be read in turn, so it reaches no output whether it was, nor on how many threads. The
//! versions of a file meet the same reader, which knows the version before.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

use bench::RepoPath;
use git2::Oid;
use rayon::prelude::*;

use super::handles::Handles;
use crate::history::History;

/// Readers for each thread, so that none waits long for another.
const READERS_A_THREAD: usize = 4;
/// Bytes of what is made of texts that are read ahead at a time, about; what goes beyond is read in its turn.
const MAX_BYTES: usize = 64 << 20;

/// Bytes that what is made of the smallest text takes, with what names it, about.
const LEAST_BYTES: usize = 1 << 10;

/// A blob at a path.
pub(super) type Wanted = (Oid, RepoPath);

/// Reads blobs at paths, the versions of a path best one after the other.
pub(super) trait Reads: Send {
    /// What is made of a blob.
    type Made: Send;

    /// What is made of `wanted`, and about how many bytes it takes.
    fn read(&mut self, wanted: &Wanted, history: &History<'_>) -> (Self::Made, usize);
}

/// What was read ahead. Looked up only: its order reaches nothing.
pub(super) type Ready<T> = HashMap<Wanted, T>;

/// Readers on all threads; none if there is but one, which reads everything in its turn.
pub(super) struct Ahead<R> {
    readers: Vec<R>,
}

impl<R: Reads> Ahead<R> {
    /// Readers made by `reader`, which is told how many there are, for the threads there are.
    pub(super) fn new(reader: impl Fn(usize) -> R) -> Self {
        let threads = rayon::current_num_threads();
        let count = if threads > 1 { threads * READERS_A_THREAD } else { 0 };
        Self { readers: (0..count).map(|_| reader(count)).collect() }
    }

    /// Whether anything is ever read ahead.
    pub(super) fn is_useful(&self) -> bool {
        !self.readers.is_empty()
    }

    /// What is made of `wanted`, as far as it can be had and is not too much.
    pub(super) fn read(&mut self, wanted: impl IntoIterator<Item = Wanted>, handles: &Handles<'_>) -> Ready<R::Made> {
        if !self.is_useful() {
            return Ready::new();
        }
        let mut shares: Vec<Vec<Wanted>> = vec![Vec::new(); self.readers.len()];
        for one in wanted {
            let share = share(&one.1, shares.len());
            shares[share].push(one);
        }
        let bytes = AtomicUsize::new(0);
        let work = self.readers.par_iter_mut().zip(shares).filter(|(_, share)| !share.is_empty());
        let made = work.flat_map_iter(|(reader, share)| {
            let all = handles.read(|history| Ok(Self::share(reader, share, history, &bytes)));
            // Who reads it in its turn meets the error.
            all.unwrap_or_default()
        });
        made.collect()
    }

    fn share(reader: &mut R, share: Vec<Wanted>, history: &History<'_>, bytes: &AtomicUsize) -> Vec<(Wanted, R::Made)> {
        let mut all = Vec::with_capacity(share.len());
        for wanted in share {
            if bytes.load(Ordering::Relaxed) > MAX_BYTES {
                break;
            }
            let (made, size) = reader.read(&wanted, history);
            bytes.fetch_add(LEAST_BYTES + size, Ordering::Relaxed);
            all.push((wanted, made));
        }
        all
    }
}

/// Which of `count` shares `path` belongs to: always the same.
fn share(path: &RepoPath, count: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    path.hash(&mut hasher);
    usize::try_from(hasher.finish() % count as u64).expect("because it is less than a count")
}
