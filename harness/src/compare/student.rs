//! Student's t distribution, for whole degrees of freedom.

/// Steps of a search at most; it takes about fifteen.
const STEPS: u32 = 100;

/// The value that t with `freedom` degrees exceeds with probability `tail`, which is in 0..=0.5 exclusive of 0.
///
/// Ten digits are right down to tails of one in a million; takes time linear in `freedom`.
pub(super) fn upper_quantile(tail: f64, freedom: u64) -> f64 {
    let excess = |t: f64| within(t, freedom) - (1.0 - 2.0 * tail);
    let (mut low, mut high) = (0.0, 1.0);
    let (mut below, mut above) = (excess(low), excess(high));
    while above < 0.0 {
        (low, below) = (high, above);
        high *= 2.0;
        above = excess(high);
    }
    // False position with the Illinois correction: an end that stays twice counts half, so that both ends close in.
    let mut moved = None;
    for _ in 0..STEPS {
        let t = (low * above - high * below) / (above - below);
        let found = excess(t);
        if found == 0.0 || t <= low || t >= high {
            return t;
        }
        let side = found < 0.0;
        let again = if moved == Some(side) { 0.5 } else { 1.0 };
        if side {
            (low, below, above) = (t, found, above * again);
        } else {
            (high, above, below) = (t, found, below * again);
        }
        moved = Some(side);
    }
    f64::midpoint(low, high)
}

/// The probability of -`t`..`t`: the finite series of Abramowitz and Stegun, 26.7.3 and 26.7.4, all terms positive.
fn within(t: f64, freedom: u64) -> f64 {
    let angle = (t / (freedom as f64).sqrt()).atan();
    let (sine, cosine) = angle.sin_cos();
    let odd = freedom % 2 == 1;
    let (mut term, mut sum, mut power) = if odd { (cosine, 0.0, 1) } else { (1.0, 0.0, 0) };
    while power + 2 <= freedom {
        sum += term;
        term *= cosine * cosine * (power + 1) as f64 / (power + 2) as f64;
        power += 2;
    }
    if odd { std::f64::consts::FRAC_2_PI * (angle + sine * sum) } else { sine * sum }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.t.isf(tail, freedom)`.
    const SCIPY: [(f64, u64, f64); 10] = [
        (0.025, 1, 12.706_204_736_174_705),
        (0.025, 2, 4.302_652_729_749_464),
        (0.025, 3, 3.182_446_305_283_708_6),
        (0.2, 9, 0.883_403_859_685_534_1),
        (0.025, 51, 2.007_583_770_315_836_3),
        (0.005, 52, 2.673_733_630_647_222),
        (0.2, 99, 0.845_267_031_953_496_8),
        (0.025, 5999, 1.960_359_507_426_564_7),
        (0.025, 20000, 1.960_082_605_158_135_3),
        (1e-06, 19, 6.723_394_282_200_186),
    ];

    #[test]
    fn quantiles_are_those_of_scipy() {
        for (tail, freedom, expected) in SCIPY {
            let found = upper_quantile(tail, freedom);
            assert!((found - expected).abs() <= 1e-10 * expected, "{tail} {freedom}: {found}");
        }
    }

    #[test]
    fn half_is_in_the_middle() {
        assert!(upper_quantile(0.5, 7).abs() < 1e-20);
    }
}
