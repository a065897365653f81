//! What training contexts have in common: contexts are read against it.

use std::path::Path;

use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::model::Parameters;

/// What the names of the tensors begin with in a checkpoint.
pub(super) const STATISTICS: &str = "statistics.";
/// The share of the mean deviation below which no number is enlarged: numbers that hardly differ between repositories are
/// noise.
const FLOOR: f64 = 0.1;

/// The mean of each number of the training contexts, and how much it differs between them. Not trained.
#[derive(Debug)]
pub struct Statistics {
    /// [C] f32.
    mean: Tensor,
    /// [C] f32, positive.
    deviation: Tensor,
}

impl Statistics {
    /// Those of `contexts` ([N, C] f32).
    pub fn of(contexts: &Tensor) -> Self {
        let mean = contexts.mean_dim(0, false, Kind::Float);
        let deviation = (contexts - &mean).square().mean_dim(0, false, Kind::Float).sqrt();
        let floor = (deviation.mean(Kind::Float) * FLOOR).clamp_min(1e-12);
        Self { mean, deviation: deviation.maximum(&floor) }
    }

    /// Those in `parameters`, which are taken out.
    ///
    /// # Errors
    /// If they are missing; `origin` is named.
    pub(super) fn take(origin: &Path, parameters: &Parameters) -> Result<Self> {
        let tensor = |name: &str| {
            let name = format!("{STATISTICS}{name}");
            let found = parameters.get(&name).map(Tensor::shallow_clone);
            found.ok_or_else(|| Error::weight(origin, &name, "is missing"))
        };
        Ok(Self { mean: tensor("mean")?, deviation: tensor("deviation")? })
    }

    /// Refuses statistics of contexts of another width than `context`.
    pub(super) fn check(&self, origin: &Path, context: i64) -> Result<()> {
        for (name, tensor) in [("mean", &self.mean), ("deviation", &self.deviation)] {
            if tensor.size() != [context] || tensor.kind() != Kind::Float {
                let reason = format!("is {:?} {:?}, [{context}] f32 is needed", tensor.kind(), tensor.size());
                return Err(Error::weight(origin, &format!("{STATISTICS}{name}"), reason));
            }
        }
        Ok(())
    }

    /// The tensors by the names of a checkpoint.
    pub fn buffers(&self) -> Parameters {
        let mut buffers = Parameters::new();
        buffers.insert(format!("{STATISTICS}mean"), self.mean.shallow_clone());
        buffers.insert(format!("{STATISTICS}deviation"), self.deviation.shallow_clone());
        buffers
    }

    /// `contexts` ([B, C]), centred and scaled, of length about 1 each.
    pub(super) fn standardized(&self, contexts: &Tensor) -> Tensor {
        let width = self.mean.size()[0] as f64;
        (contexts - &self.mean) / &self.deviation / width.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn training_contexts_are_centred_and_of_length_one() {
        let contexts = Tensor::from_slice(&[1.0_f32, 10.0, 7.0, 3.0, 30.0, 7.0]).view([2, 3]);
        let z = Statistics::of(&contexts).standardized(&contexts);
        let z = Vec::<f32>::try_from(z.flatten(0, -1)).unwrap();
        let one = 1.0 / 3.0_f32.sqrt();
        let expected = [-one, -one, 0.0, one, one, 0.0];
        assert!(z.iter().zip(expected).all(|(z, expected)| (z - expected).abs() < 1e-6), "{z:?}");
    }
}
