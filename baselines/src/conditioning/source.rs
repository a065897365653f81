//! What a method that claims conditioning must answer: which adapter it has for which place (M159).

use std::rc::Rc;

use bench::audit::Space;
use bench::{CommitId, RepoId};
use tch::Tensor;

use super::TemporalSource;
use crate::adapter::Adapter;
use crate::error::Result;
use crate::hypernetwork::Architecture;

/// Adapters by repository and commit. The same place always gives the same adapter, whatever was asked before.
pub trait AdapterSource {
    /// What the adapter of `repo` at `commit` is made from: [C] f32 on the CPU; none if it is not made from a vector.
    ///
    /// # Errors
    /// If there is a vector to read, and it is missing or cannot be read.
    fn context(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Tensor>>;

    /// The adapter of `repo` at `commit`; none where the base model answers as it is.
    ///
    /// # Errors
    /// If it cannot be read or made.
    fn adapter(&mut self, repo: &RepoId, commit: &CommitId) -> Result<Option<Rc<Adapter>>>;

    /// The adapter that `context` ([C] f32) would give, where adapters are made from vectors: for tests that ask about
    /// contexts of no repository.
    ///
    /// # Errors
    /// If the context has another width, or the network fails.
    fn of_context(&mut self, context: &Tensor) -> Result<Option<Rc<Adapter>>>;

    /// The space in which adapters are averaged: factors, unless they may be rotated against each other (M160).
    fn space(&self) -> Space {
        Space::Factor
    }

    /// What the network that makes the adapters is made of, if one does: an untrained one of this kind says what its
    /// geometry is before it has learnt anything (M164).
    fn architecture(&self) -> Option<&Architecture> {
        None
    }

    /// The same source as one that reads histories, if it does (M172).
    fn temporal(&mut self) -> Option<&mut dyn TemporalSource> {
        None
    }
}
