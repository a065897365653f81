//! Exact search by cosine (M93).

use super::bm25::Hit;
use crate::context::embedder::{Unit, dot};

/// Normalised vectors, ready for queries.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Dense {
    vectors: Vec<Unit>,
}

impl Dense {
    /// An index over `vectors`; where `half`, each number is rounded to 16 bits, as the published index stored them
    /// (M97).
    pub(super) fn new(vectors: Vec<Unit>, half: bool) -> Self {
        let rounded = |unit: Unit| unit.iter().map(|x| half::f16::from_f32(*x).to_f32()).collect();
        Self { vectors: if half { vectors.into_iter().map(rounded).collect() } else { vectors } }
    }

    /// The `count` vectors nearest to the normalised `query`, nearest first, ties by number.
    pub(super) fn search(&self, query: &[f32], count: usize) -> Vec<Hit> {
        let hit = |(document, vector): (usize, &Unit)| Hit { document, score: f64::from(dot(vector, query)) };
        let mut hits: Vec<Hit> = self.vectors.iter().enumerate().map(hit).collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score));
        hits.truncate(count);
        hits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m93_the_nearest_come_first_and_ties_by_number() {
        let vectors: Vec<Unit> = [[0.0, 1.0], [0.6, 0.8], [1.0, 0.0], [0.6, 0.8]].map(|v| v.to_vec().into()).to_vec();
        let index = Dense::new(vectors.clone(), false);
        let found = |count| index.search(&[1.0, 0.0], count).iter().map(|hit| hit.document).collect::<Vec<_>>();
        assert_eq!(found(9), [2, 1, 3, 0]);
        assert_eq!(found(2), [2, 1]);
        let scores: Vec<f64> = index.search(&[1.0, 0.0], 2).iter().map(|hit| hit.score).collect();
        assert_eq!(scores, [1.0, f64::from(0.6_f32)]);
        let score = f64::from(half::f16::from_f32(0.6));
        assert_eq!(Dense::new(vectors, true).search(&[1.0, 0.0], 2)[1], Hit { document: 1, score });
        assert!(Dense::default().search(&[1.0], 3).is_empty());
    }
}
