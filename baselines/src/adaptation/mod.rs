//! Which weights read a prompt: one file an adaptation.

mod frozen;

use bench::RepoView;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::method::Weights;

pub use frozen::Frozen;

/// A source of weights.
pub trait Adaptation {
    /// Which weights read the prompt, in a clause for tables.
    fn describe(&self) -> String;

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
}

impl AdaptationSettings {
    /// Which weights read the prompt, in a clause for tables.
    pub fn describe(&self) -> String {
        self.build().describe()
    }

    /// Parameters that are trained for it; none if that depends on the base model.
    pub fn trained_parameters(&self) -> Option<u64> {
        match self {
            Self::Frozen {} => Some(0),
        }
    }

    /// The adaptation with these settings.
    pub fn build(&self) -> Box<dyn Adaptation> {
        match self {
            Self::Frozen {} => Box::new(Frozen),
        }
    }
}
