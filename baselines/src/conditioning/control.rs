//! Contexts that say nothing of the repository: the controls of M173.

use std::collections::BTreeMap;

use bench::{Partition, RepoId, Seed};
use serde::{Deserialize, Serialize};
use tch::Tensor;

use crate::draw::below;

/// What stands in for the context of a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// Nothing: the repository's own context is read.
    #[default]
    None,
    /// The mean context of the training repositories (M173c).
    Constant,
    /// The context of another repository of the same part of the benchmark (M173d), drawn anew at every step of
    /// training. A permutation that never changes would still tell training repositories apart, as random codes do.
    Permuted,
    /// A random vector of the same length, always the same for a repository (M173e).
    Random,
}

/// The repositories that can be permuted.
#[derive(Debug, Clone)]
pub(super) struct Others {
    parts: BTreeMap<Partition, Vec<RepoId>>,
    seed: Seed,
}

impl Others {
    pub(super) fn new(repos: impl Iterator<Item = (Partition, RepoId)>, seed: Seed) -> Self {
        let mut parts: BTreeMap<Partition, Vec<RepoId>> = BTreeMap::new();
        repos.for_each(|(partition, repo)| parts.entry(partition).or_default().push(repo));
        parts.values_mut().for_each(|repos| repos.sort());
        Self { parts, seed: seed.derive("control") }
    }

    /// Another repository of `partition` than `repo`, by the `turn`-th draw; `repo` itself where there is no other.
    pub(super) fn instead_of(&self, repo: &RepoId, partition: Partition, turn: u64) -> RepoId {
        let repos = self.parts.get(&partition).map_or(&[][..], Vec::as_slice);
        let others = repos.iter().filter(|other| *other != repo).count();
        if others == 0 {
            return repo.clone();
        }
        let drawn = below(others, &mut self.seed.derive(repo.as_str()).chunk(turn).rng());
        repos.iter().filter(|other| *other != repo).nth(drawn).expect("because there are as many").clone()
    }

    /// The code of `repo`: normal numbers, as long as `like` ([C] f32).
    pub(super) fn code(&self, repo: &RepoId, like: &Tensor) -> Tensor {
        let width = like.numel();
        let code =
            Tensor::from_slice(&crate::model::normal(self.seed.derive("code").derive(repo.as_str()), 1.0, width));
        let length = like.norm();
        &code / code.norm().clamp_min(1e-12) * length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_others_and_follow_the_turn() {
        let repos: Vec<RepoId> = (0..5).map(|n| format!("a/r{n}").parse().unwrap()).collect();
        let others = Others::new(repos.iter().map(|repo| (Partition::Train, repo.clone())), Seed(1));
        let drawn: Vec<RepoId> = (0..40).map(|turn| others.instead_of(&repos[2], Partition::Train, turn)).collect();
        assert!(!drawn.contains(&repos[2]));
        assert!([0, 1, 3, 4].iter().all(|&n| drawn.contains(&repos[n])), "{drawn:?}");
        assert_eq!(others.instead_of(&repos[2], Partition::OodTest, 0), repos[2], "nobody else");
    }

    #[test]
    fn codes_are_of_the_length_of_the_context() {
        let others = Others::new(std::iter::empty(), Seed(1));
        let like = Tensor::from_slice(&[3.0_f32, 4.0, 0.0, 0.0]);
        let code = |name: &str| others.code(&name.parse().unwrap(), &like);
        assert!((f64::try_from(code("a/b").norm()).unwrap() - 5.0).abs() < 1e-5);
        assert_eq!(Vec::<f32>::try_from(code("a/b")).unwrap(), Vec::<f32>::try_from(code("a/b")).unwrap());
        assert_ne!(Vec::<f32>::try_from(code("a/b")).unwrap(), Vec::<f32>::try_from(code("a/c")).unwrap());
    }
}
