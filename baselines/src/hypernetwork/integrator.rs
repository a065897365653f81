//! A state that follows the whitened vector of the repository, each number at its own pace: our counterpart of the GRU.
//!
//! h' = h + σ(g)·(x - h), where x is the whitened vector of the repository at the commit. A gate near 1 follows at once, one
//! near 0 keeps what was first seen; nothing else is learnt, so what a state says means the same at every commit.

use std::path::Path;

use bench::Seed;
use tch::{Device, Tensor};

use super::layer::{self, Place, Planned, Start};
use super::recurrence::Recurrence;
use super::statistics::Statistics;
use crate::error::Result;
use crate::model::Parameters;

/// Where gates begin: σ(2) = 0.88, so that a state is mostly the latest commit.
const GATE: f64 = 2.0;

/// A gated running mean.
#[derive(Debug)]
pub struct Integrator {
    parameters: Parameters,
    statistics: Statistics,
    gate: Tensor,
    context: i64,
}

impl Integrator {
    fn plan(components: i64) -> Vec<Planned> {
        vec![("gate".to_owned(), vec![components], Start::Constant(GATE))]
    }

    /// The number of trained parameters of one over `components` directions.
    pub fn count(components: i64) -> u64 {
        layer::count(&Self::plan(components))
    }

    /// Fresh parameters of one over `components` directions.
    pub fn init(components: i64, seed: Seed, device: Device) -> Parameters {
        layer::draw(Self::plan(components), seed, device)
    }

    /// The network over `parameters`, which it owns, reading vectors of `context` numbers against `statistics`; `origin`
    /// is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(
        origin: &Path,
        (context, components): (i64, i64),
        parameters: Parameters,
        statistics: Statistics,
    ) -> Result<Self> {
        layer::check(origin, &Self::plan(components), &parameters)?;
        statistics.check(origin, context, components)?;
        let gate = Place::root(&parameters).tensor("gate");
        Ok(Self { parameters, statistics, gate, context })
    }
}

impl Recurrence for Integrator {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn buffers(&self) -> Parameters {
        self.statistics.buffers()
    }

    fn initial_width(&self) -> i64 {
        self.context
    }

    fn initial(&self, vectors: &Tensor) -> Tensor {
        self.statistics.whitened(vectors)
    }

    fn advance(&self, vectors: &Tensor, state: &Tensor) -> Tensor {
        state + self.gate.sigmoid() * (self.statistics.whitened(vectors) - state)
    }

    fn context(&self, state: &Tensor) -> Tensor {
        state.shallow_clone()
    }
}
