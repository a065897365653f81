//! Networks that make adapters from vectors of repositories (sections 6 to 9 of the methods' rules).
//!
//! | network | what it makes | rules |
//! |---|---|---|
//! | [`Head`] | pairs that all layers share, of bounded numbers: Code2LoRA | M57–M63 |
//! | [`StateNetwork`] | the state of a repository over its commits, which a head reads: Code2LoRA-Evo | M76–M80 |
//! | [`HyperModulator`] | a pair for each layer, by a head a module: Text2LoRA | M121–M124 |
//! | [`SharedBasis`] | mixtures of learnt pairs for each layer | M131 |
//! | [`Integrator`] | a state that follows the repository's vector: ours, below a [`Residual`] | M178 |
//! | [`Residual`] | one LoRA for all, and what each repository adds to it: ours | M178 |
//!
//! All compute in f32 (M228) and keep their tensors by name in [`Parameters`](crate::model::Parameters), which an
//! optimizer walks. Those of the released checkpoints have the released names (M136, M138).

mod generator;
mod head;
mod integrator;
mod layer;
mod modulator;
mod network;
mod recurrence;
mod released;
mod residual;
mod shape;
mod shared_basis;
mod state;
mod statistics;

pub use generator::{Generator, Mode};
pub use head::{Head, HeadOptions};
pub use integrator::Integrator;
pub use modulator::{HyperModulator, ModulatorOptions};
pub use network::{Architecture, Checkpoint, HistoryNetwork, Network, Reads, StepInput};
pub use recurrence::Recurrence;
pub use residual::{Residual, ResidualOptions};
pub use shape::AdapterShape;
pub use shared_basis::{SharedBasis, SharedBasisOptions};
pub use state::{StateNetwork, StateOptions};
pub use statistics::Statistics;
