//! Choices made from a seed: every random decision of the corpus goes through [`Draw`].

use bench::Seed;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::Rng;

/// A stream of choices; the same seed makes the same ones on every machine.
#[derive(Debug)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    /// The stream of `seed`.
    pub(super) fn new(seed: Seed) -> Self {
        Self(seed.rng())
    }

    /// A number below `bound`, which is positive.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * bound as u128;
        usize::try_from(product >> 64).expect("because the product's upper half is below the bound")
    }

    /// A number of seconds below `bound`, which is positive.
    pub(super) fn seconds(&mut self, bound: i64) -> i64 {
        let bound = usize::try_from(bound).expect("because spans of time are positive");
        i64::try_from(self.below(bound)).expect("because it is below an i64")
    }

    /// True in `hits` of `of` cases.
    pub(super) fn chance(&mut self, hits: usize, of: usize) -> bool {
        self.below(of) < hits
    }

    /// One of `items`, which is not empty.
    pub(super) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    /// `items` in a random order.
    pub(super) fn shuffled<T>(&mut self, mut items: Vec<T>) -> Vec<T> {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }

    /// `count` numbers below `levels` in a random order, each level as often as every other, give or take one.
    pub(super) fn stratified(&mut self, count: usize, levels: usize) -> Vec<usize> {
        let order = self.shuffled((0..levels).collect());
        self.shuffled((0..count).map(|i| order[i % levels]).collect())
    }
}

/// Things to be used once each.
#[derive(Debug)]
pub(super) struct Pool(Vec<&'static str>);

impl Pool {
    /// All of `words`, in a random order.
    pub(super) fn new(words: &[&'static str], draw: &mut Draw) -> Self {
        Self(draw.shuffled(words.to_vec()))
    }

    /// A word that was not taken before.
    pub(super) fn take(&mut self) -> &'static str {
        self.0.pop().expect("because a suite needs fewer words than each pool holds")
    }
}
