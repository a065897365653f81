//! What all makers of adapters have in common.

use tch::Tensor;

use crate::adapter::AdapterStack;
use crate::model::Parameters;

/// Whether units are dropped at random.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They are, where the network has such layers; torch's generator must be seeded before.
    Training,
    /// They are not: the same vector always gives the same adapter.
    Inference,
}

/// A network from vectors to adapters.
pub trait Generator: std::fmt::Debug {
    /// The trained tensors by name; the network shares their storage.
    fn parameters(&self) -> &Parameters;

    /// Tensors that belong to the network and are not trained.
    fn buffers(&self) -> Parameters {
        Parameters::new()
    }

    /// The trained tensors that what the repository adds is linear in, all together; empty if there is no such part.
    fn repository_part(&self) -> Vec<Tensor> {
        Vec::new()
    }

    /// C, the width of the vectors it reads.
    fn context_width(&self) -> i64;

    /// The adapters of `contexts` ([B, C] f32), B of them in one stack, with the history that training needs. The weights are read
    /// once for all.
    ///
    /// # Panics
    /// If the contexts have another width.
    fn generate(&self, contexts: &Tensor, mode: Mode) -> AdapterStack;
}
