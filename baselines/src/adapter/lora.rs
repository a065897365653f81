//! Ordinary LoRA before training (M54).

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::Device;

use super::{Adapter, Module, Pair, Pairs};
use crate::model::Config;

/// Whether layers share their pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sharing {
    /// A pair for every layer and module, as PEFT (M54).
    #[default]
    PerLayer,
    /// A pair for every module, for all layers (M50).
    Shared,
}

/// The shape of a LoRA.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoraOptions {
    /// R (M134: 16).
    pub rank: i64,
    /// α; the scale is α/r (M134: 32).
    pub alpha: f64,
    /// Whether layers share their pairs.
    pub sharing: Sharing,
    /// The adapted modules, each once.
    pub modules: Vec<Module>,
}

impl Default for LoraOptions {
    /// The values of every table of the paper (M134): rank 16, α 32, all seven modules, for each layer.
    fn default() -> Self {
        Self { rank: 16, alpha: 32.0, sharing: Sharing::PerLayer, modules: Module::ALL.to_vec() }
    }
}

impl LoraOptions {
    /// A fresh adapter for a model of the shape `config`: it changes nothing yet. Every pair draws from its own stream
    /// of `seed`.
    pub fn init(&self, config: &Config, seed: Seed, device: Device) -> Adapter {
        let pairs = |group: &str| -> Pairs {
            let pair = |&module: &Module| {
                let seed = seed.derive(&format!("{group}.{module}"));
                (module, Pair::fresh(module.widths(config), self.rank, seed, device))
            };
            self.modules.iter().map(pair).collect()
        };
        let scale = self.alpha / self.rank as f64;
        match self.sharing {
            Sharing::Shared => Adapter::shared(pairs("all"), scale),
            Sharing::PerLayer => {
                let layers = (0..config.num_hidden_layers).map(|layer| pairs(&layer.to_string()));
                Adapter::per_layer(layers.collect(), scale)
            }
        }
    }
}
