//! `AdamW` with a state that can be saved: torch's own optimizers behind the bindings cannot.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use super::fused::Update;
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
    /// Decoupled weight decay.
    pub weight_decay: f64,
    /// Which parameters decay.
    #[serde(default, skip_serializing_if = "is_default")]
    pub decays: Decays,
    /// Where parameters of less than 32 bits are updated.
    #[serde(default, skip_serializing_if = "is_default")]
    pub updates: Updates,
}

/// The parameters that weight decay acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decays {
    /// All of them (M65).
    #[default]
    All,
    /// Those with two axes: neither biases nor norms.
    Matrices,
}

/// Where parameters of less than 32 bits are updated (M116).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Updates {
    /// In a copy of 32 bits, which is then rounded: small updates add up.
    #[default]
    Master,
    /// In place, with moments of the same kind: updates below a rounding step are lost, as in the authors' runs.
    InPlace,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Default for AdamWOptions {
    /// The values of the reference implementation's trainers, where M134 names no others.
    fn default() -> Self {
        Self {
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            weight_decay: 0.01,
            decays: Decays::All,
            updates: Updates::Master,
        }
    }
}

/// The optimizer: options, what it remembers of each parameter, and how often it has been applied.
#[derive(Debug)]
pub struct AdamW {
    options: AdamWOptions,
    /// By parameter name.
    pub(super) memory: BTreeMap<String, Memory>,
    pub(super) steps: u64,
}

/// What is remembered of a parameter.
#[derive(Debug)]
pub(super) struct Memory {
    /// Mean of the gradient.
    pub(super) first: Tensor,
    /// Mean of its square.
    pub(super) second: Tensor,
    /// The parameter in 32 bits, where it has less and is not updated in place.
    pub(super) master: Option<Tensor>,
}

impl Memory {
    fn new(parameter: &Tensor, updates: Updates) -> Self {
        let narrow = parameter.kind() != Kind::Float;
        let in_place = updates == Updates::InPlace;
        let kind = if in_place { parameter.kind() } else { Kind::Float };
        let zeros = || Tensor::zeros(parameter.size(), (kind, parameter.device()));
        let master = (narrow && !in_place).then(|| parameter.detach().to_kind(Kind::Float));
        Self { first: zeros(), second: zeros(), master }
    }

    /// The tensors by what they are called in a checkpoint.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&'static str, &Tensor)> {
        [("first", &self.first), ("second", &self.second)]
            .into_iter()
            .chain(self.master.as_ref().map(|master| ("master", master)))
    }
}

impl AdamW {
    /// An optimizer that has not been applied yet.
    pub fn new(options: AdamWOptions, parameters: &Parameters) -> Self {
        let _guard = tch::no_grad_guard();
        let memory = |(name, tensor): (&str, &Tensor)| (name.to_owned(), Memory::new(tensor, options.updates));
        Self { options, memory: parameters.iter().map(memory).collect(), steps: 0 }
    }

    /// Updates every parameter that has a gradient, in place, with learning rate `lr`:
    ///
    /// ```text
    /// p ← p − lr·λ·p,  m ← β₁m + (1−β₁)g,  v ← β₂v + (1−β₂)g²,  p ← p − lr · m̂ / (√v̂ + ε)
    /// ```
    ///
    /// where m̂ and v̂ are m / (1−β₁ᵗ) and v / (1−β₂ᵗ) at application t.
    #[expect(clippy::cast_possible_truncation, reason = "constants are applied to numbers of 32 bits")]
    pub fn step(&mut self, parameters: &Parameters, lr: f64) {
        let _guard = tch::no_grad_guard();
        self.steps += 1;
        let AdamWOptions { beta1, beta2, epsilon, weight_decay, decays, .. } = self.options;
        let count = self.steps as f64;
        let (first_bias, second_bias) = (1.0 - beta1.powf(count), 1.0 - beta2.powf(count));
        for (name, parameter) in parameters.iter() {
            let gradient = parameter.grad();
            if !gradient.defined() {
                continue;
            }
            let memory = self.memory.get_mut(name).expect("because memory is made for every parameter");
            let gradient = gradient.to_kind(memory.first.kind());
            let updated = memory.master.as_ref().unwrap_or(parameter);
            let decays = decays == Decays::All || parameter.dim() == 2;
            let kept = if decays { 1.0 - lr * weight_decay } else { 1.0 };
            let fused = Update {
                kept: kept as f32,
                first: (1.0 - beta1) as f32,
                second: (1.0 - beta2) as f32,
                root_bias: second_bias.sqrt() as f32,
                epsilon: epsilon as f32,
                rate: (lr / first_bias) as f32,
            };
            let mut updated = updated.shallow_clone();
            if !fused.apply([&mut updated, &mut memory.first, &mut memory.second], &gradient) {
                let _ = memory.first.lerp_(&gradient, 1.0 - beta1);
                let _ = memory.second.lerp_(&gradient.square(), 1.0 - beta2);
                let scale = memory.second.sqrt() / second_bias.sqrt() + epsilon;
                let update = &memory.first / scale * (lr / first_bias);
                let _ = updated.g_mul_scalar_(kept);
                let _ = updated.g_sub_(&update);
            }
            if let Some(master) = &memory.master {
                parameter.shallow_clone().copy_(master);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::Device;

    use super::*;

    fn trained(updates: Updates, decays: Decays) -> Parameters {
        let mut parameters = Parameters::new();
        for (name, shape) in [("matrix", &[2, 2][..]), ("bias", &[2])] {
            parameters.insert(name.to_owned(), Tensor::ones(shape, (Kind::BFloat16, Device::Cpu)));
        }
        parameters.set_requires_grad(true);
        let options = AdamWOptions { weight_decay: 0.5, decays, updates, ..AdamWOptions::default() };
        let mut optimizer = AdamW::new(options, &parameters);
        for _ in 0..64 {
            for (_, parameter) in parameters.iter() {
                parameter.shallow_clone().zero_grad();
                (parameter.to_kind(Kind::Float) * 0.0).sum(Kind::Float).backward();
            }
            optimizer.step(&parameters, 1e-3);
        }
        parameters
    }

    /// M116: 64 decays of 2⁻¹¹ are lost one by one in bfloat16, and add up in 32 bits.
    #[test]
    fn small_updates_add_up_in_32_bits() {
        let value =
            |updates, name: &str| f64::try_from(trained(updates, Decays::All).get(name).unwrap().max()).unwrap();
        assert!((value(Updates::Master, "matrix") - 0.9685).abs() < 3e-3);
        assert!((value(Updates::InPlace, "matrix") - 1.0).abs() < 1e-9);
    }

    #[test]
    fn biases_need_not_decay() {
        let parameters = trained(Updates::Master, Decays::Matrices);
        let value = |name: &str| f64::try_from(parameters.get(name).unwrap().max()).unwrap();
        assert!(value("matrix") < 0.98 && (value("bias") - 1.0).abs() < 1e-9);
    }

    /// What is updated in one pass is what tensors one after the other would have given.
    #[test]
    fn one_pass_is_the_same_update() {
        let run = |kind: Kind| {
            let mut parameters = Parameters::new();
            let begin = Tensor::arange(40_000, (Kind::Double, Device::Cpu)).sin().view([200, 200]);
            parameters.insert("matrix".to_owned(), begin.to_kind(kind).copy());
            parameters.set_requires_grad(true);
            let mut optimizer = AdamW::new(AdamWOptions::default(), &parameters);
            optimizer.memory.values_mut().for_each(|memory| {
                // Numbers of 64 bits are not for the one pass.
                memory.first = memory.first.to_kind(kind);
                memory.second = memory.second.to_kind(kind);
                memory.master = None;
            });
            for _ in 0..5 {
                for (_, parameter) in parameters.iter() {
                    parameter.shallow_clone().zero_grad();
                    (parameter.square() * &begin.to_kind(kind)).sum(kind).backward();
                }
                optimizer.step(&parameters, 1e-2);
            }
            parameters.get("matrix").unwrap().detach().to_kind(Kind::Double)
        };
        let difference = (run(Kind::Float) - run(Kind::Double)).abs().max();
        assert!(f64::try_from(difference).unwrap() < 1e-5);
    }
}
