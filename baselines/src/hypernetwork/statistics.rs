//! What training contexts have in common: contexts are read against it.

use std::collections::BTreeMap;
use std::path::Path;

use tch::{Kind, Tensor};

use crate::error::{Error, Result};
use crate::model::Parameters;

/// What the names of the tensors begin with in a checkpoint.
const STATISTICS: &str = "statistics.";

/// The centre of the training contexts, and the directions in which they differ. Not trained.
///
/// Of a vector of mean and maximum over files (M18, M21), the mean is read: the maximum of many files is much the same for
/// every repository, and what differs is chance.
#[derive(Debug)]
pub struct Statistics {
    /// [C/2] f32.
    mean: Tensor,
    /// [K, C/2] f32: each row makes a number of variance 1/K.
    directions: Tensor,
}

impl Statistics {
    /// The directions that `contexts` ([N, C] f32) can tell of, of `wanted` at most: one for three contexts. On the probe
    /// corpus more of them are noise that makes adapters of unseen repositories too sure (docs/findings.md).
    pub fn components(contexts: &Tensor, wanted: i64) -> i64 {
        wanted.min(contexts.size()[0] / 3).min(contexts.size()[1] / 2).max(1)
    }

    /// Those of `contexts` ([N, C] f32), in `components` directions.
    ///
    /// # Errors
    /// If libtorch cannot decompose them.
    pub fn of(contexts: &Tensor, components: i64) -> Result<Self> {
        let (rows, width) = (contexts.size()[0], contexts.size()[1] / 2);
        let read = contexts.narrow(1, 0, width).to_kind(Kind::Double);
        let mean = read.mean_dim(0, false, Kind::Double);
        let failed = |source| Error::torch("decompose the training contexts", source);
        let (_, sizes, directions) = (&read - &mean).f_svd(true, true).map_err(failed)?;
        let sizes = sizes.narrow(0, 0, components).clamp_min(1e-12);
        let directions = directions.narrow(1, 0, components).transpose(0, 1) / sizes.unsqueeze(1);
        let directions = directions * (rows as f64 / components as f64).sqrt();
        let single = |tensor: Tensor| tensor.to_kind(Kind::Float).contiguous();
        Ok(Self { mean: single(mean), directions: single(directions) })
    }

    /// Those in `parameters`, and the other tensors.
    ///
    /// # Errors
    /// If they are missing; `origin` is named.
    pub(super) fn apart(origin: &Path, parameters: Parameters) -> Result<(Self, Parameters)> {
        let (mut own, mut rest) = (BTreeMap::new(), Parameters::new());
        for (name, tensor) in parameters.into_tensors() {
            match name.strip_prefix(STATISTICS) {
                Some(part) => drop(own.insert(part.to_owned(), tensor)),
                None => drop(rest.insert(name, tensor)),
            }
        }
        let mut tensor = |part: &str| {
            let missing = || Error::weight(origin, &format!("{STATISTICS}{part}"), "is missing");
            own.remove(part).ok_or_else(missing)
        };
        let statistics = Self { mean: tensor("mean")?, directions: tensor("directions")? };
        match own.into_keys().next() {
            None => Ok((statistics, rest)),
            Some(part) => Err(Error::weight(origin, &format!("{STATISTICS}{part}"), "is not part of this network")),
        }
    }

    /// Refuses statistics of contexts of another width than `context`, or of another number of directions.
    pub(super) fn check(&self, origin: &Path, context: i64, components: i64) -> Result<()> {
        let width = context / 2;
        let planned = [("mean", &self.mean, vec![width]), ("directions", &self.directions, vec![components, width])];
        for (name, tensor, shape) in planned {
            if tensor.size() != shape || tensor.kind() != Kind::Float {
                let reason = format!("is {:?} {:?}, {shape:?} f32 is needed", tensor.kind(), tensor.size());
                return Err(Error::weight(origin, &format!("{STATISTICS}{name}"), reason));
            }
        }
        Ok(())
    }

    /// The tensors by the names of a checkpoint.
    pub fn buffers(&self) -> Parameters {
        let mut buffers = Parameters::new();
        buffers.insert(format!("{STATISTICS}mean"), self.mean.shallow_clone());
        buffers.insert(format!("{STATISTICS}directions"), self.directions.shallow_clone());
        buffers
    }

    /// `contexts` ([B, C]), centred and whitened: [B, K], numbers of variance 1/K for training contexts, so
    /// that they are of length 1 or so.
    pub(super) fn whitened(&self, contexts: &Tensor) -> Tensor {
        let width = self.mean.size()[0];
        (contexts.narrow(1, 0, width) - &self.mean).linear(&self.directions, None::<&Tensor>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever the scales: numbers of training contexts have mean 0, equal variance, and no correlation.
    #[test]
    fn training_contexts_are_whitened() {
        let waves = Tensor::arange(60, (Kind::Float, tch::Device::Cpu));
        let contexts =
            (&waves * &waves * 0.37).sin().view([10, 6]) * Tensor::from_slice(&[9.0_f32, 1.0, 0.1, 5.0, 5.0, 5.0]);
        let components = Statistics::components(&contexts, 99);
        assert_eq!(components, 3, "half of each vector is read");
        assert_eq!(Statistics::components(&contexts.narrow(0, 0, 7), 99), 2, "one for three contexts");
        let statistics = Statistics::of(&contexts, components).unwrap();
        let white = statistics.whitened(&contexts);
        let covariance = white.transpose(0, 1).matmul(&white) * 3.0 / 10.0;
        let difference = covariance - Tensor::eye(3, (Kind::Float, tch::Device::Cpu));
        assert!(f64::try_from(difference.abs().max()).unwrap() < 1e-4);
        assert!(f64::try_from(white.mean_dim(0, false, Kind::Float).abs().max()).unwrap() < 1e-5);
        assert!(statistics.check(Path::new("x"), 6, 3).is_ok() && statistics.check(Path::new("x"), 8, 3).is_err());
    }
}
