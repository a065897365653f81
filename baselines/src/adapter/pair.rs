//! The two factors of a low-rank change of one linear map.

use std::collections::BTreeMap;

use bench::Seed;
use rand_chacha::rand_core::Rng;
use tch::{Device, Kind, Tensor};

use super::module::Module;

/// The pairs of one layer, or of all layers at once.
pub type Pairs = BTreeMap<Module, Pair>;

/// A change `s·B·A` of a linear map; `s` belongs to the [`Adapter`](super::Adapter).
#[derive(Debug)]
pub struct Pair {
    /// A, [R, in] f32.
    pub a: Tensor,
    /// B, [out, R] f32.
    pub b: Tensor,
}

impl Pair {
    /// Input width, rank and output width.
    pub fn sizes(&self) -> (i64, i64, i64) {
        (self.a.size()[1], self.a.size()[0], self.b.size()[0])
    }

    /// The pair of an ordinary LoRA before training (M54): A uniform in ±1/√in, B zero, so that nothing changes yet.
    pub fn fresh((width_in, width_out): (i64, i64), rank: i64, seed: Seed, device: Device) -> Self {
        let bound = 1.0 / (width_in as f64).sqrt();
        let a = uniform(seed, bound, usize::try_from(rank * width_in).expect("because sizes are positive"));
        Self {
            a: Tensor::from_slice(&a).view([rank, width_in]).to_device(device),
            b: Tensor::zeros([width_out, rank], (Kind::Float, device)),
        }
    }

    /// The same tensors under another handle.
    pub fn shallow_clone(&self) -> Self {
        Self { a: self.a.shallow_clone(), b: self.b.shallow_clone() }
    }

    /// The numbers of both factors.
    pub fn count(&self) -> u64 {
        (self.a.numel() + self.b.numel()) as u64
    }

    /// B·A, [out, in] f32.
    pub fn product(&self) -> Tensor {
        self.b.matmul(&self.a)
    }
}

/// `count` numbers, uniform between -`bound` and `bound`, that depend on `seed` alone.
#[expect(clippy::cast_possible_truncation, reason = "weights are stored in f32")]
pub(crate) fn uniform(seed: Seed, bound: f64, count: usize) -> Vec<f32> {
    let mut rng = seed.rng();
    let mut draw = || {
        let unit = (rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64;
        ((2.0 * unit - 1.0) * bound) as f32
    };
    (0..count).map(|_| draw()).collect()
}

/// The shapes of both factors, for messages.
pub(super) fn shape(pair: &Pair) -> String {
    format!("{:?} and {:?}", pair.a.size(), pair.b.size())
}
