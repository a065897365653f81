//! One ranking of several (M97).

use std::collections::BTreeMap;

use super::bm25::Hit;

/// The `count` best documents of all `rankings` together, best first, ties by number: each ranking adds
/// `1 / (constant + rank + 1)` to the score of a document, its ranks counted from 0.
pub(super) fn fuse(rankings: &[Vec<Hit>], constant: f64, count: usize) -> Vec<Hit> {
    let mut scores: BTreeMap<usize, f64> = BTreeMap::new();
    for ranking in rankings {
        for (rank, hit) in ranking.iter().enumerate() {
            *scores.entry(hit.document).or_default() += 1.0 / (constant + rank as f64 + 1.0);
        }
    }
    let mut hits: Vec<Hit> = scores.into_iter().map(|(document, score)| Hit { document, score }).collect();
    hits.sort_by(|a, b| b.score.total_cmp(&a.score));
    hits.truncate(count);
    hits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(documents: &[usize]) -> Vec<Hit> {
        documents.iter().map(|&document| Hit { document, score: 0.0 }).collect()
    }

    #[test]
    fn m97_ranks_are_added_up_as_computed_by_hand() {
        // 5 documents: dense says 3 1 0, lexical says 1 4 3.
        let fused = fuse(&[ranking(&[3, 1, 0]), ranking(&[1, 4, 3])], 60.0, 5);
        let expected = [(1, 1.0 / 62.0 + 1.0 / 61.0), (3, 1.0 / 61.0 + 1.0 / 63.0), (4, 1.0 / 62.0), (0, 1.0 / 63.0)];
        assert_eq!(fused.iter().map(|hit| hit.document).collect::<Vec<_>>(), expected.map(|e| e.0));
        for (hit, (_, score)) in fused.iter().zip(expected) {
            assert!((hit.score - score).abs() < 1e-15);
        }
        assert_eq!(fuse(&[ranking(&[3, 1, 0]), ranking(&[1, 4, 3])], 60.0, 2).len(), 2);
    }

    #[test]
    fn m97_ties_go_to_the_lower_number() {
        let fused = fuse(&[ranking(&[4, 2]), ranking(&[2, 4])], 60.0, 5);
        assert_eq!(fused.iter().map(|hit| hit.document).collect::<Vec<_>>(), [2, 4]);
        assert!(fuse(&[Vec::new(), Vec::new()], 60.0, 3).is_empty());
    }
}
