//! How far adapters of different repositories are apart (M162).

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::ids::RepoId;

closed_set! {
    /// What geometry says of a method (M164).
    pub enum GeometryVerdict as "verdict" {
        /// The adapters are one adapter: mean cosine of Delta-W at least 0.99, or mean residual at most 0.05.
        Collapsed = "collapsed",
        /// Mean cosine of Delta-W in 0.95..0.99.
        Weak = "weak",
        /// Neither.
        Diverse = "diverse",
    }
}

/// Cosines of all pairs of different repositories.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cosines {
    /// Pairs of which neither side is nought: only these have a cosine.
    pub pairs: u64,
    /// Their mean.
    pub mean: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The share above 0.999, 0..=1.
    pub above_0_999: f64,
}

/// One pair of repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PairGeometry {
    /// Both repositories, as indices into [`Geometry::repos`].
    pub repos: [u32; 2],
    /// Cosine of their contexts; none if adapters are not made from vectors, or one is nought.
    pub context: Option<f64>,
    /// Cosine of their Delta-W; none if one is nought.
    pub delta: Option<f64>,
}

/// The statistics of M162 over the audited repositories.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Geometry {
    /// What follows (M164); none with fewer than two adapters that change anything.
    pub verdict: Option<GeometryVerdict>,
    /// The repositories that have an adapter, by name.
    pub repos: Vec<RepoId>,
    /// Training repositories in the mean adapter.
    pub averaged: u64,
    /// The space in which it was averaged (M160).
    pub space: super::Space,
    /// (a) Cosines of the contexts; none if adapters are not made from vectors.
    pub contexts: Option<Cosines>,
    /// (b) Cosines of all A, flattened.
    pub factor_a: Option<Cosines>,
    /// (b) The same of B.
    pub factor_b: Option<Cosines>,
    /// (c) Cosines of Delta-W, each type weighted by the layers that share it.
    pub delta: Option<Cosines>,
    /// (d) Mean of |own - avg| / |own| over the numbers of A and B; none if factors cannot be averaged.
    pub residual_factor: Option<f64>,
    /// (d) The same of Delta-W.
    pub residual_delta: Option<f64>,
    /// (e) Participation ratio of the centred Delta-W: how many directions the adapters differ in, 1..=repositories - 1.
    /// None if all adapters are equal.
    pub effective_rank: Option<f64>,
    /// (f) |mean|² over the mean of |own|², of Delta-W of the audited repositories, 0..=1.
    pub norm_share: Option<f64>,
    /// (g) Mean distance of Delta-W over mean distance of the contexts, distances being one minus cosines.
    pub sensitivity: Option<f64>,
    /// The share of |avg|² that the adapter used as mean keeps, where it was cut to rank R (M168).
    pub kept_of_mean: Option<f64>,
    /// Every pair, or the first of them where there are very many.
    pub pairs: Vec<PairGeometry>,
}
