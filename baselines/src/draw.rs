//! Draws from a generator: the one shuffle of this crate.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// From 0 to 1, 1 excluded.
pub(crate) fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

/// Below `bound`; the bias is below 2⁻³² for every list that fits in memory.
pub(crate) fn below(bound: usize, rng: &mut ChaCha8Rng) -> usize {
    let product = u128::from(rng.next_u64()) * bound as u128;
    usize::try_from(product >> 64).expect("because it is below the bound")
}

/// The shuffle of Fisher and Yates.
pub(crate) fn shuffle<T>(items: &mut [T], rng: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        items.swap(last, below(last + 1, rng));
    }
}
