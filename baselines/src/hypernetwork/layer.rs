//! Linear layers and norms over named tensors, with the framework's default initialisation.

use bench::Seed;
use tch::{Device, Kind, Tensor};

use crate::adapter::uniform;
use crate::error::{Error, Result};
use crate::model::Parameters;

/// A place in [`Parameters`] under which a layer finds its tensors.
pub(super) struct Place<'a> {
    pub(super) parameters: &'a Parameters,
    pub(super) prefix: String,
}

impl<'a> Place<'a> {
    pub(super) fn root(parameters: &'a Parameters) -> Self {
        Self { parameters, prefix: String::new() }
    }

    pub(super) fn enter(&self, name: &str) -> Self {
        Self { parameters: self.parameters, prefix: format!("{}{name}.", self.prefix) }
    }

    /// The tensor `name`, sharing storage.
    pub(super) fn tensor(&self, name: &str) -> Tensor {
        let name = format!("{}{name}", self.prefix);
        self.parameters.get(&name).unwrap_or_else(|| panic!("parameter {name} is missing")).shallow_clone()
    }

    pub(super) fn linear(&self, name: &str) -> Linear {
        let place = self.enter(name);
        Linear { weight: place.tensor("weight"), bias: place.tensor("bias") }
    }

    pub(super) fn norm(&self, name: &str) -> LayerNorm {
        let place = self.enter(name);
        LayerNorm { weight: place.tensor("weight"), bias: place.tensor("bias") }
    }
}

/// W·x + b.
#[derive(Debug)]
pub(super) struct Linear {
    weight: Tensor,
    bias: Tensor,
}

impl Linear {
    /// [.., in] -> [.., out]
    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, Some(&self.bias))
    }
}

/// Normalisation over the last dimension, ε = 1e-5, with weight and bias.
#[derive(Debug)]
pub(super) struct LayerNorm {
    weight: Tensor,
    bias: Tensor,
}

impl LayerNorm {
    /// [.., width] -> the same
    pub(super) fn forward(&self, x: &Tensor) -> Tensor {
        x.layer_norm(self.weight.size(), Some(&self.weight), Some(&self.bias), 1e-5, false)
    }
}

/// How a tensor begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Start {
    /// Uniform between plus and minus 1/√n: the default of linear layers for n inputs.
    Uniform(i64),
    /// Normal with this deviation.
    Normal(f64),
    /// One number everywhere.
    Constant(f64),
}

/// Name, shape and beginning of a tensor.
pub(super) type Planned = (String, Vec<i64>, Start);

/// The two tensors of a linear layer (M58).
pub(super) fn linear(name: &str, width_in: i64, width_out: i64) -> [Planned; 2] {
    let start = Start::Uniform(width_in);
    [(format!("{name}.weight"), vec![width_out, width_in], start), (format!("{name}.bias"), vec![width_out], start)]
}

/// The two tensors of a norm.
pub(super) fn norm(name: &str, width: i64) -> [Planned; 2] {
    [
        (format!("{name}.weight"), vec![width], Start::Constant(1.0)),
        (format!("{name}.bias"), vec![width], Start::Constant(0.0)),
    ]
}

/// Fresh tensors as planned, f32 on `device`; each draws from its own stream of `seed`.
pub(super) fn draw(plan: Vec<Planned>, seed: Seed, device: Device) -> Parameters {
    let mut parameters = Parameters::new();
    for (name, shape, start) in plan {
        let count = usize::try_from(shape.iter().product::<i64>()).expect("because sizes are positive");
        let stream = seed.derive(&name);
        let tensor = match start {
            Start::Uniform(inputs) => Tensor::from_slice(&uniform(stream, 1.0 / (inputs as f64).sqrt(), count)),
            Start::Normal(deviation) => Tensor::from_slice(&crate::model::normal(stream, deviation, count)),
            Start::Constant(value) => Tensor::full([shape.iter().product::<i64>()], value, (Kind::Float, Device::Cpu)),
        };
        parameters.insert(name, tensor.view(&shape[..]).to_device(device));
    }
    parameters
}

/// Refuses tensors other than those planned, by name and shape; `origin` is for messages.
pub(super) fn check(origin: &std::path::Path, plan: &[Planned], parameters: &Parameters) -> Result<()> {
    for (name, shape, _) in plan {
        match parameters.get(name) {
            None => return Err(Error::weight(origin, name, "is missing")),
            Some(found) if found.size() != *shape => {
                let reason = format!("has shape {:?}, the configuration says {shape:?}", found.size());
                return Err(Error::weight(origin, name, reason));
            }
            Some(found) if found.kind() != Kind::Float => {
                return Err(Error::weight(origin, name, format!("is {:?}, not f32", found.kind())));
            }
            Some(_) => {}
        }
    }
    match parameters.iter().find(|(name, _)| plan.iter().all(|(planned, ..)| planned != name)) {
        Some((name, _)) => Err(Error::weight(origin, name, "is not part of this network")),
        None => Ok(()),
    }
}

/// The number of numbers in a plan.
pub(super) fn count(plan: &[Planned]) -> u64 {
    plan.iter().map(|(_, shape, _)| shape.iter().product::<i64>().unsigned_abs()).sum()
}
