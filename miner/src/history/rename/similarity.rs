//! How much of one file is in another, in git's measure.
//!
//! A file is cut after each line feed and after 64 bytes; each piece counts by its length under a small hash. What two
//! files share is the sum, over all hashes, of the smaller count; the score relates it to the larger file.

use std::collections::HashMap;
use std::rc::Rc;

use git2::Oid;

use super::Candidate;
use crate::history::limits::Limits;
use crate::history::objects::Objects;

/// Bytes of a piece at most.
const PIECE: u32 = 64;
/// The number of different hashes.
const HASHES: u32 = 107_927;
/// Where a zero byte makes a file binary: among its first ones.
const BINARY_BYTES: usize = 8_000;
/// Bytes of counts that are remembered; beyond them, they are made again.
const REMEMBERED_BYTES: usize = 128 << 20;

/// How far two files agree: 0 to 60,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Score(u32);

impl Score {
    /// Nothing in common.
    const NONE: Self = Self(0);
    /// Equal.
    pub(super) const SAME: Self = Self(60_000);
    /// Enough for a rename: a half.
    pub(super) const RENAME: Self = Self(30_000);
    /// Enough for a rename that keeps a base name which no other file has: three quarters.
    pub(super) const SAME_NAME: Self = Self(45_000);

    /// In percent, rounded down.
    pub(super) fn percent(self) -> u8 {
        u8::try_from(self.0 / 600).unwrap_or(100)
    }

    /// Of `shared` bytes among `size`, rounded down.
    fn of(shared: usize, size: usize) -> Self {
        let score = shared as u128 * u128::from(Self::SAME.0) / (size as u128).max(1);
        Self(u32::try_from(score).map_or(Self::SAME.0, |score| score.min(Self::SAME.0)))
    }

    /// Whether files of these sizes can reach `self`: they must not differ by more than is allowed to change.
    fn allows(self, one: usize, two: usize) -> bool {
        let (small, large) = (one.min(two) as u128, one.max(two) as u128);
        large * u128::from(Self::SAME.0 - self.0) >= (large - small) * u128::from(Self::SAME.0)
    }
}

/// How many bytes of a file have each hash, by hash.
type Counts = Rc<[(u32, u32)]>;

/// Compares files, each read once as long as the budget lasts.
pub(super) struct Similarity<'s, 'r> {
    objects: &'s Objects<'r>,
    /// Sizes of blobs that can be compared. Never iterated.
    sizes: HashMap<Oid, Option<usize>>,
    counts: HashMap<Oid, Counts>,
    /// Bytes of a blob at most.
    blob_bytes: usize,
    /// Bytes that may still be read.
    budget: usize,
    remembered: usize,
}

impl<'s, 'r> Similarity<'s, 'r> {
    pub(super) fn new(objects: &'s Objects<'r>, limits: &Limits) -> Self {
        Self {
            objects,
            sizes: HashMap::new(),
            counts: HashMap::new(),
            blob_bytes: limits.blob_bytes,
            budget: limits.rename_bytes,
            remembered: 0,
        }
    }

    /// How much of the larger file is in both; nothing unless both are regular files whose sizes allow `least`.
    pub(super) fn of(&mut self, one: &Candidate<'_>, two: &Candidate<'_>, least: Score) -> Score {
        let score = || {
            let (old, new) = (self.size(one)?, self.size(two)?);
            if new == 0 || !least.allows(old, new) {
                return None;
            }
            let (one, two) = (self.counts(one)?, self.counts(two)?);
            Some(Score::of(shared(&one, &two), old.max(new)))
        };
        let mut score = score;
        score().unwrap_or(Score::NONE)
    }

    /// Forgets what is known of the text of `candidate`, which will not be compared again.
    pub(super) fn forget(&mut self, candidate: &Candidate<'_>) {
        if let Some(counts) = self.counts.remove(&candidate.version.id) {
            self.remembered -= size_of_val(&*counts);
        }
    }

    fn size(&mut self, candidate: &Candidate<'_>) -> Option<usize> {
        if !candidate.version.mode.is_regular() {
            return None;
        }
        let (objects, limit) = (self.objects, self.blob_bytes);
        let read = || objects.blob_size(candidate.version.id).filter(|&size| size <= limit);
        *self.sizes.entry(candidate.version.id).or_insert_with(read)
    }

    fn counts(&mut self, candidate: &Candidate<'_>) -> Option<Counts> {
        let id = candidate.version.id;
        if let Some(known) = self.counts.get(&id) {
            return Some(Rc::clone(known));
        }
        let blob = self.objects.blob(id, self.blob_bytes.min(self.budget))?;
        self.budget -= blob.len();
        let counts: Counts = count(&blob).into();
        let bytes = size_of_val(&*counts);
        if self.remembered + bytes <= REMEMBERED_BYTES {
            self.remembered += bytes;
            self.counts.insert(id, Rc::clone(&counts));
        }
        Some(counts)
    }
}

/// The bytes that both files have.
fn shared(one: &[(u32, u32)], two: &[(u32, u32)]) -> usize {
    let (mut one, mut two) = (one.iter().peekable(), two.iter().peekable());
    let mut shared = 0;
    while let (Some(&&(left, here)), Some(&&(right, there))) = (one.peek(), two.peek()) {
        if left == right {
            shared += here.min(there) as usize;
        }
        if left <= right {
            one.next();
        }
        if right <= left {
            two.next();
        }
    }
    shared
}

/// Counts the pieces of `text`. In a text, unlike in a binary file, a carriage return before a line feed is no byte.
fn count(text: &[u8]) -> Vec<(u32, u32)> {
    let is_text = !is_binary(text);
    let mut pieces = Vec::with_capacity(text.len() / 24 + 1);
    let mut piece = Piece::default();
    for (at, &byte) in text.iter().enumerate() {
        if is_text && byte == b'\r' && text.get(at + 1) == Some(&b'\n') {
            continue;
        }
        piece.add(byte);
        if piece.length == PIECE || byte == b'\n' {
            pieces.push(piece.hashed());
            piece = Piece::default();
        }
    }
    if piece.length > 0 {
        pieces.push(piece.hashed());
    }
    pieces.sort_unstable();
    pieces.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    pieces
}

/// Whether git takes `content` for binary: a zero byte stands near its beginning.
pub(in crate::history) fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, &content[..content.len().min(BINARY_BYTES)]).is_some()
}

/// A piece on its way: 64 bits, turned left by seven at each byte, in two halves.
#[derive(Debug, Clone, Copy, Default)]
struct Piece {
    low: u32,
    high: u32,
    length: u32,
}

impl Piece {
    fn add(&mut self, byte: u8) {
        let low = self.low;
        self.low = (self.low << 7 ^ self.high >> 25).wrapping_add(u32::from(byte));
        self.high = self.high << 7 ^ low >> 25;
        self.length += 1;
    }

    fn hashed(self) -> (u32, u32) {
        (self.low.wrapping_add(self.high.wrapping_mul(0x61)) % HASHES, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sizes_that_differ_too_much_are_told_at_once() {
        assert!(Score::RENAME.allows(50, 100) && !Score::RENAME.allows(49, 100) && Score::RENAME.allows(0, 0));
        assert!(Score::SAME_NAME.allows(100, 75) && !Score::SAME_NAME.allows(100, 74) && !Score::RENAME.allows(0, 1));
        assert_eq!((Score::SAME.percent(), Score(59_999).percent(), Score::of(2, 3)), (100, 99, Score(40_000)));
    }

    #[test]
    fn carriage_returns_count_in_binary_files_only() {
        assert_eq!(count(b"a\r\nb"), count(b"a\nb"));
        assert_ne!(count(b"\0a\r\nb"), count(b"\0a\nb"));
        assert_eq!(count(&[b'x'; 200]).iter().map(|(_, bytes)| bytes).sum::<u32>(), 200);
    }

    proptest! {
        #[test]
        fn files_share_no_more_than_they_have(one: Vec<u8>, two: Vec<u8>) {
            let (one, two) = (count(&one), count(&two));
            let all = |counts: &[(u32, u32)]| counts.iter().map(|&(_, bytes)| bytes as usize).sum::<usize>();
            prop_assert_eq!(shared(&one, &two), shared(&two, &one));
            prop_assert!(shared(&one, &two) <= all(&one).min(all(&two)));
            prop_assert_eq!(shared(&one, &one), all(&one));
        }
    }
}
