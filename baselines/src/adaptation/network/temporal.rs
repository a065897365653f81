//! Adapters of other states than that of the commit (M172).

use std::collections::BTreeMap;
use std::rc::Rc;

use bench::{CommitId, RepoId};
use tch::{Kind, Tensor};

use super::GeneratedAdapters;
use crate::adapter::Adapter;
use crate::conditioning::{AdapterSource as _, TemporalSource, Variant};
use crate::draw::shuffle;
use crate::error::Result;
use crate::hypernetwork::StepInput;

/// What does not change from commit to commit of a repository.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// What the head reads on average over all repositories: [C] f32.
    mean: Option<Tensor>,
    /// Adapters of the repository that was asked for last.
    adapters: Option<(RepoId, BTreeMap<Variant, Rc<Adapter>>)>,
}

impl Standing {
    /// The adapters of `repo`.
    fn of(&mut self, repo: &RepoId) -> &mut BTreeMap<Variant, Rc<Adapter>> {
        let known = self.adapters.take().filter(|(known, _)| known == repo);
        &mut self.adapters.insert(known.unwrap_or_else(|| (repo.clone(), BTreeMap::new()))).1
    }
}

impl TemporalSource for GeneratedAdapters {
    fn variant(&mut self, repo: &RepoId, commit: &CommitId, variant: Variant) -> Result<Option<Rc<Adapter>>> {
        if let Some(adapter) = self.standing.of(repo).get(&variant) {
            return Ok(Some(Rc::clone(adapter)));
        }
        let context = self.context_in(repo, commit, variant)?;
        let adapter = self.of_context(&context)?;
        if variant.is_of_repository() {
            self.standing.of(repo).extend(adapter.clone().map(|adapter| (variant, adapter)));
        }
        Ok(adapter)
    }
}

impl GeneratedAdapters {
    /// What the head reads in the state `variant`: [C] f32.
    fn context_in(&mut self, repo: &RepoId, commit: &CommitId, variant: Variant) -> Result<Tensor> {
        let timeline = self.files.timeline(repo)?;
        let (place, commits) = (timeline.place(commit)?, timeline.len());
        match variant {
            Variant::Initial => self.context_of(&self.initial(repo)?),
            Variant::Last => {
                let state = self.state(commits, repo)?;
                self.context_of(&state)
            }
            Variant::MeanOfRepository => self.mean_of(repo),
            Variant::MeanOfAll => self.mean_of_all(),
            Variant::OtherRepository => {
                let other = self.contexts.another(repo)?;
                let theirs = self.files.timeline(&other)?;
                let commit = theirs.commit(place * theirs.len() / commits).clone();
                self.read(&other, &commit)
            }
            Variant::ShuffledDiffs => {
                let mut places: Vec<usize> = (0..self.read_at(place)).collect();
                shuffle(&mut places, &mut self.seed.derive("shuffled").derive(repo.as_str()).rng());
                let inputs = places.into_iter().map(|at| self.input(repo, at)).collect::<Result<Vec<Tensor>>>()?;
                self.rolled(repo, &inputs)
            }
            Variant::ZeroDiffs => {
                let nothing = self.nothing_new(repo)?;
                let inputs: Vec<Tensor> = (0..self.read_at(place)).map(|_| nothing.shallow_clone()).collect();
                self.rolled(repo, &inputs)
            }
        }
    }

    /// What the head reads after a rollout over `inputs` ([step] each): [C] f32.
    fn rolled(&self, repo: &RepoId, inputs: &[Tensor]) -> Result<Tensor> {
        let network = self.history()?;
        let advance =
            |state: Tensor, input: &Tensor| tch::no_grad(|| network.state.advance(&input.unsqueeze(0), &state));
        self.context_of(&inputs.iter().fold(self.initial(repo)?, advance))
    }

    /// What a commit of `repo` brings that changes nothing: a diff of noughts, and the tree as it was at first.
    fn nothing_new(&self, repo: &RepoId) -> Result<Tensor> {
        let first = self.input(repo, 0)?;
        Ok(match self.history()?.step {
            StepInput::Diff => first.zeros_like(),
            StepInput::RepoState => first,
            StepInput::Concat => {
                let tree = crate::model::size(self.contexts.width());
                let of_diff = first.size1().map_or(0, |width| width - tree);
                let (diff, tree) = (first.narrow(0, 0, of_diff), first.narrow(0, of_diff, tree));
                Tensor::cat(&[diff.zeros_like(), tree], 0)
            }
        })
    }

    /// The mean of what the head reads over the commits of `repo`: [C] f32.
    fn mean_of(&mut self, repo: &RepoId) -> Result<Tensor> {
        let commits = self.files.timeline(repo)?.len();
        let mut read = Vec::with_capacity(commits);
        for place in 0..commits {
            let state = self.state(self.read_at(place), repo)?;
            read.push(self.context_of(&state)?);
        }
        Ok(Tensor::stack(&read, 0).mean_dim(0, false, Kind::Float))
    }

    /// The mean of [`GeneratedAdapters::mean_of`] over all repositories: [C] f32. Made once.
    fn mean_of_all(&mut self) -> Result<Tensor> {
        if let Some(mean) = &self.standing.mean {
            return Ok(mean.shallow_clone());
        }
        let repos: Vec<RepoId> = self.files.timelines().map(|timeline| timeline.repo().clone()).collect();
        let means = repos.iter().map(|repo| self.mean_of(repo)).collect::<Result<Vec<Tensor>>>()?;
        let mean = Tensor::stack(&means, 0).mean_dim(0, false, Kind::Float);
        self.standing.mean = Some(mean.shallow_clone());
        Ok(mean)
    }
}
