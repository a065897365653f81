//! Named tensors in name order: what a checkpoint holds and what an optimizer walks.

use std::collections::BTreeMap;

use bench::Seed;
use rand_chacha::rand_core::Rng;
use tch::{Device, Kind, Tensor};

use super::config::Config;

/// The tensors of a model by checkpoint name. Cloning the handles (`shallow_clone`) shares the storage, so a model
/// built from them sees every in-place update.
#[derive(Debug, Default)]
pub struct Parameters(BTreeMap<String, Tensor>);

impl Parameters {
    /// No tensors.
    pub fn new() -> Self {
        Self::default()
    }

    /// Fresh parameters with the distributions of `transformers`: linear and embedding weights normal with standard
    /// deviation `initializer_range`, biases 0, norms 1. Each tensor draws from its own stream of `seed`, so the numbers
    /// depend neither on the device nor on what else is drawn in the process.
    pub fn init(config: &Config, seed: Seed, kind: Kind, device: Device) -> Self {
        let draw = |(name, shape): (String, Vec<i64>)| {
            let count = usize::try_from(shape.iter().product::<i64>()).expect("because sizes are positive");
            let numbers = if name.ends_with("norm.weight") {
                vec![1.0; count]
            } else if name.ends_with("weight") {
                normal(seed.derive(&name), config.initializer_range, count)
            } else {
                vec![0.0; count]
            };
            let tensor = Tensor::from_slice(&numbers).view(&shape[..]).to_kind(kind).to_device(device);
            (name, tensor)
        };
        Self(config.parameters().into_iter().map(draw).collect())
    }

    /// Adds a tensor; the former one of that name, if any, is returned.
    pub fn insert(&mut self, name: String, tensor: Tensor) -> Option<Tensor> {
        self.0.insert(name, tensor)
    }

    /// The tensor called `name`.
    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.0.get(name)
    }

    /// All tensors in name order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.0.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The same tensors under other handles.
    #[must_use]
    pub fn shallow_clone(&self) -> Self {
        Self(self.0.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect())
    }

    /// All tensors in name order, given up.
    pub fn into_tensors(self) -> impl Iterator<Item = (String, Tensor)> {
        self.0.into_iter()
    }

    /// How many tensors there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The number of numbers in all tensors: M4 counts 1,543,714,304 of them.
    pub fn count(&self) -> u64 {
        self.0.values().map(|tensor| tensor.numel() as u64).sum()
    }

    /// Starts or stops tracking gradients of every tensor.
    pub fn set_requires_grad(&self, requires_grad: bool) {
        for tensor in self.0.values() {
            let _ = tensor.set_requires_grad(requires_grad);
        }
    }
}

/// `count` numbers from the normal distribution of mean 0 and this deviation, by the method of Box and Muller.
#[expect(clippy::cast_possible_truncation, reason = "weights are stored in f32")]
pub(crate) fn normal(seed: Seed, deviation: f64, count: usize) -> Vec<f32> {
    let mut rng = seed.rng();
    // In (0, 1]: the logarithm of 0 must not occur.
    let mut uniform = || ((rng.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64;
    let mut numbers = Vec::with_capacity(count + 1);
    while numbers.len() < count {
        let radius = deviation * (-2.0 * uniform().ln()).sqrt();
        let (sin, cos) = (std::f64::consts::TAU * uniform()).sin_cos();
        numbers.extend([(radius * cos) as f32, (radius * sin) as f32]);
    }
    numbers.truncate(count);
    numbers
}
