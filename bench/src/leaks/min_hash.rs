//! Signatures of sets, by which similar ones are found without comparing all with all (Broder's `MinHash`, banded).

use rand_chacha::rand_core::Rng;

use super::token::mixed;
use crate::paper::{MIN_HASH_BANDS, MIN_HASH_ROWS};
use crate::seed::Seed;

/// The seed of the hash functions: our choice, fixed, so that leak tables are the same everywhere.
const SEED: Seed = Seed(0);

/// A family of hash functions. The share of them whose least value two sets have in common estimates their similarity.
#[derive(Debug, Clone)]
pub(super) struct MinHash {
    /// Multiplier, odd, and summand of each function.
    functions: Vec<(u64, u64)>,
}

impl Default for MinHash {
    fn default() -> Self {
        let mut rng = SEED.derive("leaks/min-hash").rng();
        let functions = (0..MIN_HASH_BANDS * MIN_HASH_ROWS).map(|_| (rng.next_u64() | 1, rng.next_u64())).collect();
        Self { functions }
    }
}

impl MinHash {
    /// The least value of each function over `shingles`.
    pub(super) fn signature(&self, shingles: &[u32]) -> Vec<u32> {
        let least = |&(factor, summand): &(u64, u64)| {
            let value = |shingle: &u32| u64::from(*shingle).wrapping_mul(factor).wrapping_add(summand) >> 32;
            let least = shingles.iter().map(value).min().unwrap_or(u64::from(u32::MAX));
            u32::try_from(least).expect("because half of 64 bits are 32")
        };
        self.functions.iter().map(least).collect()
    }

    /// A number for each band of the signature of `shingles`. Sets of similarity s share one with probability
    /// 1 - (1 - s^[`MIN_HASH_ROWS`])^[`MIN_HASH_BANDS`].
    pub(super) fn bands(&self, shingles: &[u32]) -> Vec<u32> {
        let fold = |band: &[u32]| band.iter().fold(0, |sum: u64, least| mixed(sum.rotate_left(23) ^ u64::from(*least)));
        let short = |band: &[u32]| u32::try_from(fold(band) >> 32).expect("because half of 64 bits are 32");
        self.signature(shingles).chunks_exact(MIN_HASH_ROWS).map(short).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The hash functions are linear, so sets of neighbours would be no fair sample: spread them out.
    fn set(range: std::ops::Range<u64>) -> Vec<u32> {
        range.map(|n| u32::try_from(mixed(n) >> 32).unwrap()).collect()
    }

    proptest! {
        /// The estimate lies within four standard errors of the similarity.
        #[test]
        fn signatures_estimate_similarity(start in any::<u32>(), own in 0_u64..80, shared in 1_u64..80) {
            let start = u64::from(start);
            let (a, b) = (set(start..start + own + shared), set(start + own..start + 2 * own + shared));
            let similarity = shared as f64 / (2 * own + shared) as f64;
            let hash = MinHash::default();
            let (a, b) = (hash.signature(&a), hash.signature(&b));
            let equal = a.iter().zip(&b).filter(|(a, b)| a == b).count() as f64 / a.len() as f64;
            let error = (similarity * (1.0 - similarity) / a.len() as f64).sqrt();
            prop_assert!((equal - similarity).abs() <= 4.5 * error + 0.02, "{equal} for {similarity}");
        }
    }

    #[test]
    fn equal_sets_share_all_bands() {
        let hash = MinHash::default();
        assert_eq!(hash.bands(&set(0..40)), hash.bands(&set(0..40)));
        assert_eq!(hash.bands(&set(0..40)).len(), MIN_HASH_BANDS);
        let shared = hash.bands(&set(0..40)).iter().zip(hash.bands(&set(100..140))).filter(|(a, b)| **a == *b).count();
        assert_eq!(shared, 0);
    }
}
