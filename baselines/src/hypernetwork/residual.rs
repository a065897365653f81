//! One LoRA for all repositories and a part that the repository adds: our remedy against collapse (M178).
//!
//! The maps that write to the residual stream get ΔW = s·(B + U·u)·A. A and B are those of an ordinary LoRA; u is the
//! context of the repository, centred and whitened by the training repositories: what all contexts have in common, most of
//! a context (M26), says nothing, and the directions in which they differ come to equal weight. U begins at zero, so
//! training begins as that of a single LoRA; and because neither A nor u is near zero, U has a gradient from the first
//! step, which the bounded trunk of the published head hardly passes on. The other maps have an ordinary LoRA.

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::generator::{Generator, Mode};
use super::layer::{self, Place, Planned, Start};
use super::shape::AdapterShape;
use super::statistics::Statistics;
use crate::adapter::{AdapterStack, Module, Pair, Pairs, Sharing};
use crate::error::Result;
use crate::model::Parameters;

/// The maps that the repository changes: those that write to the residual stream.
const WRITERS: [Module; 2] = [Module::DownProj, Module::OProj];

/// The shape of a residual LoRA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResidualOptions {
    /// C, the width of the vectors that are whitened.
    pub context: i64,
    /// K, the directions in which training contexts differ most.
    pub components: i64,
    /// The adapters it makes.
    pub adapter: AdapterShape,
}

impl ResidualOptions {
    fn plan(&self) -> Vec<Planned> {
        let shape = &self.adapter;
        let mut plan = Vec::new();
        for module in Module::ALL {
            let (width_in, width_out) = shape.of(module);
            plan.push((format!("a.{module}"), vec![shape.layers, shape.rank, width_in], Start::Uniform(width_in)));
            plan.push((format!("b.{module}"), vec![shape.layers, width_out, shape.rank], Start::Constant(0.0)));
            if WRITERS.contains(&module) {
                let numbers = shape.layers * width_out * shape.rank;
                plan.push((format!("u.{module}"), vec![numbers, self.components], Start::Constant(0.0)));
            }
        }
        plan
    }

    /// The number of trained parameters.
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters; B and U are zero, so nothing changes yet.
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        layer::draw(self.plan(), seed, device)
    }
}

/// A residual LoRA.
#[derive(Debug)]
pub struct Residual {
    options: ResidualOptions,
    parameters: Parameters,
    /// Where contexts are not whitened yet.
    statistics: Option<Statistics>,
    modules: Vec<Factors>,
}

#[derive(Debug)]
struct Factors {
    /// [L, R, in]
    a: Tensor,
    /// [L, out, R]
    b: Tensor,
    /// [L·out·R, K], where the repository changes the map.
    u: Option<Tensor>,
}

impl Residual {
    /// The network over `parameters`, which it owns, reading contexts against `statistics`, or such as are
    /// whitened already; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(
        origin: &Path,
        options: ResidualOptions,
        parameters: Parameters,
        statistics: Option<Statistics>,
    ) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        if let Some(statistics) = &statistics {
            statistics.check(origin, options.context, options.components)?;
        }
        let place = Place::root(&parameters);
        let factors = |module: Module| {
            let tensor = |part: &str| place.enter(part).tensor(module.name());
            Factors { a: tensor("a"), b: tensor("b"), u: WRITERS.contains(&module).then(|| tensor("u")) }
        };
        let modules = Module::ALL.map(factors).into();
        Ok(Self { options, parameters, statistics, modules })
    }
}

impl Generator for Residual {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn buffers(&self) -> Parameters {
        self.statistics.as_ref().map_or_else(Parameters::new, Statistics::buffers)
    }

    fn repository_part(&self) -> Vec<Tensor> {
        self.modules.iter().filter_map(|factors| factors.u.as_ref()).map(Tensor::shallow_clone).collect()
    }

    fn context_width(&self) -> i64 {
        if self.statistics.is_some() { self.options.context } else { self.options.components }
    }

    fn generate(&self, contexts: &Tensor, _mode: Mode) -> AdapterStack {
        let shape = &self.options.adapter;
        let rows = contexts.size()[0];
        let whitened =
            self.statistics.as_ref().map_or_else(|| contexts.shallow_clone(), |known| known.whitened(contexts));
        let mut made: Vec<Pairs> = Vec::new();
        made.resize_with(usize::try_from(shape.layers).unwrap_or(0), Pairs::new);
        for (module, Factors { a, b, u }) in Module::ALL.into_iter().zip(&self.modules) {
            let width_out = shape.of(module).1;
            let all = |tensor: &Tensor| tensor.unsqueeze(0).expand([rows, -1, -1, -1], false);
            let b = match u {
                // [B, K] -> [B, L, out, R]
                Some(u) => {
                    let own = whitened.linear(u, None::<&Tensor>);
                    own.view([rows, shape.layers, width_out, shape.rank]) + b
                }
                None => all(b),
            };
            for ((pairs, a), b) in made.iter_mut().zip(all(a).unbind(1)).zip(b.unbind(1)) {
                pairs.insert(module, Pair { a, b });
            }
        }
        AdapterStack::new(Sharing::PerLayer, made, shape.scale())
    }
}
