//! The hyper-modulator of Text2LoRA in its strongest form: a pair for each layer and module (M121–M124), or one for each
//! module (M128).

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind, Tensor};

use super::generator::{Generator, Mode};
use super::layer::{self, LayerNorm, Linear, Place, Planned, Start};
use super::shape::AdapterShape;
use crate::adapter::{AdapterStack, Module, Pair, Pairs, Sharing, uniform};
use crate::error::Result;
use crate::model::Parameters;

/// Width of the encoded vector (M121).
const TASK: i64 = 128;
/// Widths of the embeddings of layer and module (M121).
const EMBEDDING: i64 = 64;
/// Width between the blocks (M121).
const LATENT: i64 = TASK + 2 * EMBEDDING;
/// Width inside the blocks (M121).
const INNER: i64 = 1024;
/// Share of units dropped in training (M121).
const DROPOUT: f64 = 0.05;
/// Residual blocks between mixer and last block (M121).
const BLOCKS: usize = 2;

/// The shape of a hyper-modulator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModulatorOptions {
    /// C, the width of its input (M121: 2,048).
    pub context: i64,
    /// Width of what the output heads read (M121: 512).
    pub head_in: i64,
    /// The adapters it makes.
    pub adapter: AdapterShape,
    /// Whether layers share their pairs; files that do not say it have a pair for each (M123).
    #[serde(default)]
    pub sharing: Sharing,
}

impl ModulatorOptions {
    fn plan(&self) -> Vec<Planned> {
        let mut plan = Vec::new();
        plan.extend(layer::linear("task_encoder.0", self.context, TASK));
        plan.extend(layer::norm("task_encoder.1", TASK));
        for (name, rows) in [("layer_embedding", self.groups()), ("module_embedding", 7)] {
            plan.push((format!("{name}.0.weight"), vec![rows, EMBEDDING], Start::Normal(1.0)));
            plan.extend(layer::norm(&format!("{name}.1"), EMBEDDING));
        }
        let mut block = |name: &str, norm: bool, width_out: i64| {
            if norm {
                plan.extend(layer::norm(&format!("{name}.norm"), LATENT));
            }
            plan.extend(layer::linear(&format!("{name}.up"), LATENT, INNER));
            plan.extend(layer::linear(&format!("{name}.down"), INNER, width_out));
        };
        block("mixer", false, LATENT);
        (0..BLOCKS).for_each(|index| block(&format!("blocks.{index}"), true, LATENT));
        block("last", true, self.head_in);
        for module in Module::ALL {
            let numbers = self.head_numbers(module);
            plan.push((format!("heads.{module}.weight"), vec![numbers, self.head_in], Start::Constant(0.0)));
            plan.push((format!("heads.{module}.bias"), vec![numbers], Start::Constant(0.0)));
        }
        plan
    }

    /// Sets of pairs: one a layer, or one.
    fn groups(&self) -> i64 {
        if self.sharing == Sharing::Shared { 1 } else { self.adapter.layers }
    }

    /// Numbers of one pair of `module`.
    fn head_numbers(&self, module: Module) -> i64 {
        let (width_in, width_out) = self.adapter.of(module);
        self.adapter.rank * (width_in + width_out)
    }

    /// The number of parameters (M123: the output heads alone have 338.3 million at the published widths).
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters: the output heads ignore their input and give an ordinary LoRA that changes nothing (M122).
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        let mut parameters = layer::draw(self.plan(), seed, device);
        for module in Module::ALL {
            let (width_in, width_out) = self.adapter.of(module);
            let a = usize::try_from(self.adapter.rank * width_in).expect("because sizes are positive");
            let name = format!("heads.{module}.bias");
            let mut bias = uniform(seed.derive(&name), 1.0 / (width_in as f64).sqrt(), a);
            bias.resize(a + usize::try_from(self.adapter.rank * width_out).expect("because sizes are positive"), 0.0);
            parameters.insert(name, Tensor::from_slice(&bias).to_device(device));
        }
        parameters
    }
}

/// A hyper-modulator.
#[derive(Debug)]
pub struct HyperModulator {
    options: ModulatorOptions,
    parameters: Parameters,
    task: (Linear, LayerNorm),
    layers: (Tensor, LayerNorm),
    modules: (Tensor, LayerNorm),
    mixer: Block,
    blocks: Vec<Block>,
    last: Block,
    heads: Vec<Linear>,
}

/// An MLP with a norm before it, unless it is the mixer.
#[derive(Debug)]
struct Block {
    norm: Option<LayerNorm>,
    up: Linear,
    down: Linear,
}

impl Block {
    fn new(place: &Place<'_>, name: &str, norm: bool) -> Self {
        let place = place.enter(name);
        Self { norm: norm.then(|| place.norm("norm")), up: place.linear("up"), down: place.linear("down") }
    }

    /// SiLU after both maps; units are dropped before the first and after each activation of mixer and residual blocks.
    fn forward(&self, x: &Tensor, drop: &dyn Fn(&Tensor) -> Tensor, last: bool) -> Tensor {
        let x = match &self.norm {
            Some(norm) => norm.forward(x),
            None => drop(x),
        };
        let x = drop(&self.up.forward(&x).silu());
        let x = self.down.forward(&x).silu();
        if last { x } else { drop(&x) }
    }
}

impl HyperModulator {
    /// The network over `parameters`, which it owns; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(origin: &Path, options: ModulatorOptions, parameters: Parameters) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        let place = Place::root(&parameters);
        let embedding = |name: &str| {
            let place = place.enter(name);
            (place.enter("0").tensor("weight"), place.norm("1"))
        };
        Ok(Self {
            task: (place.linear("task_encoder.0"), place.norm("task_encoder.1")),
            layers: embedding("layer_embedding"),
            modules: embedding("module_embedding"),
            mixer: Block::new(&place, "mixer", false),
            blocks: (0..BLOCKS).map(|index| Block::new(&place, &format!("blocks.{index}"), true)).collect(),
            last: Block::new(&place, "last", true),
            heads: Module::ALL.iter().map(|module| place.enter("heads").linear(module.name())).collect(),
            options,
            parameters,
        })
    }

    /// The shape.
    pub fn options(&self) -> &ModulatorOptions {
        &self.options
    }

    /// What the output heads read: [B, C] -> [B, G, 7, `head_in`], G being the layers, or 1 where they share their pairs.
    fn latent(&self, contexts: &Tensor, mode: Mode) -> Tensor {
        let drop = |x: &Tensor| x.dropout(DROPOUT, mode == Mode::Training);
        let (rows, groups) = (contexts.size()[0], self.options.groups());
        let spread = |x: &Tensor, at: &[i64]| x.view(at).expand([rows, groups, 7, -1], false);
        let task = self.task.1.forward(&self.task.0.forward(contexts));
        let depth = self.layers.1.forward(&self.layers.0);
        let kind = self.modules.1.forward(&self.modules.0);
        let x = Tensor::cat(
            &[
                spread(&task, &[rows, 1, 1, TASK]),
                spread(&depth, &[1, groups, 1, EMBEDDING]),
                spread(&kind, &[1, 1, 7, EMBEDDING]),
            ],
            -1,
        );
        let mut x = self.mixer.forward(&x, &drop, false);
        for block in &self.blocks {
            x = &x + block.forward(&x, &drop, false);
        }
        self.last.forward(&x, &drop, true)
    }
}

impl Generator for HyperModulator {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn context_width(&self) -> i64 {
        self.options.context
    }

    fn generate(&self, contexts: &Tensor, mode: Mode) -> AdapterStack {
        let shape = &self.options.adapter;
        let (rows, groups) = (contexts.size()[0], self.options.groups());
        let latent = self.latent(contexts, mode);
        let mut made: Vec<Pairs> = Vec::new();
        made.resize_with(usize::try_from(groups).unwrap_or(0), Pairs::new);
        for ((module, head), index) in Module::ALL.into_iter().zip(&self.heads).zip(0..) {
            let (width_in, width_out) = shape.of(module);
            // [B, G, head_in] -> [B, G, R·(in + out)]
            let flat = head.forward(&latent.select(2, index)).to_kind(Kind::Float);
            let a = flat.narrow(-1, 0, shape.rank * width_in).reshape([rows, groups, shape.rank, width_in]);
            let b = flat.narrow(-1, shape.rank * width_in, shape.rank * width_out);
            // Stored as [R, out], used as [out, R] (M121).
            let b = b.reshape([rows, groups, shape.rank, width_out]).transpose(2, 3);
            for ((pairs, a), b) in made.iter_mut().zip(a.unbind(1)).zip(b.unbind(1)) {
                pairs.insert(module, Pair { a, b });
            }
        }
        AdapterStack::new(self.options.sharing, made, shape.scale())
    }
}
