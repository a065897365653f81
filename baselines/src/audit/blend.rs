//! Blends of an adapter with the mean one (M167, M168).

use super::low_rank::LowRank;
use crate::adapter::{Adapter, Pair, Pairs};
use crate::error::{Error, Result};

/// avg + lambda (one - avg), A and B apart (M167).
///
/// # Errors
/// If the two are of different shapes or scales.
pub fn factor_blend(average: &Adapter, one: &Adapter, lambda: f64) -> Result<Adapter> {
    let between = |average: &tch::Tensor, one: &tch::Tensor| average + (one - average) * lambda;
    merged(average, one, |average, one| Pair { a: between(&average.a, &one.a), b: between(&average.b, &one.b) })
}

/// `D_avg` + lambda (`D_one` - `D_avg`) of D = s·B·A, cut to the rank of `one` (M168).
///
/// # Errors
/// If the two are of different shapes or scales.
pub fn delta_blend(average: &Adapter, one: &Adapter, lambda: f64) -> Result<Adapter> {
    let scale = one.scale();
    merged(average, one, |average, one| {
        let (sum, rank) = (LowRank::sum([(scale * lambda, one), (scale * (1.0 - lambda), average)]), one.sizes().1);
        sum.truncated(rank).0.to_pair(scale, rank)
    })
}

/// The adapter of what `merge` makes of each pair of pairs.
fn merged(average: &Adapter, one: &Adapter, merge: impl Fn(&Pair, &Pair) -> Pair) -> Result<Adapter> {
    let _guard = tch::no_grad_guard();
    alike(average, one)?;
    let groups = average.groups().iter().zip(one.groups()).map(|(average, one)| -> Pairs {
        average.iter().zip(one).map(|((&module, average), (_, one))| (module, merge(average, one))).collect()
    });
    let mut groups: Vec<Pairs> = groups.collect();
    Ok(match groups.pop() {
        Some(pairs) if one.is_shared() => Adapter::shared(pairs, one.scale()),
        last => {
            groups.extend(last);
            Adapter::per_layer(groups, one.scale())
        }
    })
}

/// A module with input width, rank and output width of its pair.
type Sizes = (crate::adapter::Module, (i64, i64, i64));

/// Refuses adapters that have no common space.
pub(super) fn alike(a: &Adapter, b: &Adapter) -> Result<()> {
    let shape = |adapter: &Adapter| -> Vec<Vec<Sizes>> {
        adapter
            .groups()
            .iter()
            .map(|pairs| pairs.iter().map(|(&module, pair)| (module, pair.sizes())).collect())
            .collect()
    };
    let scales = (a.scale() - b.scale()).abs() <= f64::EPSILON * a.scale().abs();
    if a.is_shared() == b.is_shared() && scales && shape(a) == shape(b) {
        return Ok(());
    }
    let reason = "adapters of one method must have one shape and one scale to be compared";
    Err(Error::option("adapter", "of another shape", reason))
}

#[cfg(test)]
mod tests {
    use tch::Kind;

    use super::*;
    use crate::audit::geometry::tests::drawn;

    fn dense(adapter: &Adapter) -> Vec<tch::Tensor> {
        let pairs = adapter.groups().iter().flat_map(Pairs::values);
        pairs.map(|pair| pair.product().to_kind(Kind::Double) * adapter.scale()).collect()
    }

    fn far(a: &[tch::Tensor], b: &[tch::Tensor]) -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - b).abs().max().double_value(&[])).fold(0.0, f64::max)
    }

    /// M168 and M239: the ends of the blend are the adapters themselves, and the middle is the cut of the dense blend.
    #[test]
    fn blends_end_at_the_adapters() {
        for shared in [true, false] {
            let (average, own) = (drawn(1, shared), drawn(2, shared));
            for blend in [factor_blend, delta_blend] {
                assert!(far(&dense(&blend(&average, &own, 0.0).unwrap()), &dense(&average)) < 1e-5);
                let full = blend(&average, &own, 1.0).unwrap();
                assert!(far(&dense(&full), &dense(&own)) < 1e-5);
                assert_eq!((full.is_shared(), full.rank(), full.count()), (shared, own.rank(), own.count()));
            }
            let blended = dense(&delta_blend(&average, &own, 2.0).unwrap());
            for ((made, average), own) in blended.iter().zip(dense(&average)).zip(dense(&own)) {
                let wanted = &average + (&own - &average) * 2.0;
                let (u, s, v) = wanted.svd(true, true);
                let best =
                    (u.narrow(1, 0, 2) * s.narrow(0, 0, 2).unsqueeze(0)).matmul(&v.narrow(1, 0, 2).transpose(0, 1));
                assert!((made - best).abs().max().double_value(&[]) < 1e-4);
            }
            let double = factor_blend(&average, &own, 2.0).unwrap();
            let (made, a, b) = (&double.groups()[0], &average.groups()[0], &own.groups()[0]);
            let module = crate::adapter::Module::QProj;
            let wanted = &b[&module].a * 2.0 - &a[&module].a;
            assert!((&made[&module].a - wanted).abs().max().double_value(&[]) < 1e-6);
        }
        assert!(factor_blend(&drawn(1, true), &drawn(2, false), 1.0).is_err());
    }
}
