//! The head of Code2LoRA: from a vector to bounded pairs that all layers share (M57), or to some of each layer (M128).

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::generator::{Generator, Mode};
use super::layer::{self, Linear, Place, Planned, Start};
use super::shape::AdapterShape;
use crate::adapter::{AdapterStack, BranchInput, Module, Pair, Pairs, Sharing};
use crate::error::Result;
use crate::model::Parameters;

/// Where the logarithms of the scales begin (M58).
const LOG_SCALE: f64 = -3.5;
/// The bounds of a scale (M57).
const SCALE: (f64, f64) = (1e-5, 0.3);
/// What tells layers apart, where they do not share their pairs.
const LAYERS: &str = "layer_embedding.0";
/// Below this length a vector is not normalised further (M57).
const MIN_NORM: f64 = 1e-12;

/// The shape of a head.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadOptions {
    /// C, the width of its input (M24: 2,048).
    pub context: i64,
    /// Width of the trunk: 512 for Tables 2 and 10, 1,024 for Tables 3 and 4 and the released weights (M61).
    pub hidden: i64,
    /// The adapters it makes.
    pub adapter: AdapterShape,
    /// How gradients treat the input of the low-rank branch (M51).
    pub input: BranchInput,
    /// Whether layers share their pairs, as published; files that do not say it do.
    #[serde(default = "HeadOptions::published")]
    pub sharing: Sharing,
}

impl HeadOptions {
    const fn published() -> Sharing {
        Sharing::Shared
    }

    fn plan(&self) -> Vec<Planned> {
        let mut plan = Vec::new();
        plan.extend(layer::linear("trunk.0", self.context, self.hidden));
        plan.extend(layer::linear("trunk.2", self.hidden, self.hidden));
        if self.sharing == Sharing::PerLayer {
            plan.push((format!("{LAYERS}.weight"), vec![self.adapter.layers, self.hidden], Start::Normal(1.0)));
        }
        for module in Module::ALL {
            let (width_in, width_out) = self.adapter.of(module);
            plan.extend(layer::linear(&format!("heads_A.{module}"), self.hidden, self.adapter.rank * width_in));
            plan.extend(layer::linear(&format!("heads_B.{module}"), self.hidden, self.adapter.rank * width_out));
            plan.push((format!("log_scale_A.{module}"), vec![], Start::Constant(LOG_SCALE)));
            plan.push((format!("log_scale_B.{module}"), vec![], Start::Constant(LOG_SCALE)));
        }
        plan
    }

    /// The number of parameters: (C·H + H) + (H² + H) + n·(H + 1) + 14, where n is the numbers of a layer's adapter (M60),
    /// and L·H more where each layer has its own.
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters (M58); B is not zero, so the first pass is already perturbed.
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        layer::draw(self.plan(), seed, device)
    }
}

/// A head.
#[derive(Debug)]
pub struct Head {
    options: HeadOptions,
    parameters: Parameters,
    trunk: [Linear; 2],
    /// [L, H], where layers do not share their pairs.
    layers: Option<Tensor>,
    modules: Vec<ModuleHead>,
}

#[derive(Debug)]
struct ModuleHead {
    a: Linear,
    b: Linear,
    log_scale_a: Tensor,
    log_scale_b: Tensor,
}

impl Head {
    /// The head over `parameters`, which it owns; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(origin: &Path, options: HeadOptions, parameters: Parameters) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        let place = Place::root(&parameters);
        let module = |module: Module| ModuleHead {
            a: place.enter("heads_A").linear(module.name()),
            b: place.enter("heads_B").linear(module.name()),
            log_scale_a: place.enter("log_scale_A").tensor(module.name()),
            log_scale_b: place.enter("log_scale_B").tensor(module.name()),
        };
        let trunk = [place.linear("trunk.0"), place.linear("trunk.2")];
        let modules = Module::ALL.map(module).into();
        let layers = (options.sharing == Sharing::PerLayer).then(|| place.enter(LAYERS).tensor("weight"));
        Ok(Self { options, parameters, trunk, layers, modules })
    }

    /// The shape.
    pub fn options(&self) -> &HeadOptions {
        &self.options
    }

    /// The trunk's output after its normalisation: [B, C] -> [B, G, H], of length √H (M57, steps 1 and 2). G is 1, or the
    /// layers where each is told apart by what is added before the normalisation.
    fn trunk(&self, contexts: &Tensor) -> Tensor {
        let z = self.trunk[0].forward(contexts).gelu("none");
        let z = self.trunk[1].forward(&z).gelu("none").unsqueeze(1);
        let z = self.layers.as_ref().map_or_else(|| z.shallow_clone(), |layers| &z + layers);
        let norm = z.norm_scalaropt_dim(2, [-1], true).clamp_min(MIN_NORM);
        z / norm * (self.options.hidden as f64).sqrt()
    }
}

/// tanh(raw) times the bounded scale, group by group: [B, G, rows·columns] -> G times [B, rows, columns].
fn bounded(raw: &Tensor, log_scale: &Tensor, rows: i64, columns: i64) -> Vec<Tensor> {
    let groups = raw.size()[1];
    (raw.tanh().view([-1, groups, rows, columns]) * log_scale.exp().clamp(SCALE.0, SCALE.1)).unbind(1)
}

impl Generator for Head {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn context_width(&self) -> i64 {
        self.options.context
    }

    fn generate(&self, contexts: &Tensor, _mode: Mode) -> AdapterStack {
        let shape = &self.options.adapter;
        let h = self.trunk(contexts);
        let mut made: Vec<Pairs> = Vec::new();
        made.resize_with(usize::try_from(h.size()[1]).unwrap_or(0), Pairs::new);
        for (module, head) in Module::ALL.into_iter().zip(&self.modules) {
            let (width_in, width_out) = shape.of(module);
            // [B, G, H] -> [B, R, in] and [B, out, R]
            let a = bounded(&head.a.forward(&h), &head.log_scale_a, shape.rank, width_in);
            let b = bounded(&head.b.forward(&h), &head.log_scale_b, width_out, shape.rank);
            for ((pairs, a), b) in made.iter_mut().zip(a).zip(b) {
                pairs.insert(module, Pair { a, b });
            }
        }
        AdapterStack::new(self.options.sharing, made, shape.scale()).with_input(self.options.input)
    }
}
