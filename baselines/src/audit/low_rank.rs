//! Sums of low-rank products, without ever making a product (M168).

use tch::{Kind, Tensor};

use crate::adapter::Pair;

/// D = B·A, in f64.
#[derive(Debug)]
pub struct LowRank {
    /// [out, K].
    b: Tensor,
    /// [K, in].
    a: Tensor,
}

impl LowRank {
    /// The sum of `weight` times B·A of each of `parts`, on their device.
    ///
    /// # Panics
    /// If there is no part, or widths differ.
    pub fn sum<'a>(parts: impl IntoIterator<Item = (f64, &'a Pair)>) -> Self {
        let (b, a): (Vec<Tensor>, Vec<Tensor>) = parts
            .into_iter()
            .map(|(weight, pair)| (pair.b.to_kind(Kind::Double) * weight, pair.a.to_kind(Kind::Double)))
            .unzip();
        Self { b: Tensor::cat(&b, 1), a: Tensor::cat(&a, 0) }
    }

    /// This sum and `weight` times B·A of `pair`.
    #[must_use]
    pub fn plus(self, weight: f64, pair: &Pair) -> Self {
        let (b, a) = (pair.b.to_kind(Kind::Double) * weight, pair.a.to_kind(Kind::Double));
        Self { b: Tensor::cat(&[self.b, b], 1), a: Tensor::cat(&[self.a, a], 0) }
    }

    /// K, the number of columns that stand for it; its rank is at most that.
    pub fn columns(&self) -> i64 {
        self.a.size()[0]
    }

    /// The nearest sum of rank `rank` at most, with the squared norms of it and of what it was. Exact low-rank form: QR of
    /// both sides, then the decomposition of the small core.
    pub fn truncated(&self, rank: i64) -> (Self, [f64; 2]) {
        let (left, upper) = Tensor::linalg_qr(&self.b, "reduced");
        let (right, lower) = Tensor::linalg_qr(&self.a.transpose(0, 1), "reduced");
        let (before, sizes, behind) = upper.matmul(&lower.transpose(0, 1)).svd(true, true);
        let kept = rank.min(sizes.size()[0]);
        let (strong, root) = (sizes.narrow(0, 0, kept), sizes.narrow(0, 0, kept).sqrt());
        let b = left.matmul(&(before.narrow(1, 0, kept) * root.unsqueeze(0)));
        let a = (behind.narrow(1, 0, kept) * root.unsqueeze(0)).transpose(0, 1).matmul(&right.transpose(0, 1));
        let square = |numbers: &Tensor| numbers.square().sum(Kind::Double).double_value(&[]);
        (Self { b, a }, [square(&strong), square(&sizes)])
    }

    /// The factors of an adapter whose scale is `scale`, filled up with noughts to `rank` where there are fewer columns.
    pub fn to_pair(&self, scale: f64, rank: i64) -> Pair {
        let missing = (rank - self.columns()).max(0);
        let b = (&self.b / scale).constant_pad_nd([0, missing]);
        let a = self.a.constant_pad_nd([0, 0, 0, missing]);
        Pair { a: a.to_kind(Kind::Float).contiguous(), b: b.to_kind(Kind::Float).contiguous() }
    }

    /// The product, [out, in]: for tests.
    #[cfg(test)]
    pub(super) fn dense(&self) -> Tensor {
        self.b.matmul(&self.a)
    }
}

#[cfg(test)]
mod tests {
    use bench::Seed;

    use super::*;
    use crate::adapter::uniform;

    fn pair(seed: u64, (width_in, width_out): (i64, i64), rank: i64) -> Pair {
        let draw = |label: &str, rows: i64, columns: i64| {
            let count = usize::try_from(rows * columns).unwrap();
            Tensor::from_slice(&uniform(Seed(seed).derive(label), 1.0, count)).view([rows, columns])
        };
        Pair { a: draw("a", rank, width_in), b: draw("b", width_out, rank) }
    }

    fn distance(a: &Tensor, b: &Tensor) -> f64 {
        (a - b).abs().max().double_value(&[])
    }

    /// M239: against the singular values of the dense matrix, in wide, tall and small shapes.
    #[test]
    fn cuts_are_those_of_the_dense_matrix() {
        for widths in [(40, 24), (24, 40), (5, 30), (30, 5)] {
            let (one, two) = (pair(1, widths, 4), pair(2, widths, 4));
            let sum = LowRank::sum([(2.0, &one), (-0.5, &two)]);
            let dense = one.product().to_kind(Kind::Double) * 2.0 - two.product().to_kind(Kind::Double) * 0.5;
            assert!(distance(&sum.dense(), &dense) < 1e-5);
            let (cut, [kept, whole]) = sum.truncated(3);
            let (u, s, v) = sum.dense().svd(true, true);
            let best = (u.narrow(1, 0, 3) * s.narrow(0, 0, 3).unsqueeze(0)).matmul(&v.narrow(1, 0, 3).transpose(0, 1));
            assert!(distance(&cut.dense(), &best) < 1e-9, "{widths:?}");
            let square = |numbers: &Tensor| numbers.square().sum(Kind::Double).double_value(&[]);
            assert!((whole - square(&s)).abs() < 1e-8 && (kept - square(&s.narrow(0, 0, 3))).abs() < 1e-8);
            let made = cut.to_pair(2.0, 6);
            assert_eq!(made.sizes(), (widths.0, 6, widths.1));
            assert!(distance(&(made.product().to_kind(Kind::Double) * 2.0), &best) < 1e-5);
        }
    }

    #[test]
    fn nothing_is_lost_at_full_rank() {
        let x = pair(3, (20, 12), 4);
        let (same, [kept, whole]) = LowRank::sum([(1.5, &x)]).truncated(4);
        assert!((kept - whole).abs() < 1e-12 && same.columns() == 4);
        assert!(distance(&same.dense(), &(x.product().to_kind(Kind::Double) * 1.5)) < 1e-6);
    }
}
