//! How far an estimated difference may be from the true one: standard errors, and what can be detected.

use super::repositories::Repositories;

/// The standard error of the mean of all tasks, robust to resemblance within repositories; at least two of them.
///
/// CR2 (Bell and `McCaffrey`, 2002) of a mean: √Σ r² / (1 - n/N) / N with r = S - n·mean, where S and n are a
/// repository's sum and tasks and N all tasks.
pub(super) fn robust(sums: &[f64], repositories: &Repositories) -> f64 {
    let all = repositories.tasks() as f64;
    let mean = sums.iter().sum::<f64>() / all;
    let square = |(sum, size): (&f64, &u64)| {
        let size = *size as f64;
        (sum - size * mean).powi(2) / (1.0 - size / all)
    };
    sums.iter().zip(repositories.sizes()).map(square).sum::<f64>().sqrt() / all
}

/// The interval of `reach` standard errors around a mean of independent values in -1..=1; at least two of them.
pub(super) fn independent(sum: f64, squares: f64, count: u64, reach: f64) -> [f64; 2] {
    let (mean, n) = (sum / count as f64, count as f64);
    let variance = ((squares - sum * mean) / (n - 1.0)).max(0.0);
    let reach = reach * (variance / n).sqrt();
    [(mean - reach).max(-1.0), (mean + reach).min(1.0)]
}
