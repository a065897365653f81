//! The base model as it is.

use bench::RepoView;

use super::Adaptation;
use crate::error::Result;
use crate::method::Weights;

/// What it is, in a clause for tables.
pub(super) const CLAUSE: &str = "frozen base model";

/// Leaves the base model alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frozen;

impl Adaptation for Frozen {
    fn describe(&self) -> String {
        CLAUSE.to_owned()
    }

    fn weights(&mut self, _repo: &RepoView) -> Result<Weights> {
        Ok(Weights::Base)
    }
}
