//! The mean adapter of training repositories (M160).

use std::collections::BTreeMap;
use std::rc::Rc;

use bench::audit::Space;
use tch::{Kind, Tensor};

use super::blend::alike;
use super::low_rank::LowRank;
use crate::adapter::{Adapter, Module, Pair, Pairs};
use crate::error::Result;

/// Columns that stand for a sum of products at most; beyond, it is cut to [`CUT`]. Our choice: exact up to 32 adapters of
/// rank 16, and bounded in memory for any number.
const MOST_COLUMNS: i64 = 512;
/// Columns that a sum of products is cut to when it has too many.
const CUT: i64 = 256;

/// A mean, and how it was made.
#[derive(Debug)]
pub struct MeanAdapter {
    /// The adapter.
    pub adapter: Rc<Adapter>,
    /// The space in which it was averaged.
    pub space: Space,
    /// How many adapters it is the mean of.
    pub averaged: u64,
    /// The share of the squared norm of Delta-W that is left, where it was cut to the rank of the adapters; 1 in the space of
    /// factors.
    pub kept: f64,
}

/// The place of a pair: its group and module.
type Slot = (usize, Module);

/// What is summed for a pair.
enum Sum {
    Factors { a: Tensor, b: Tensor },
    Product(LowRank),
}

/// The mean of `adapters` in `space`, which are read one at a time; none if there are none.
///
/// # Errors
/// If one cannot be had, or is of another shape.
pub fn mean_adapter(adapters: impl Iterator<Item = Result<Rc<Adapter>>>, space: Space) -> Result<Option<MeanAdapter>> {
    let _guard = tch::no_grad_guard();
    let mut sums: BTreeMap<Slot, Sum> = BTreeMap::new();
    let (mut first, mut averaged) = (None, 0_u64);
    for adapter in adapters {
        let adapter = adapter?;
        alike(first.get_or_insert_with(|| Rc::clone(&adapter)), &adapter)?;
        averaged += 1;
        for (group, pairs) in adapter.groups().iter().enumerate() {
            for (&module, pair) in pairs {
                let slot = (group, module);
                let sum = match sums.remove(&slot) {
                    None => Sum::of(pair, space, adapter.scale()),
                    Some(sum) => sum.plus(pair, adapter.scale()),
                };
                sums.insert(slot, sum);
            }
        }
    }
    let Some(first) = first else { return Ok(None) };
    let (mut kept, mut whole) = (0.0, 0.0);
    let groups = first.groups().iter().enumerate().map(|(group, pairs)| -> Pairs {
        let mean = |(&module, pair): (&Module, &Pair)| {
            let sum = sums.remove(&(group, module)).expect("because every pair was summed");
            let (mean, squares) = sum.mean(averaged as f64, first.scale(), pair.sizes().1);
            kept += squares[0];
            whole += squares[1];
            (module, mean)
        };
        pairs.iter().map(mean).collect()
    });
    let mut groups: Vec<Pairs> = groups.collect();
    let adapter = if first.is_shared() {
        Adapter::shared(groups.pop().expect("because a shared adapter has one group"), first.scale())
    } else {
        Adapter::per_layer(groups, first.scale())
    };
    let kept = if space == Space::Delta && whole > 0.0 { kept / whole } else { 1.0 };
    Ok(Some(MeanAdapter { adapter: Rc::new(adapter), space, averaged, kept }))
}

impl Sum {
    fn of(pair: &Pair, space: Space, scale: f64) -> Self {
        match space {
            Space::Factor => Self::Factors { a: pair.a.to_kind(Kind::Double), b: pair.b.to_kind(Kind::Double) },
            Space::Delta => Self::Product(LowRank::sum([(scale, pair)])),
        }
    }

    fn plus(self, pair: &Pair, scale: f64) -> Self {
        match self {
            Self::Factors { a, b } => Self::Factors { a: a + &pair.a, b: b + &pair.b },
            Self::Product(sum) => {
                let sum = sum.plus(scale, pair);
                Self::Product(if sum.columns() > MOST_COLUMNS { sum.truncated(CUT).0 } else { sum })
            }
        }
    }

    /// The mean pair, and the squared norms of it and of what it was cut from.
    fn mean(self, count: f64, scale: f64, rank: i64) -> (Pair, [f64; 2]) {
        match self {
            Self::Factors { a, b } => {
                let pair = Pair { a: (a / count).to_kind(Kind::Float), b: (b / count).to_kind(Kind::Float) };
                (pair, [0.0, 0.0])
            }
            Self::Product(sum) => {
                let (cut, squares) = sum.truncated(rank);
                (cut.to_pair(scale * count, rank), squares)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::geometry::tests::drawn;

    fn many(count: u64, shared: bool) -> Vec<Rc<Adapter>> {
        (0..count).map(|seed| Rc::new(drawn(seed, shared))).collect()
    }

    fn mean_of(adapters: &[Rc<Adapter>], space: Space) -> MeanAdapter {
        mean_adapter(adapters.iter().map(|adapter| Ok(Rc::clone(adapter))), space).unwrap().unwrap()
    }

    #[test]
    fn factors_are_averaged_apart() {
        let adapters = many(5, true);
        let mean = mean_of(&adapters, Space::Factor);
        assert_eq!((mean.averaged, mean.space), (5, Space::Factor));
        for module in Module::ALL {
            let stacked: Vec<Tensor> =
                adapters.iter().map(|one| one.pair(0, module).unwrap().a.shallow_clone()).collect();
            let wanted = Tensor::stack(&stacked, 0).mean_dim(0, false, Kind::Float);
            let found = &mean.adapter.pair(0, module).unwrap().a;
            assert!((found - wanted).abs().max().double_value(&[]) < 1e-6);
        }
    }

    /// M160, M168: what is left is the best of its rank to the mean of the products.
    #[test]
    fn products_are_averaged_whatever_their_factors() {
        let adapters = many(4, false);
        let mean = mean_of(&adapters, Space::Delta);
        assert!(mean.kept > 0.2 && mean.kept < 1.0, "{}", mean.kept);
        for (layer, module) in [(0, Module::QProj), (1, Module::DownProj)] {
            let dense = |one: &Adapter| one.pair(layer, module).unwrap().product().to_kind(Kind::Double) * one.scale();
            let products: Vec<Tensor> = adapters.iter().map(|one| dense(one)).collect();
            let wanted = Tensor::stack(&products, 0).mean_dim(0, false, Kind::Double);
            let (u, s, v) = wanted.svd(true, true);
            let best = (u.narrow(1, 0, 2) * s.narrow(0, 0, 2).unsqueeze(0)).matmul(&v.narrow(1, 0, 2).transpose(0, 1));
            assert!((dense(&mean.adapter) - best).abs().max().double_value(&[]) < 1e-5);
        }
        let alike: Vec<Rc<Adapter>> = (0..3).map(|_| Rc::new(drawn(1, false))).collect();
        assert!((mean_of(&alike, Space::Delta).kept - 1.0).abs() < 1e-9);
        assert!(mean_adapter(std::iter::empty(), Space::Delta).unwrap().is_none());
    }
}
