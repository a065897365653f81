//! In which order examples are presented (M186).

use std::collections::BTreeMap;

use bench::Seed;
use serde::{Deserialize, Serialize};

use crate::draw::{below, shuffle};

/// What is drawn first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sampling {
    /// Examples: every pass over all of them is a shuffle of its own.
    Flat,
    /// A repository, each as likely as any other, then an example of it: small repositories are seen as often as large
    /// ones. Within a repository every pass is a shuffle of its own.
    #[default]
    RepoUniform,
    /// A repository a step, every pass over all of them a shuffle of its own, then different examples of it, as many as a
    /// step has at most (M70).
    RepoSteps,
}

/// The endless order of presentation: indices of examples, a function of groups, sampling and seed alone.
#[derive(Debug)]
pub(super) struct Order<'a> {
    /// The examples of each repository; none is empty.
    groups: &'a [Vec<u32>],
    sampling: Sampling,
    seed: Seed,
    draws: rand_chacha::ChaCha8Rng,
    /// What is left of the current pass over a group, last first, and how many passes began.
    passes: BTreeMap<usize, (Vec<u32>, u64)>,
}

impl<'a> Order<'a> {
    pub(super) fn new(groups: &'a [Vec<u32>], sampling: Sampling, seed: Seed) -> Self {
        Self { groups, sampling, seed, draws: seed.derive("repositories").rng(), passes: BTreeMap::new() }
    }

    /// The next example of group `key`, which has these members.
    fn of_pass(&mut self, key: usize, members: impl Fn() -> Vec<u32>) -> Option<u32> {
        let (rest, number) = self.passes.entry(key).or_default();
        if rest.is_empty() {
            *rest = members();
            shuffle(rest, &mut self.seed.derive("passes").chunk(key as u64).chunk(*number).rng());
            *number += 1;
        }
        rest.pop()
    }
}

impl Iterator for Order<'_> {
    type Item = u32;

    /// Nothing if there are no examples.
    fn next(&mut self) -> Option<u32> {
        let groups = self.groups;
        match self.sampling {
            _ if groups.is_empty() => None,
            Sampling::Flat => self.of_pass(0, || groups.concat()),
            Sampling::RepoUniform | Sampling::RepoSteps => {
                let group = below(groups.len(), &mut self.draws);
                self.of_pass(group, || groups[group].clone())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Vec<Vec<u32>> {
        vec![(0..30).collect(), vec![30], vec![31, 32, 33]]
    }

    #[test]
    fn flat_presents_every_example_once_a_pass() {
        let groups = groups();
        let drawn: Vec<u32> = Order::new(&groups, Sampling::Flat, Seed(1)).take(68).collect();
        for pass in drawn.chunks(34) {
            let mut sorted = pass.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..34).collect::<Vec<_>>());
        }
        assert_ne!(drawn[..34], drawn[34..]);
        assert_ne!(drawn, Order::new(&groups, Sampling::Flat, Seed(2)).take(68).collect::<Vec<_>>());
    }

    #[test]
    fn repositories_are_drawn_alike_and_their_examples_in_turn() {
        let groups = groups();
        let drawn: Vec<u32> = Order::new(&groups, Sampling::RepoUniform, Seed(1)).take(3000).collect();
        for group in &groups {
            let mine: Vec<u32> = drawn.iter().copied().filter(|at| group.contains(at)).collect();
            assert!((900..1100).contains(&mine.len()), "{}", mine.len());
            for pass in mine.chunks_exact(group.len()) {
                let mut sorted = pass.to_vec();
                sorted.sort_unstable();
                assert_eq!(sorted, *group);
            }
        }
        assert_eq!(Order::new(&[], Sampling::RepoUniform, Seed(1)).next(), None);
    }
}
