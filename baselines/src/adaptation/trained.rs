//! Weights that `train` made, read from an artifact.

use std::rc::Rc;

use bench::audit::Space;
use bench::{CommitId, RepoId, RepoView};
use tch::{Device, Tensor};

use super::Adaptation;
use crate::adapter::{Adapter, Merged};
use crate::conditioning::AdapterSource;
use crate::error::{Error, Result};
use crate::fit::{Artifact, Kind};
use crate::method::{Base, Weights};
use crate::model::Config;

/// What full fine-tuning is, in a clause for tables.
pub(super) const FULL: &str = "full fine-tuning on the training repositories";
/// The same of one LoRA.
pub(super) const LORA: &str = "one LoRA for all repositories";
/// The same where it is merged.
pub(super) const MERGED_LORA: &str = "one LoRA for all repositories, merged into the base model";
/// The same of many.
pub(super) const LORA_PER_REPOSITORY: &str = "a LoRA for each training repository";

/// The artifact of `base`, which must have been made by a training of `kind`.
pub(super) fn artifact<'a>(base: &Base<'a>, kind: Kind) -> Result<&'a Artifact> {
    let artifact = base.artifact.ok_or_else(|| {
        Error::option("artifact", "missing", "this method is trained first: `repopeft train` makes the folder to name")
    })?;
    if artifact.manifest().kind == kind {
        return Ok(artifact);
    }
    let reason = "it was made by a training of another kind";
    Err(Error::option("artifact", artifact.manifest().method.as_str(), reason))
}

/// The base model after full fine-tuning: the model that was opened is that of the artifact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FineTuned;

impl FineTuned {
    /// The weights of the artifact of `base`.
    ///
    /// # Errors
    /// If there is none of this kind.
    pub fn new(base: &Base<'_>) -> Result<Self> {
        artifact(base, Kind::Full).map(|_| Self)
    }
}

impl Adaptation for FineTuned {
    fn describe(&self) -> String {
        FULL.to_owned()
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Base)
    }
}

/// One LoRA for all repositories (M117, M118).
#[derive(Debug)]
pub struct SingleLora {
    adapter: Rc<Adapter>,
}

impl SingleLora {
    /// The adapter of the artifact of `base`.
    ///
    /// # Errors
    /// If there is none of this kind, or it cannot be read.
    pub fn new(base: &Base<'_>) -> Result<Self> {
        Ok(Self { adapter: Rc::new(adapter(base)?) })
    }
}

/// The one adapter of the artifact of `base`.
fn adapter(base: &Base<'_>) -> Result<Adapter> {
    let adapter = artifact(base, Kind::Lora)?.adapter(base.config, base.device)?;
    Ok(adapter.expect("because an artifact of this kind has an adapter"))
}

impl Adaptation for SingleLora {
    fn describe(&self) -> String {
        LORA.to_owned()
    }

    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        Some(self)
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Adapter(Rc::clone(&self.adapter)))
    }
}

/// One LoRA for all repositories, merged into the weights of the base model for as long as this value lives (M56).
#[derive(Debug)]
pub struct MergedLora {
    /// What the weights were before; there until the end.
    merged: Option<Merged>,
}

impl MergedLora {
    /// Merges the adapter of the artifact of `base` into its weights.
    ///
    /// # Errors
    /// If there is none of this kind, or it cannot be read.
    pub fn new(base: &Base<'_>) -> Result<Self> {
        Ok(Self { merged: Some(adapter(base)?.merge(base.config, base.weights)?) })
    }
}

impl Drop for MergedLora {
    fn drop(&mut self) {
        if let Some(merged) = self.merged.take() {
            merged.unmerge();
        }
    }
}

impl Adaptation for MergedLora {
    fn describe(&self) -> String {
        MERGED_LORA.to_owned()
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Base)
    }
}

/// The same adapter everywhere: what an audit must find not conditioned (M173).
impl AdapterSource for SingleLora {
    fn context(&mut self, _repo: &RepoId, _commit: &CommitId) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn adapter(&mut self, _repo: &RepoId, _commit: &CommitId) -> Result<Option<Rc<Adapter>>> {
        Ok(Some(Rc::clone(&self.adapter)))
    }

    fn of_context(&mut self, _context: &Tensor) -> Result<Option<Rc<Adapter>>> {
        Ok(None)
    }
}

/// A LoRA for each training repository (M119); other repositories are answered by the base model.
#[derive(Debug)]
pub struct LoraPerRepository {
    artifact: Artifact,
    config: Config,
    device: Device,
    /// The repository asked for last: its commits come one after the other.
    latest: Option<(RepoId, Option<Rc<Adapter>>)>,
}

impl LoraPerRepository {
    /// The adapters of the artifact of `base`.
    ///
    /// # Errors
    /// If there is none of this kind.
    pub fn new(base: &Base<'_>) -> Result<Self> {
        let artifact = artifact(base, Kind::LoraPerRepository)?.clone();
        Ok(Self { artifact, config: base.config.clone(), device: base.device, latest: None })
    }

    /// The adapter of `repo`, if it has one.
    fn of(&mut self, repo: &RepoId) -> Result<Option<Rc<Adapter>>> {
        if let Some((known, adapter)) = &self.latest
            && known == repo
        {
            return Ok(adapter.clone());
        }
        let adapter = self.artifact.adapter_of(repo, &self.config, self.device)?.map(Rc::new);
        self.latest = Some((repo.clone(), adapter.clone()));
        Ok(adapter)
    }
}

impl Adaptation for LoraPerRepository {
    fn describe(&self) -> String {
        LORA_PER_REPOSITORY.to_owned()
    }

    fn adapters(&self) -> Option<String> {
        let count = self.artifact.manifest().repos.len();
        Some(format!("{count} repositories have one of their own; the others are answered by the base model"))
    }

    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        Some(self)
    }

    fn weights(&mut self, view: &RepoView) -> Result<Weights> {
        Ok(self.of(&view.repo)?.map_or(Weights::Base, Weights::Adapter))
    }
}

/// Adapters that were trained apart: their factors may be rotated against each other, so only products compare (M160).
impl AdapterSource for LoraPerRepository {
    fn context(&mut self, _repo: &RepoId, _commit: &CommitId) -> Result<Option<Tensor>> {
        Ok(None)
    }

    fn adapter(&mut self, repo: &RepoId, _commit: &CommitId) -> Result<Option<Rc<Adapter>>> {
        self.of(repo)
    }

    fn of_context(&mut self, _context: &Tensor) -> Result<Option<Rc<Adapter>>> {
        Ok(None)
    }

    fn space(&self) -> Space {
        Space::Delta
    }
}
