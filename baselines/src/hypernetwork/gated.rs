//! One LoRA whose directions each repository turns up and down: our remedy against collapse (M178).
//!
//! ΔW of layer l and module t is Σₖ gₖ(c)·bₖ·aₖᵀ. The directions aₖ, bₖ are those of an ordinary LoRA and shared by all
//! repositories; the gates g(c) = 1 + W·z are read off the repository. z is the context, centred and scaled by what the
//! training repositories have: contexts have high cosines with each other, and what they have in common says nothing. W
//! begins at zero, so training begins as that of a single LoRA, and conditioning is whatever pays beyond it.

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::generator::{Generator, Mode};
use super::layer::{self, Place, Planned, Start};
use super::shape::AdapterShape;
use super::statistics::Statistics;
use crate::adapter::{AdapterStack, Module, Pair, Pairs};
use crate::error::Result;
use crate::model::Parameters;

/// The shape of a gated LoRA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GatedOptions {
    /// C, the width of its input.
    pub context: i64,
    /// The adapters it makes.
    pub adapter: AdapterShape,
}

impl GatedOptions {
    fn plan(&self) -> Vec<Planned> {
        let shape = &self.adapter;
        let mut plan = Vec::new();
        for module in Module::ALL {
            let (width_in, width_out) = shape.of(module);
            plan.push((format!("a.{module}"), vec![shape.layers, shape.rank, width_in], Start::Uniform(width_in)));
            plan.push((format!("b.{module}"), vec![shape.layers, width_out, shape.rank], Start::Constant(0.0)));
            plan.push((format!("gate.{module}"), vec![shape.layers * shape.rank, self.context], Start::Constant(0.0)));
        }
        plan
    }

    /// The number of trained parameters.
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters; B is zero, so nothing changes yet.
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        layer::draw(self.plan(), seed, device)
    }
}

/// A gated LoRA.
#[derive(Debug)]
pub struct Gated {
    options: GatedOptions,
    parameters: Parameters,
    statistics: Statistics,
    /// A, B and gates of each module.
    modules: Vec<[Tensor; 3]>,
}

impl Gated {
    /// The network over `parameters`, which it owns, reading contexts against `statistics`; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(origin: &Path, options: GatedOptions, parameters: Parameters, statistics: Statistics) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        statistics.check(origin, options.context)?;
        let place = Place::root(&parameters);
        let module = |module: Module| ["a", "b", "gate"].map(|part| place.enter(part).tensor(module.name()));
        let modules = Module::ALL.map(module).into();
        Ok(Self { options, parameters, statistics, modules })
    }
}

impl Generator for Gated {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn buffers(&self) -> Parameters {
        self.statistics.buffers()
    }

    fn context_width(&self) -> i64 {
        self.options.context
    }

    fn generate(&self, contexts: &Tensor, _mode: Mode) -> AdapterStack {
        let shape = &self.options.adapter;
        let rows = contexts.size()[0];
        let z = self.statistics.standardized(contexts);
        let mut made: Vec<Pairs> = Vec::new();
        made.resize_with(usize::try_from(shape.layers).unwrap_or(0), Pairs::new);
        for (module, [a, b, gate]) in Module::ALL.into_iter().zip(&self.modules) {
            // [B, C] -> [B, L, R, 1]
            let gates = z.linear(gate, None::<&Tensor>).view([rows, shape.layers, shape.rank, 1]) + 1.0;
            let a = a.unsqueeze(0) * gates;
            let b = b.unsqueeze(0).expand([rows, -1, -1, -1], false);
            for ((pairs, a), b) in made.iter_mut().zip(a.unbind(1)).zip(b.unbind(1)) {
                pairs.insert(module, Pair { a, b });
            }
        }
        AdapterStack::per_layer(made, shape.scale())
    }
}
