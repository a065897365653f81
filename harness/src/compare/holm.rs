//! Holm's correction: many tests at once, and still rarely a false finding.

/// The p-values of `raw` adjusted for being tested together, in the order given.
///
/// Step-down: the k-th smallest of m is multiplied by m - k + 1, made no smaller than the one before it and no larger
/// than 1. Rejecting what is at most α keeps the chance of any false rejection at most α, however the tests depend on each
/// other.
///
/// ```
/// assert_eq!(harness::holm(&[0.5, 0.25, 0.125]), [0.5, 0.5, 0.375]);
/// ```
pub fn holm(raw: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..raw.len()).collect();
    order.sort_by(|&a, &b| raw[a].total_cmp(&raw[b]));
    let mut adjusted = vec![0.0; raw.len()];
    let mut least = 0.0_f64;
    for (done, place) in order.into_iter().enumerate() {
        least = least.max(raw[place] * (raw.len() - done) as f64).min(1.0);
        adjusted[place] = least;
    }
    adjusted
}
