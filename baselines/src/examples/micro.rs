//! How the examples of a step are divided into batches that fit the memory, with the least work.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

/// What one forward pass may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchLimits {
    /// Rows at most; at least 1.
    pub rows: usize,
    /// Tokens of all rows at most, padding included; a longer example goes alone.
    pub tokens: usize,
}

/// What a forward and a backward pass cost besides their tokens, in tokens. Our choice: between the few tokens of a CPU
/// and the hundreds of a GPU that a small model leaves idle.
const PASS_TOKENS: usize = 64;

/// Divides examples of these lengths into batches, as indices: the division with the fewest columns, padding and a fixed
/// price for every batch counted, of all that take the examples in order of length. Longer ones come first, so that a
/// step that does not fit the memory fails early. Depends on nothing but its arguments.
pub fn micro_batches(lengths: &[usize], limits: BatchLimits) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..lengths.len()).collect();
    order.sort_by_key(|&at| (Reverse(lengths[at]), at));
    // The least cost of the first `end` examples, and where their last batch begins.
    let mut best: Vec<(usize, usize)> = vec![(0, 0)];
    for end in 1..=order.len() {
        let cost = |start: usize| {
            let columns = (end - start) * lengths[order[start]];
            let fits = end - start == 1 || (end - start <= limits.rows && columns <= limits.tokens);
            fits.then(|| (best[start].0 + columns + PASS_TOKENS, start))
        };
        let least = (0..end).rev().take(limits.rows.max(1)).filter_map(cost).min();
        best.push(least.expect("because an example alone always fits"));
    }
    let mut batches = Vec::new();
    let mut end = order.len();
    while end > 0 {
        let start = best[end].1;
        batches.push(order[start..end].to_vec());
        end = start;
    }
    batches.reverse();
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_like_length_go_together() {
        let limits = BatchLimits { rows: 8, tokens: 4096 };
        assert_eq!(micro_batches(&[10, 500, 12, 510, 11], limits), [vec![3, 1], vec![2, 4, 0]]);
        assert_eq!(micro_batches(&[1000; 5], limits), [vec![0], vec![1, 2, 3, 4]]);
        assert_eq!(micro_batches(&[9000, 1], limits), [vec![0], vec![1]], "too long for the limit, but alone");
        assert_eq!(micro_batches(&[7, 7, 7], BatchLimits { rows: 1, tokens: 4096 }).len(), 3);
        assert!(micro_batches(&[], limits).is_empty());
    }

    #[test]
    fn every_example_is_in_one_batch_and_limits_hold() {
        let lengths: Vec<usize> = (0..64).map(|at| at * 37 % 301 + 1).collect();
        let limits = BatchLimits { rows: 6, tokens: 700 };
        let batches = micro_batches(&lengths, limits);
        let mut seen: Vec<usize> = batches.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..64).collect::<Vec<_>>());
        for batch in &batches {
            let columns = batch.len() * batch.iter().map(|&at| lengths[at]).max().unwrap();
            assert!(batch.len() <= 6 && columns <= 700, "{batch:?}");
        }
        let padded: usize = batches.iter().map(|b| b.len() * b.iter().map(|&at| lengths[at]).max().unwrap()).sum();
        assert!(padded * 100 < lengths.iter().sum::<usize>() * 115, "{padded}");
    }
}
