//! The states of repositories that were walked: commits, tasks and audits ask for them again and again.

use std::collections::BTreeMap;

use bench::RepoId;
use tch::Tensor;

use crate::error::Result;

/// States that are kept; 128 MiB of the published width. Our choice.
const KEPT: usize = 1 << 14;

/// The states of some repositories, each as far as it was walked: [1, hidden], the initial one first.
#[derive(Debug, Default)]
pub(super) struct States {
    repos: BTreeMap<RepoId, Vec<Tensor>>,
    kept: usize,
}

impl States {
    /// The state number `at` of `repo`, which `next` makes of the states before it.
    ///
    /// # Errors
    /// Those of `next`.
    pub(super) fn get(
        &mut self,
        repo: &RepoId,
        at: usize,
        mut next: impl FnMut(&[Tensor]) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let mut states = self.repos.remove(repo).unwrap_or_default();
        let known = states.len();
        while states.len() <= at {
            let state = next(&states)?;
            states.push(state);
        }
        self.kept += states.len() - known;
        if self.kept > KEPT {
            self.repos.clear();
            self.kept = states.len();
        }
        let state = states[at].shallow_clone();
        self.repos.insert(repo.clone(), states);
        Ok(state)
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// However much is kept, a state is the same, and nothing is walked twice while there is room.
    #[test]
    fn states_are_walked_once() {
        let (a, b): (RepoId, RepoId) = ("a/a".parse().unwrap(), "b/b".parse().unwrap());
        let (mut states, mut steps) = (States::default(), 0);
        let mut ask = |states: &mut States, repo: &RepoId, at: usize| {
            let state = states.get(repo, at, |before| {
                steps += 1;
                Ok(Tensor::full([1, 1], crate::model::size(before.len()), (Kind::Int64, Device::Cpu)))
            });
            (state.unwrap().int64_value(&[0, 0]), steps)
        };
        assert_eq!(ask(&mut states, &a, 3), (3, 4));
        assert_eq!(ask(&mut states, &b, 1), (1, 6));
        assert_eq!(ask(&mut states, &a, 2), (2, 6));
        assert_eq!(ask(&mut states, &a, 4), (4, 7));
        let far = KEPT + 1;
        assert_eq!(ask(&mut states, &b, far).0, crate::model::size(far));
        assert_eq!(ask(&mut states, &a, 1).0, 1, "it was let go and is walked again");
    }
}
