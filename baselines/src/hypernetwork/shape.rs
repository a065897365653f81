//! Which adapters a network makes: widths, rank, scale.

use serde::{Deserialize, Serialize};

use crate::adapter::Module;
use crate::error::{Error, Result};
use crate::model::Config;

/// The shape of the adapters for one base model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdapterShape {
    /// L, layers of the base model.
    pub layers: i64,
    /// R (M134: 16).
    pub rank: i64,
    /// α; the scale is α/r (M134: 32).
    pub alpha: f64,
    /// Input and output width of each adapted module, in the order of [`Module::ALL`].
    pub widths: [(i64, i64); 7],
}

impl AdapterShape {
    /// The shape for a base model of the shape `config`.
    pub fn new(config: &Config, rank: i64, alpha: f64) -> Self {
        let widths = Module::ALL.map(|module| module.widths(config));
        Self { layers: config.num_hidden_layers, rank, alpha, widths }
    }

    /// s = α/r.
    pub fn scale(&self) -> f64 {
        self.alpha / self.rank as f64
    }

    /// Input and output width of `module`.
    pub fn of(&self, module: Module) -> (i64, i64) {
        let index = Module::ALL.iter().position(|&known| known == module).expect("because all modules are listed");
        self.widths[index]
    }

    /// Numbers of one pair of every module (M50: 659,456).
    pub fn numbers(&self) -> i64 {
        self.widths.iter().map(|(width_in, width_out)| self.rank * (width_in + width_out)).sum()
    }

    /// Refuses a base model for which these adapters were not made.
    ///
    /// # Errors
    /// [`Error::Option`] that names what differs.
    pub fn check(&self, config: &Config) -> Result<()> {
        let other = Self::new(config, self.rank, self.alpha);
        if self.layers != other.layers {
            return Err(Error::option(
                "base model",
                other.layers,
                format!("the network is for {} layers", self.layers),
            ));
        }
        for (module, (ours, theirs)) in Module::ALL.iter().zip(self.widths.iter().zip(&other.widths)) {
            if ours != theirs {
                let reason = format!("the network is for one whose {module} is {ours:?}");
                return Err(Error::option("base model", format!("{module} {theirs:?}"), reason));
            }
        }
        Ok(())
    }
}
