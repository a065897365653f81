//! What a task asks, as a set that can be compared: the shingles of its last tokens.

use super::token::{mixed, number, tokens};
use crate::paper::{DUPLICATE_WINDOW, SHINGLE_TOKENS};

/// The shingles of a task: every run of [`SHINGLE_TOKENS`] tokens among the last [`DUPLICATE_WINDOW`] tokens of the prefix
/// and those of the target, as ascending numbers of 32 bits.
///
/// Whole prefixes would be compared by what files begin with: imports, fixtures and other tests. The window holds about
/// the last eight lines, so that two assertions of one test that follow each other are not alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(super) struct Document(Box<[u32]>);

impl Document {
    /// The document of a task with `prefix` and `target`.
    pub(super) fn of(prefix: &str, target: &str) -> Self {
        let numbers: Vec<u64> = window(prefix).into_iter().chain(tokens(target)).map(number).collect();
        let mut shingles: Vec<u32> = match numbers.len() {
            0 => Vec::new(),
            short if short < SHINGLE_TOKENS => vec![shingle(&numbers)],
            _ => numbers.windows(SHINGLE_TOKENS).map(shingle).collect(),
        };
        shingles.sort_unstable();
        shingles.dedup();
        Self(shingles.into())
    }

    /// The shingles, ascending.
    pub(super) fn shingles(&self) -> &[u32] {
        &self.0
    }

    /// The Jaccard similarity of two sets of shingles, in 0..=1: shared ones among all. Nothing resembles the empty set.
    pub(super) fn similarity(&self, other: &Self) -> f64 {
        let (mut ours, mut theirs) = (self.0.iter().peekable(), other.0.iter().peekable());
        let mut shared = 0_usize;
        while let (Some(a), Some(b)) = (ours.peek(), theirs.peek()) {
            let order = a.cmp(b);
            shared += usize::from(order.is_eq());
            if order.is_le() {
                ours.next();
            }
            if order.is_ge() {
                theirs.next();
            }
        }
        let all = self.0.len() + other.0.len() - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }
}

/// The last tokens of `prefix`, in their order.
fn window(prefix: &str) -> Vec<&str> {
    let mut lines: Vec<Vec<&str>> = Vec::new();
    let mut count = 0;
    for line in prefix.rsplit('\n') {
        let line: Vec<&str> = tokens(line).collect();
        count += line.len();
        lines.push(line);
        if count >= DUPLICATE_WINDOW {
            break;
        }
    }
    lines.into_iter().rev().flatten().skip(count.saturating_sub(DUPLICATE_WINDOW)).collect()
}

fn shingle(tokens: &[u64]) -> u32 {
    let sum = tokens.iter().fold(0, |sum: u64, token| mixed(sum.rotate_left(23) ^ token));
    u32::try_from(sum >> 32).expect("because half of 64 bits are 32")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_the_last_tokens() {
        let words = (0..200).map(|n| format!("w{n} {}", if n % 7 == 0 { "\n" } else { "" }));
        let prefix = words.collect::<Vec<_>>().concat();
        let last = window(&prefix);
        assert_eq!(last.len(), DUPLICATE_WINDOW);
        assert_eq!(last, tokens(&prefix).skip(200 - DUPLICATE_WINDOW).collect::<Vec<_>>());
        assert_eq!(window("a b\n c"), ["a", "b", "c"]);
    }

    #[test]
    fn similarity_is_of_sets() {
        let of = |prefix: &str| Document::of(prefix, "x");
        assert!((of("a b c d e f").similarity(&of("a  b\nc d e f")) - 1.0).abs() < 1e-12, "spacing is nothing");
        assert!(of("a b c d e f").similarity(&of("g h i j k l")).abs() < 1e-12);
        // Shingles of `a b c d e f x` are 3, of `z b c d e f x` are 3, and 2 are shared.
        assert!((of("a b c d e f").similarity(&of("z b c d e f")) - 0.5).abs() < 1e-12);
        let empty = Document::of("", "");
        assert!(empty.shingles().is_empty() && empty.similarity(&empty).abs() < 1e-12);
        assert_eq!(Document::of("a", "b").shingles().len(), 1, "short documents are one shingle");
    }
}
