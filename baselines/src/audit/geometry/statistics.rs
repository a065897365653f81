//! From inner products to the statistics of M162 and the verdict of M164.

use bench::audit::{Cosines, Geometry, GeometryVerdict, PairGeometry};
use bench::{AdapterSpread, RepoId};

use super::gram::{Gram, Grams};
use crate::audit::mean::MeanAdapter;

/// Above this cosine two adapters count as one (M162).
const SAME: f64 = 0.999;
/// At least this mean cosine of Delta-W is a collapse (M164).
const COLLAPSED: f64 = 0.99;
/// At least this one is weak (M164).
const WEAK: f64 = 0.95;
/// At most this mean residual of Delta-W is a collapse (M164).
const RESIDUAL: f64 = 0.05;
/// Pairs that are listed at most. Our choice: all of 64 repositories.
const LISTED: usize = 2016;

/// The statistics of adapters with these inner products, the last of which is the mean.
pub(super) fn of(repos: Vec<RepoId>, grams: &Grams, contexts: Option<&Gram>, average: &MeanAdapter) -> Geometry {
    let (count, mean) = (repos.len(), repos.len());
    let delta = cosines(&grams.delta, count);
    let context_cosines = contexts.and_then(|contexts| cosines(contexts, count));
    let residual = |gram: &Gram| mean_of((0..count).filter_map(|i| gram.residual(i, mean)));
    let residual_delta = residual(&grams.delta);
    let factors_compare = average.space == bench::audit::Space::Factor;
    let distances = |cosines: &Cosines| 1.0 - cosines.mean;
    let sensitivity = delta.as_ref().zip(context_cosines.as_ref());
    Geometry {
        verdict: delta.as_ref().zip(residual_delta).map(|(delta, residual)| verdict(delta.mean, residual)),
        averaged: average.averaged,
        space: average.space,
        contexts: context_cosines,
        factor_a: cosines(&grams.a, count),
        factor_b: cosines(&grams.b, count),
        delta,
        residual_factor: factors_compare.then(|| residual(&grams.a.plus(&grams.b))).flatten(),
        residual_delta,
        effective_rank: effective_rank(&grams.delta, count),
        norm_share: norm_share(&grams.delta, count),
        sensitivity: sensitivity
            .map(|(adapters, contexts)| (distances(adapters), distances(contexts)))
            .filter(|(_, contexts)| *contexts > 0.0)
            .map(|(adapters, contexts)| adapters / contexts),
        kept_of_mean: (!factors_compare).then_some(average.kept),
        pairs: pairs(count).take(LISTED).map(|pair| listed(pair, &grams.delta, contexts)).collect(),
        repos,
    }
}

/// How far adapters with these inner products, the last of which is the mean, are apart.
pub(super) fn spread(grams: &Grams) -> Option<AdapterSpread> {
    let count = grams.delta.len() - 1;
    let residual = mean_of((0..count).filter_map(|i| grams.delta.residual(i, count)))?;
    Some(AdapterSpread { cosine: cosines(&grams.delta, count)?.mean, residual })
}

/// M164.
fn verdict(cosine: f64, residual: f64) -> GeometryVerdict {
    if cosine >= COLLAPSED || residual <= RESIDUAL {
        GeometryVerdict::Collapsed
    } else if cosine >= WEAK {
        GeometryVerdict::Weak
    } else {
        GeometryVerdict::Diverse
    }
}

fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |i| (i + 1..count).map(move |j| (i, j)))
}

fn listed((i, j): (usize, usize), delta: &Gram, contexts: Option<&Gram>) -> PairGeometry {
    let repos = [i, j].map(|index| u32::try_from(index).unwrap_or(u32::MAX));
    PairGeometry { repos, context: contexts.and_then(|contexts| contexts.cosine(i, j)), delta: delta.cosine(i, j) }
}

/// Cosines of the pairs of the first `count` vectors.
fn cosines(gram: &Gram, count: usize) -> Option<Cosines> {
    let all: Vec<f64> = pairs(count).filter_map(|(i, j)| gram.cosine(i, j)).collect();
    Some(Cosines {
        pairs: all.len() as u64,
        mean: mean_of(all.iter().copied())?,
        min: all.iter().copied().fold(f64::INFINITY, f64::min),
        max: all.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        above_0_999: all.iter().filter(|&&cosine| cosine > SAME).count() as f64 / all.len() as f64,
    })
}

fn mean_of(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / count as f64)
}

/// (Σ s²)² / Σ s⁴ of the centred vectors: the singular values' squares are the eigenvalues of the centred inner products, so
/// that their sum is a trace and the sum of their squares a sum of squares.
fn effective_rank(gram: &Gram, count: usize) -> Option<f64> {
    let row = |i: usize| (0..count).map(|j| gram.at(i, j)).sum::<f64>() / count as f64;
    let rows: Vec<f64> = (0..count).map(row).collect();
    let whole = rows.iter().sum::<f64>() / count as f64;
    let centred = |i: usize, j: usize| gram.at(i, j) - rows[i] - rows[j] + whole;
    let trace: f64 = (0..count).map(|i| centred(i, i)).sum();
    let squares: f64 =
        (0..count).flat_map(|i| (0..count).map(move |j| (i, j))).map(|(i, j)| centred(i, j).powi(2)).sum();
    let size: f64 = (0..count).map(|i| gram.at(i, i)).sum();
    // Below this all adapters are one, and what is left is rounding.
    (trace > 1e-12 * size && squares > 0.0).then(|| trace * trace / squares)
}

/// |mean|² / mean |own|².
fn norm_share(gram: &Gram, count: usize) -> Option<f64> {
    let all: f64 = (0..count).flat_map(|i| (0..count).map(move |j| (i, j))).map(|(i, j)| gram.at(i, j)).sum();
    let own: f64 = (0..count).map(|i| gram.at(i, i)).sum();
    (own > 0.0).then(|| all / count as f64 / own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verdicts_have_the_bounds_of_the_rule() {
        let cases = [
            (0.99, 0.5, "collapsed"),
            (0.2, 0.05, "collapsed"),
            (0.989, 0.06, "weak"),
            (0.95, 0.3, "weak"),
            (0.949, 0.3, "diverse"),
        ];
        for (cosine, residual, name) in cases {
            assert_eq!(verdict(cosine, residual).name(), name, "{cosine} {residual}");
        }
    }
}
