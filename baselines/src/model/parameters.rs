//! Named tensors in name order: what a checkpoint holds and what an optimizer walks.

use std::collections::BTreeMap;

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

    /// Fresh parameters as `transformers` draws them: linear and embedding weights from a normal distribution with
    /// standard deviation `initializer_range`, biases 0, norms 1. They are drawn in name order from torch's generator,
    /// so the seed must be set just before.
    pub fn init(config: &Config, kind: Kind, device: Device) -> Self {
        let _guard = tch::no_grad_guard();
        let draw = |(name, shape): (String, Vec<i64>)| {
            // Drawn in f32 on the CPU, so that the numbers do not depend on where the model is trained.
            let mut tensor = Tensor::zeros(&shape, (Kind::Float, Device::Cpu));
            if name.ends_with("norm.weight") {
                let _ = tensor.fill_(1.0);
            } else if name.ends_with("weight") {
                let _ = tensor.normal_(0.0, config.initializer_range);
            }
            (name, tensor.to_device(device).to_kind(kind))
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
