//! How metrics vary between repositories (S85).

use bench::{Metric, Spread, TaskScore};

use super::by_repo;

/// Median and standard deviation of the means of the repositories of `rows`, one a metric; nothing without rows.
pub(super) fn spread(rows: &[&TaskScore]) -> Vec<Spread> {
    if rows.is_empty() {
        return Vec::new();
    }
    let of = |&metric: &Metric| {
        let units = by_repo(rows, |row| row.value(metric));
        let mut means: Vec<f64> = units.values().map(|unit| unit.sum / f64::from(unit.tasks)).collect();
        means.sort_by(f64::total_cmp);
        Spread { metric, median: median(&means), deviation: deviation(&means) }
    };
    Metric::ALL.iter().map(of).collect()
}

/// The median of `sorted`, at least one value.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    if sorted.len() % 2 == 1 { sorted[middle] } else { f64::midpoint(sorted[middle - 1], sorted[middle]) }
}

fn deviation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_by_hand() {
        assert!((median(&[0.1, 0.2, 0.6]) - 0.2).abs() < 1e-15 && (median(&[0.0, 0.1, 0.2, 1.0]) - 0.15).abs() < 1e-15);
        assert!((deviation(&[0.2, 0.4, 0.4, 0.4, 0.5, 0.5, 0.7, 0.9]) - 0.2).abs() < 1e-15);
    }
}
