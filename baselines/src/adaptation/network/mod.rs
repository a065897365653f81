//! Adapters that a network makes of the repository: Code2LoRA and its relatives.

mod states;
mod temporal;

use std::rc::Rc;
use std::sync::Arc;

use bench::{CommitId, RepoId, RepoView, Seed, VectorKind};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind as Number, Tensor};

use states::States;
use temporal::Standing;

use super::Adaptation;
use super::trained::artifact;
use crate::adapter::Adapter;
use crate::conditioning::{AdapterSource, ContextFiles, ContextPolicy, Contexts, Control, TemporalSource};
use crate::error::{Error, Result};
use crate::fit::{Kind, step_input};
use crate::hypernetwork::{Architecture, Checkpoint, HistoryNetwork, Network};
use crate::method::{Base, Weights};

/// What generated adapters are, in a clause for tables.
pub(super) const CLAUSE: &str = "a LoRA that a network makes of the repository";

/// How a network is used for answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkUse {
    /// Which commit's vector a task is read with (M74). Networks that walk the history read that of the task's commit.
    pub policy: ContextPolicy,
}

/// A network with everything it reads.
#[derive(Debug)]
pub struct GeneratedAdapters {
    checkpoint: Checkpoint,
    files: Arc<ContextFiles>,
    contexts: Contexts,
    device: Device,
    states: States,
    /// What is drawn in audits is drawn by it.
    seed: Seed,
    /// What audits ask again and again.
    standing: Standing,
    /// What was made last: tasks of one commit come one after the other (M75).
    latest: Option<(RepoId, CommitId, Rc<Adapter>)>,
}

impl GeneratedAdapters {
    /// The network of the artifact of `base`, reading the vectors of its resources.
    ///
    /// # Errors
    /// If there is no such artifact, it cannot be read, or the vectors are not those that the network was trained on.
    pub fn of_artifact(base: &Base<'_>, used: NetworkUse) -> Result<Self> {
        let artifact = artifact(base, Kind::Network)?;
        let network =
            artifact.network(base.config, base.device)?.expect("because an artifact of this kind has a network");
        let manifest = artifact.manifest();
        let settings = manifest.settings.network.as_ref();
        let control = settings.map_or(Control::None, |settings| settings.control);
        let files = base.resources.contexts.clone().ok_or_else(|| {
            let reason =
                "the network reads vectors of repositories; `repopeft embed` makes the files to name with --vectors";
            Error::option("vectors", "missing", reason)
        })?;
        // Only controls draw, and what others trained has none.
        let seed = manifest.seed.unwrap_or(Seed(0));
        Self::new(network, files, (used.policy, control), seed, base.device)
    }

    /// `checkpoint`, reading `files`.
    ///
    /// # Errors
    /// If the files lack what it reads, or it walks histories and a policy or control is asked for.
    pub fn new(
        checkpoint: Checkpoint,
        files: Arc<ContextFiles>,
        (policy, control): (ContextPolicy, Control),
        seed: Seed,
        device: Device,
    ) -> Result<Self> {
        let reads = &checkpoint.reads;
        let encoder = reads.encoder.as_ref();
        let wanted = (reads.kind, reads.exclude_tests, encoder);
        let contexts = Contexts::new(&files, wanted, (policy, control), seed)?;
        if let Network::OfHistory(network) = &checkpoint.network {
            if policy != ContextPolicy::Fresh {
                let reason = "a state is that of its own commit; only networks that read one vector have policies";
                return Err(Error::option("adaptation.policy", format!("{policy:?}"), reason));
            }
            if network.reads_diffs() {
                files.of(VectorKind::DiffG2, true, Some(&contexts.vectors().header().encoder))?;
            }
        }
        let width = crate::model::size(contexts.width());
        let expected = checkpoint.network.context_width();
        if width != expected {
            let reason = format!("the network reads vectors of {expected} numbers");
            return Err(Error::option("vectors", format!("{width} numbers"), reason));
        }
        Ok(Self {
            checkpoint,
            files,
            contexts,
            device,
            states: States::default(),
            seed,
            standing: Standing::default(),
            latest: None,
        })
    }

    /// The network.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    fn history(&self) -> Result<&HistoryNetwork> {
        match &self.checkpoint.network {
            Network::OfHistory(network) => Ok(network),
            Network::OfVector(_) => Err(Error::option("network", "of a vector", "it has no states")),
        }
    }

    /// The state of `repo` before any commit: [1, hidden].
    fn initial(&self, repo: &RepoId) -> Result<Tensor> {
        let network = self.history()?;
        let first = self.contexts.vectors().context(repo, self.files.timeline(repo)?.commit(0))?;
        Ok(tch::no_grad(|| network.state.initial(&first.to_device(self.device).unsqueeze(0))))
    }

    /// What the kept commit `place` of `repo` adds to the state: [step].
    fn input(&self, repo: &RepoId, place: usize) -> Result<Tensor> {
        let commit = self.files.timeline(repo)?.commit(place);
        let step = self.history()?.step;
        Ok(step_input(&self.files, Some(step), &self.checkpoint.reads, (repo, commit))?.to_device(self.device))
    }

    /// The state of `repo` after its first `commits` kept commits: [1, hidden].
    fn state(&mut self, commits: usize, repo: &RepoId) -> Result<Tensor> {
        let mut states = std::mem::take(&mut self.states);
        let state = states.get(repo, commits, |before| {
            let Some(last) = before.last() else { return self.initial(repo) };
            let input = self.input(repo, before.len() - 1)?.unsqueeze(0);
            let network = self.history()?;
            Ok(tch::no_grad(|| network.state.advance(&input, last)))
        });
        self.states = states;
        state
    }

    /// How many commits the state has taken in that tasks of the kept commit `place` are read with (M83).
    fn read_at(&self, place: usize) -> usize {
        let before = self.history().is_ok_and(|network| network.reads_before);
        if before { place } else { place + 1 }
    }

    /// What the head reads of `state`: [C] f32.
    fn context_of(&self, state: &Tensor) -> Result<Tensor> {
        tch::no_grad(|| self.history().map(|network| network.state.context(state).squeeze_dim(0)))
    }

    /// What the head reads for tasks of `repo` at `commit`: [C] f32.
    fn read(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Tensor> {
        if let Network::OfVector(_) = &self.checkpoint.network {
            return self.contexts.of(repo, commit, 0);
        }
        let place = self.files.timeline(repo)?.place(commit)?;
        let state = self.state(self.read_at(place), repo)?;
        self.context_of(&state)
    }
}

impl AdapterSource for GeneratedAdapters {
    fn context(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Tensor>> {
        self.read(repo, commit).map(|context| Some(context.to_device(Device::Cpu)))
    }

    fn adapter(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Rc<Adapter>>> {
        let seen = match &self.checkpoint.network {
            Network::OfVector(_) => self.contexts.seen(repo, commit)?.clone(),
            Network::OfHistory(_) => commit.clone(),
        };
        if let Some((known, at, adapter)) = &self.latest
            && (known, at) == (repo, &seen)
        {
            return Ok(Some(Rc::clone(adapter)));
        }
        let context = self.read(repo, commit)?;
        let adapter = self.of_context(&context)?;
        self.latest = adapter.clone().map(|adapter| (repo.clone(), seen, adapter));
        Ok(adapter)
    }

    fn of_context(&mut self, context: &Tensor) -> Result<Option<Rc<Adapter>>> {
        let context = context.to_device(self.device).to_kind(Number::Float);
        Ok(Some(Rc::new(self.checkpoint.network.adapter(&context)?)))
    }

    fn architecture(&self) -> Option<&Architecture> {
        Some(&self.checkpoint.architecture)
    }

    fn temporal(&mut self) -> Option<&mut dyn TemporalSource> {
        if self.history().is_ok() { Some(self) } else { None }
    }
}

impl Adaptation for GeneratedAdapters {
    fn describe(&self) -> String {
        CLAUSE.to_owned()
    }

    fn adapters(&self) -> Option<String> {
        Some("every repository and commit has one, made of its vectors".to_owned())
    }

    fn vectors(&self) -> Option<String> {
        let header = self.contexts.vectors().header();
        Some(format!("{} by {} ({:.16})", header.kind, header.encoder.name, header.encoder.fingerprint))
    }

    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        Some(self)
    }

    fn weights(&mut self, view: &RepoView) -> Result<Weights> {
        let adapter = self.adapter(&view.repo, &view.commit)?;
        Ok(adapter.map_or(Weights::Base, Weights::Adapter))
    }
}
