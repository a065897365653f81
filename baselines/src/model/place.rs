//! Where the columns of a batch stand: rotations of positions, and what may see what.

use tch::{Device, Kind, Tensor};

use super::config::Config;

/// How the columns of a row hang together.
#[derive(Debug, Clone, Copy)]
pub enum Layout<'a> {
    /// A row is one sequence behind padding: that many columns at its left, counted from the first column ever read (so
    /// the same numbers go in again when a cache is continued). Length B.
    Left(&'a [i64]),
    /// A row holds several sequences that share their starts, in any order that puts what is seen first.
    Tree {
        /// [B, T] i64: the place of each new token in its sequence, from 0.
        positions: &'a Tensor,
        /// [B, 1, T, S] bool: true where a new token sees a cached or new one. Each sees at least one.
        visible: &'a Tensor,
    },
}

/// What all layers share about where the columns stand: rotations and what may see what.
pub(crate) struct Place {
    /// [B, 1, T, E/2], of the kind of the weights.
    cos: Tensor,
    sin: Tensor,
    pub(super) visible: Visible,
}

/// Which keys a query sees.
pub(super) enum Visible {
    /// All of them: one new column, no padding.
    Everything,
    /// Those up to its own column: no padding, no cache.
    Causal,
    /// [B, 1, T, S] bool, true where seen.
    Mask(Tensor),
}

impl Place {
    pub(super) fn new(
        config: &Config,
        layout: Layout<'_>,
        past: i64,
        columns: i64,
        kind: Kind,
        device: Device,
    ) -> Self {
        match layout {
            Layout::Left(padding) => Self::left(config, padding, past, columns, (kind, device)),
            Layout::Tree { positions, visible } => {
                Self::at(config, positions, Visible::Mask(visible.shallow_clone()), (kind, device))
            }
        }
    }

    fn left(config: &Config, padding: &[i64], past: i64, columns: i64, options: (Kind, Device)) -> Self {
        let device = options.1;
        let rows = i64::try_from(padding.len()).expect("because a batch fits in memory");
        let padded = padding.iter().any(|&count| count > 0);
        let padding = Tensor::from_slice(padding).view([rows, 1]).to_device(device);
        let queries = Tensor::arange_start(past, past + columns, (Kind::Int64, device));
        // Positions count from the first real token (M39): [B, T]. Padding has none; 0 keeps it finite.
        let positions = (queries.unsqueeze(0) - &padding).clamp_min(0);
        let visible = match (padded, past, columns) {
            (false, _, 1) => Visible::Everything,
            (false, 0, _) => Visible::Causal,
            _ => Visible::Mask(mask(&queries, &padding, past + columns)),
        };
        Self::at(config, &positions, visible, options)
    }

    /// `positions`: [B, T].
    fn at(config: &Config, positions: &Tensor, visible: Visible, (kind, device): (Kind, Device)) -> Self {
        let half = Tensor::arange_start_step(0, config.head_dim, 2, (Kind::Float, device)) / config.head_dim as f64;
        let frequencies = Tensor::full_like(&half, config.rope_theta).pow(&half).reciprocal();
        // [B, T] -> [B, 1, T, E/2]
        let angles = (positions.to_kind(Kind::Float).unsqueeze(-1) * frequencies).unsqueeze(1);
        Self { cos: angles.cos().to_kind(kind), sin: angles.sin().to_kind(kind), visible }
    }

    /// The columns from `from` on, which see what they saw.
    pub(super) fn tail(&self, from: i64) -> Self {
        let columns = self.cos.size()[2];
        let rest = |x: &Tensor| x.narrow(2, from, columns - from);
        let visible = match &self.visible {
            Visible::Everything => Visible::Everything,
            Visible::Causal if from == 0 => Visible::Causal,
            Visible::Causal => {
                let keys = Tensor::arange(columns, (Kind::Int64, self.cos.device()));
                let queries = keys.narrow(0, from, columns - from).unsqueeze(1);
                Visible::Mask(keys.unsqueeze(0).less_equal_tensor(&queries).view([1, 1, -1, columns]))
            }
            Visible::Mask(mask) => Visible::Mask(rest(mask)),
        };
        Self { cos: rest(&self.cos), sin: rest(&self.sin), visible }
    }

    /// Rotates the first half of each head against the second (M3): [B, *, T, E] -> the same.
    pub(super) fn rotate(&self, x: &Tensor) -> Tensor {
        let halves = x.chunk(2, -1);
        let (first, second) = (&halves[0], &halves[1]);
        Tensor::cat(&[first * &self.cos - second * &self.sin, second * &self.cos + first * &self.sin], -1)
    }
}

/// True where a real key is not after the query; padding sees itself, because a softmax over nothing is not a number.
fn mask(queries: &Tensor, padding: &Tensor, keys: i64) -> Tensor {
    let keys = Tensor::arange(keys, (Kind::Int64, queries.device()));
    let queries = queries.unsqueeze(1);
    let real = keys.unsqueeze(0).greater_equal_tensor(padding).unsqueeze(1); // [B, 1, S]
    let causal = keys.unsqueeze(0).less_equal_tensor(&queries).unsqueeze(0); // [1, T, S]
    let itself = keys.unsqueeze(0).eq_tensor(&queries).unsqueeze(0); // [1, T, S]
    causal.logical_and(&real).logical_or(&itself).unsqueeze(1)
}
