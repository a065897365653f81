//! `AdamW` with a state that can be saved: torch's own optimizers behind the bindings cannot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::model::Parameters;

/// The constants of the update.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdamWOptions {
    /// Decay of the mean of the gradient.
    pub beta1: f64,
    /// Decay of the mean of the squared gradient.
    pub beta2: f64,
    /// Added to the root of the latter.
    pub epsilon: f64,
    /// Decoupled weight decay, on every parameter.
    pub weight_decay: f64,
}

impl Default for AdamWOptions {
    /// The values of the reference implementation's trainers, where M134 names no others.
    fn default() -> Self {
        Self { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.01 }
    }
}

/// The optimizer: options, moments by parameter name in f32, and how often it has been applied.
#[derive(Debug)]
pub struct AdamW {
    options: AdamWOptions,
    /// Mean of the gradient and of its square.
    pub(super) moments: BTreeMap<String, (Tensor, Tensor)>,
    pub(super) steps: u64,
}

impl AdamW {
    /// An optimizer that has not been applied yet.
    pub fn new(options: AdamWOptions, parameters: &Parameters) -> Self {
        let zeros = |like: &Tensor| Tensor::zeros(like.size(), (Kind::Float, like.device()));
        let moments = parameters.iter().map(|(name, tensor)| (name.to_owned(), (zeros(tensor), zeros(tensor))));
        Self { options, moments: moments.collect(), steps: 0 }
    }

    /// Updates every parameter that has a gradient, in place, with learning rate `lr`:
    ///
    /// ```text
    /// p ← p − lr·λ·p,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − lr · m̂ / (√v̂ + ε)
    /// ```
    ///
    /// where m̂ and v̂ are m / (1−β₁ᵗ) and v / (1−β₂ᵗ) at application t.
    pub fn step(&mut self, parameters: &Parameters, lr: f64) {
        let _guard = tch::no_grad_guard();
        self.steps += 1;
        let AdamWOptions { beta1, beta2, epsilon, weight_decay } = self.options;
        let count = self.steps as f64;
        let (first_bias, second_bias) = (1.0 - beta1.powf(count), 1.0 - beta2.powf(count));
        for (name, parameter) in parameters.iter() {
            let gradient = parameter.grad();
            if !gradient.defined() {
                continue;
            }
            let (first, second) = self.moments.get_mut(name).expect("because moments are made for every parameter");
            let _ = first.lerp_(&gradient, 1.0 - beta1);
            let _ = second.lerp_(&gradient.square(), 1.0 - beta2);
            let scale = second.sqrt() / second_bias.sqrt() + epsilon;
            let update = &*first / scale * (lr / first_bias);
            let mut parameter = parameter.shallow_clone();
            let _ = parameter.g_mul_scalar_(1.0 - lr * weight_decay);
            let _ = parameter.g_sub_(&update);
        }
    }
}
