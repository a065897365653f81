//! Mixtures of learnt pairs: the shared-basis generator (M131).

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::generator::{Generator, Mode};
use super::layer::{self, LayerNorm, Linear, Place, Planned, Start};
use super::shape::AdapterShape;
use crate::adapter::{AdapterStack, Module, Pair, Pairs, Sharing};
use crate::error::Result;
use crate::model::Parameters;

/// The shape of a shared-basis generator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedBasisOptions {
    /// C, the width of its input (M131: 2,048).
    pub context: i64,
    /// Width of the trunk (M131: 512).
    pub hidden: i64,
    /// Pairs to mix, a module (M131: 16).
    pub bases: i64,
    /// The adapters it makes.
    pub adapter: AdapterShape,
}

impl SharedBasisOptions {
    fn plan(&self) -> Vec<Planned> {
        let (hidden, shape) = (self.hidden, &self.adapter);
        let mut plan = Vec::new();
        plan.extend(layer::linear("trunk", self.context, hidden));
        plan.extend(layer::norm("block.norm", hidden));
        plan.extend(layer::linear("block.up", hidden, 4 * hidden));
        plan.extend(layer::linear("block.down", 4 * hidden, hidden));
        let coefficients = shape.layers * 7 * self.bases * 2;
        plan.push(("coefficients.weight".to_owned(), vec![coefficients, hidden], Start::Normal(0.01)));
        plan.push(("coefficients.bias".to_owned(), vec![coefficients], Start::Constant(0.0)));
        for module in Module::ALL {
            let (width_in, width_out) = shape.of(module);
            let (a, b) = (vec![self.bases, shape.rank, width_in], vec![self.bases, width_out, shape.rank]);
            plan.push((format!("basis_A.{module}"), a, Start::Normal(0.02)));
            plan.push((format!("basis_B.{module}"), b, Start::Constant(0.0)));
        }
        plan
    }

    /// The number of parameters (M131: 16.9 million at the published widths).
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters; B is zero, so nothing changes yet.
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        layer::draw(self.plan(), seed, device)
    }
}

/// A shared-basis generator.
#[derive(Debug)]
pub struct SharedBasis {
    options: SharedBasisOptions,
    parameters: Parameters,
    trunk: Linear,
    block: (LayerNorm, Linear, Linear),
    coefficients: Linear,
    bases: Vec<(Tensor, Tensor)>,
}

impl SharedBasis {
    /// The network over `parameters`, which it owns; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(origin: &Path, options: SharedBasisOptions, parameters: Parameters) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        let place = Place::root(&parameters);
        let basis = |module: Module| {
            (place.enter("basis_A").tensor(module.name()), place.enter("basis_B").tensor(module.name()))
        };
        let block = place.enter("block");
        Ok(Self {
            trunk: place.linear("trunk"),
            block: (block.norm("norm"), block.linear("up"), block.linear("down")),
            coefficients: place.linear("coefficients"),
            bases: Module::ALL.map(basis).into(),
            options,
            parameters,
        })
    }

    /// The shape.
    pub fn options(&self) -> &SharedBasisOptions {
        &self.options
    }
}

impl Generator for SharedBasis {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn context_width(&self) -> i64 {
        self.options.context
    }

    fn generate(&self, contexts: &Tensor, _mode: Mode) -> AdapterStack {
        let SharedBasisOptions { bases, adapter: shape, .. } = &self.options;
        let (rows, layers) = (contexts.size()[0], shape.layers);
        let x = self.trunk.forward(contexts).gelu("none");
        let (norm, up, down) = &self.block;
        let x = &x + down.forward(&up.forward(&norm.forward(&x)).gelu("none"));
        // [B, H] -> [B, L, 7, N, 2]
        let coefficients = self.coefficients.forward(&x).view([rows, layers, 7, *bases, 2]);
        let mut made: Vec<Pairs> = Vec::new();
        made.resize_with(usize::try_from(layers).unwrap_or(0), Pairs::new);
        for ((module, (basis_a, basis_b)), index) in Module::ALL.into_iter().zip(&self.bases).zip(0..) {
            let (width_in, width_out) = shape.of(module);
            // [B·L, N] · [N, R·in] -> [B, L, R, in]
            let mix = |which: i64, basis: &Tensor, one: i64, two: i64| {
                let weights = coefficients.select(2, index).select(-1, which).reshape([rows * layers, *bases]);
                weights.matmul(&basis.view([*bases, one * two])).view([rows, layers, one, two])
            };
            let a = mix(0, basis_a, shape.rank, width_in);
            let b = mix(1, basis_b, width_out, shape.rank);
            for ((pairs, a), b) in made.iter_mut().zip(a.unbind(1)).zip(b.unbind(1)) {
                pairs.insert(module, Pair { a, b });
            }
        }
        AdapterStack::new(Sharing::PerLayer, made, shape.scale())
    }
}
