//! The base model as it is.

use bench::RepoView;

use super::Adaptation;
use crate::error::Result;
use crate::method::Weights;

/// Leaves the base model alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen;

impl Adaptation for Frozen {
    fn describe(&self) -> String {
        "frozen base model".to_owned()
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Base)
    }
}
