//! Adapters folded into the weights they change.

use tch::{Kind, Tensor};

use super::{Adapter, Module};
use crate::error::{Error, Result};
use crate::model::{Config, Parameters};

/// What was overwritten by a merge; unmerging puts it back, bit for bit.
#[derive(Debug)]
#[must_use = "without it the base model cannot be restored"]
pub struct Merged {
    /// The weight by name, and what it was.
    originals: Vec<(Tensor, Tensor)>,
}

impl Adapter {
    /// Adds s·B·A to the weights in `parameters`, in place: every model built over them answers as if the adapter were
    /// passed along, up to rounding. The sum is taken in f32 and rounded once to the kind of the weight (M56).
    ///
    /// # Errors
    /// If the adapter does not fit the model.
    pub fn merge(&self, config: &Config, parameters: &Parameters) -> Result<Merged> {
        self.check(config)?;
        let _guard = tch::no_grad_guard();
        let layers = usize::try_from(config.num_hidden_layers).expect("because layers are counted");
        let mut originals = Vec::new();
        for (layer, module) in (0..layers).flat_map(|layer| Module::ALL.map(|module| (layer, module))) {
            let Some(pair) = self.pair(layer, module) else { continue };
            let name = format!("model.layers.{layer}.{}.weight", module.path());
            let Some(weight) = parameters.get(&name) else {
                return Err(Error::option("adapter", name, "the model has no such weight"));
            };
            let mut weight = weight.shallow_clone();
            originals.push((weight.shallow_clone(), weight.copy()));
            let sum = weight.to_kind(Kind::Float) + pair.product().to_device(weight.device()) * self.scale;
            weight.copy_(&sum);
        }
        Ok(Merged { originals })
    }
}

impl Merged {
    /// Puts the weights back as they were before the merge.
    pub fn unmerge(self) {
        let _guard = tch::no_grad_guard();
        for (mut weight, original) in self.originals {
            weight.copy_(&original);
        }
    }
}
