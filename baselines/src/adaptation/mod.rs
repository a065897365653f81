//! Which weights read a prompt: one file an adaptation.

mod frozen;
mod network;
mod trained;

use bench::{MethodProfile, RepoView};
use serde::{Deserialize, Serialize};

use crate::conditioning::{AdapterSource, ContextPolicy};
use crate::error::{Error, Result};
use crate::method::{Base, Weights};

pub use frozen::Frozen;
pub use network::{GeneratedAdapters, NetworkUse};
pub use trained::{FineTuned, LoraPerRepository, MergedLora, SingleLora};

/// A source of weights.
pub trait Adaptation {
    /// Which weights read the prompt, in a clause for tables.
    fn describe(&self) -> String;

    /// Which adapters there are and what a repository without one gets (S116), in a sentence, where it is not the same for
    /// all.
    fn adapters(&self) -> Option<String> {
        None
    }

    /// The encoder and kind of the vectors that weights are made of, if they are.
    fn vectors(&self) -> Option<String> {
        None
    }

    /// What an audit of conditioning asks for adapters, if weights are adapters that may differ between repositories.
    fn source(&mut self) -> Option<&mut dyn AdapterSource> {
        None
    }

    /// The weights for `repo`. Called once a repository and commit; commits of a repository arrive oldest first.
    ///
    /// # Errors
    /// If the weights cannot be read or made.
    fn weights(&mut self, repo: &RepoView) -> Result<Weights>;
}

/// The `[adaptation]` table of a method's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum AdaptationSettings {
    /// See [`Frozen`].
    Frozen {},
    /// See [`FineTuned`].
    Full {},
    /// See [`SingleLora`].
    Lora {
        /// Whether it is added to the weights of the base model, rounded to their kind (M56), instead of standing beside
        /// them.
        merge: bool,
    },
    /// See [`LoraPerRepository`].
    LoraPerRepository {},
    /// See [`GeneratedAdapters`].
    Network(NetworkUse),
}

impl AdaptationSettings {
    /// Parameters that are trained for it; none if that depends on the base model.
    pub fn trained_parameters(&self) -> Option<u64> {
        match self {
            Self::Frozen {} => Some(0),
            Self::Full {} | Self::Lora { .. } | Self::LoraPerRepository {} | Self::Network(_) => None,
        }
    }

    /// Which weights read the prompt, in a clause for tables.
    pub fn describe(&self) -> String {
        let clause = match self {
            Self::Frozen {} => frozen::CLAUSE,
            Self::Full {} => trained::FULL,
            Self::Lora { merge: false } => trained::LORA,
            Self::Lora { merge: true } => trained::MERGED_LORA,
            Self::LoraPerRepository {} => trained::LORA_PER_REPOSITORY,
            Self::Network(_) => network::CLAUSE,
        };
        clause.to_owned()
    }

    /// Refuses what only the authors did.
    ///
    /// # Errors
    /// [`Error::Option`] that names the key.
    pub fn check(&self, profile: MethodProfile) -> Result<()> {
        match self {
            Self::Network(NetworkUse { policy: ContextPolicy::Latest }) if profile == MethodProfile::Fair => {
                let reason = "it tells of commits after the one that is asked about; \"anchor\" does not";
                Err(Error::option("adaptation.policy", "latest", reason))
            }
            _ => Ok(()),
        }
    }

    /// The adaptation of `base` with these settings.
    ///
    /// # Errors
    /// If it needs an artifact, and `base` has none of its kind or one that cannot be read.
    pub fn build(&self, base: &Base<'_>) -> Result<Box<dyn Adaptation>> {
        Ok(match self {
            Self::Frozen {} => Box::new(Frozen),
            Self::Full {} => Box::new(FineTuned::new(base)?),
            Self::Lora { merge: false } => Box::new(SingleLora::new(base)?),
            Self::Lora { merge: true } => Box::new(MergedLora::new(base)?),
            Self::LoraPerRepository {} => Box::new(LoraPerRepository::new(base)?),
            Self::Network(used) => Box::new(GeneratedAdapters::of_artifact(base, *used)?),
        })
    }
}
