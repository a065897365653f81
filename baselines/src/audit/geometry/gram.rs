//! Inner products of adapters, from which every statistic follows.

use tch::{Device, Kind, Tensor};

use crate::adapter::{Adapter, Module, Pair};
use crate::audit::blend::alike;
use crate::error::Result;

/// Adapters that are laid beside each other at a time: bounds memory.
const BLOCK: usize = 32;

/// The inner products of some vectors, in f64.
#[derive(Debug, Clone, PartialEq)]
pub struct Gram {
    count: usize,
    products: Vec<f64>,
}

/// The inner products of adapters: of their A, of their B, of their Delta-W.
#[derive(Debug)]
pub(super) struct Grams {
    pub(super) a: Gram,
    pub(super) b: Gram,
    /// Each type weighted by the layers that share it.
    pub(super) delta: Gram,
}

impl Gram {
    fn zero(count: usize) -> Self {
        Self { count, products: vec![0.0; count * count] }
    }

    /// Of vectors ([C]) of equal width.
    pub fn of_vectors(vectors: &[&Tensor]) -> Self {
        let rows: Vec<Tensor> = vectors.iter().map(|vector| vector.to_kind(Kind::Double)).collect();
        let rows = Tensor::stack(&rows, 0);
        let mut gram = Self::zero(vectors.len());
        gram.add((0, 0), &rows.matmul(&rows.transpose(0, 1)));
        gram
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The inner product of vectors `i` and `j`.
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.products[i * self.count + j]
    }

    /// The cosine of vectors `i` and `j`; none if one is nought.
    pub fn cosine(&self, i: usize, j: usize) -> Option<f64> {
        let norms = (self.at(i, i) * self.at(j, j)).sqrt();
        (norms > 0.0).then(|| (self.at(i, j) / norms).clamp(-1.0, 1.0))
    }

    /// |i - j| / |i|; none if i is nought.
    pub fn residual(&self, i: usize, j: usize) -> Option<f64> {
        let (own, squared) = (self.at(i, i), self.at(i, i) - 2.0 * self.at(i, j) + self.at(j, j));
        (own > 0.0).then(|| (squared.max(0.0) / own).sqrt())
    }

    /// Products of both added, as of vectors laid end to end.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let products = self.products.iter().zip(&other.products).map(|(a, b)| a + b).collect();
        Self { count: self.count, products }
    }

    /// Adds `block` at the row and column `at`.
    fn add(&mut self, at: (usize, usize), block: &Tensor) {
        let columns = usize::try_from(block.size()[1]).unwrap_or(0);
        let flat = Vec::<f64>::try_from(block.to_device(Device::Cpu).contiguous().view(-1))
            .expect("because products are numbers");
        for (row, values) in flat.chunks(columns.max(1)).enumerate() {
            let start = (at.0 + row) * self.count + at.1;
            self.products[start..start + columns].iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        }
    }
}

impl Grams {
    /// Of `adapters` for a model of so many layers.
    ///
    /// # Errors
    /// If their shapes differ.
    pub(super) fn of(adapters: &[&Adapter], layers: i64) -> Result<Self> {
        let zero = || Gram::zero(adapters.len());
        let mut grams = Self { a: zero(), b: zero(), delta: zero() };
        let Some(first) = adapters.first() else { return Ok(grams) };
        adapters.iter().try_for_each(|adapter| alike(first, adapter))?;
        let weight = if first.is_shared() { layers as f64 } else { 1.0 };
        for (group, pairs) in first.groups().iter().enumerate() {
            for &module in pairs.keys() {
                grams.add(adapters, (group, module), weight);
            }
        }
        Ok(grams)
    }

    /// Adds the pairs at one place of all `adapters`.
    fn add(&mut self, adapters: &[&Adapter], place: (usize, Module), weight: f64) {
        for (i, left) in adapters.chunks(BLOCK).enumerate() {
            let left = Side::of(left, place);
            for (j, right) in adapters.chunks(BLOCK).enumerate() {
                let (right, at) = (Side::of(right, place), (i * BLOCK, j * BLOCK));
                self.a.add(at, &left.flat_a().matmul(&right.flat_a().transpose(0, 1)));
                self.b.add(at, &left.flat_b().matmul(&right.flat_b().transpose(0, 1)));
                self.delta.add(at, &(left.delta(&right) * weight));
            }
        }
    }
}

/// The pairs at one place of some adapters, in f64.
struct Side {
    /// [N, R, in].
    a: Tensor,
    /// [N, out, R].
    b: Tensor,
    /// [N, 1].
    scales: Tensor,
}

impl Side {
    fn of(adapters: &[&Adapter], (group, module): (usize, Module)) -> Self {
        let stack = |factor: fn(&Pair) -> &Tensor| {
            let all: Vec<Tensor> = adapters
                .iter()
                .map(|adapter| factor(&adapter.groups()[group][&module]).to_kind(Kind::Double))
                .collect();
            Tensor::stack(&all, 0)
        };
        let scales: Vec<f64> = adapters.iter().map(|adapter| adapter.scale()).collect();
        let a = stack(|pair| &pair.a);
        let scales = Tensor::from_slice(&scales).to_device(a.device()).unsqueeze(1);
        Self { b: stack(|pair| &pair.b), a, scales }
    }

    fn flat_a(&self) -> Tensor {
        self.a.flatten(1, -1)
    }

    fn flat_b(&self) -> Tensor {
        self.b.flatten(1, -1)
    }

    /// <s1·B1·A1, s2·B2·A2> = s1·s2·Σ (B1ᵀ·B2) ∘ (A1·A2ᵀ), for each pair of adapters: [N, M].
    fn delta(&self, other: &Self) -> Tensor {
        let (n, rank) = (self.a.size()[0], self.a.size()[1]);
        let m = other.a.size()[0];
        // [N·R, in] and [M·R, in] -> [N·R, M·R]
        let rows = self.a.flatten(0, 1).matmul(&other.a.flatten(0, 1).transpose(0, 1));
        // [N, out, R] -> [out, N·R]
        let columns = |b: &Tensor| b.permute([1, 0, 2]).flatten(1, -1);
        let across = columns(&self.b).transpose(0, 1).matmul(&columns(&other.b));
        let summed =
            (rows * across).view([n, rank, m, rank]).sum_dim_intlist([1_i64, 3].as_slice(), false, Kind::Double);
        summed * &self.scales * other.scales.transpose(0, 1)
    }
}
