//! What all states of repositories have in common.

use tch::Tensor;

use crate::model::Parameters;

/// A state that takes up one commit after the other.
pub trait Recurrence: std::fmt::Debug {
    /// The trained tensors by name; the network shares their storage.
    fn parameters(&self) -> &Parameters;

    /// Tensors that belong to the network and are not trained.
    fn buffers(&self) -> Parameters {
        Parameters::new()
    }

    /// Width of the vector that opens the state.
    fn initial_width(&self) -> i64;

    /// The first state of repositories whose first kept commits have these vectors: [B, initial] -> [B, hidden].
    fn initial(&self, vectors: &Tensor) -> Tensor;

    /// The state after commits with these vectors: [B, step] and [B, hidden] -> [B, hidden].
    fn advance(&self, vectors: &Tensor, state: &Tensor) -> Tensor;

    /// What a generator reads of a state: [B, hidden] -> [B, C].
    fn context(&self, state: &Tensor) -> Tensor;
}
