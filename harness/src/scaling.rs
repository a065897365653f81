//! How exact match grows with the number of training repositories: the two curves of the paper (S95).

/// A curve through points, by least squares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fit {
    /// Of ln N.
    pub slope: f64,
    /// The value at N = 1.
    pub intercept: f64,
    /// The share of variance that the line explains, in the space in which it was fitted.
    pub r_squared: f64,
}

/// EM = slope · ln N + intercept, for points (N, EM in percent); none with fewer than two different N.
///
/// ```
/// let fit = harness::fit_logarithm(&[(1.0, 40.0), (std::f64::consts::E, 45.0)]).unwrap();
/// assert!((fit.slope - 5.0).abs() < 1e-12 && (fit.intercept - 40.0).abs() < 1e-12);
/// ```
pub fn fit_logarithm(points: &[(f64, f64)]) -> Option<Fit> {
    line(points.iter().map(|&(count, exact)| (count.ln(), exact)))
}

/// ln(100 − EM) = slope · ln N + intercept, for points (N, EM in percent); none with fewer than two different N.
///
/// Its `r_squared` is in log space, so it does not compare with that of [`fit_logarithm`].
pub fn fit_power_law(points: &[(f64, f64)]) -> Option<Fit> {
    line(points.iter().map(|&(count, exact)| (count.ln(), (100.0 - exact).ln())))
}

fn line(points: impl Iterator<Item = (f64, f64)>) -> Option<Fit> {
    let points: Vec<(f64, f64)> = points.collect();
    let count = points.len() as f64;
    let mean_x = points.iter().map(|point| point.0).sum::<f64>() / count;
    let mean_y = points.iter().map(|point| point.1).sum::<f64>() / count;
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y)| of(x - mean_x, y - mean_y)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    let finite = [xx, xy, yy].iter().all(|value| value.is_finite());
    if !finite || xx <= 0.0 {
        return None;
    }
    let slope = xy / xx;
    let r_squared = if yy > 0.0 { xy * xy / (xx * yy) } else { 1.0 };
    Some(Fit { slope, intercept: mean_y - slope * mean_x, r_squared })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values by NumPy's `polyfit(log(N), …, 1)`.
    #[test]
    fn curves_by_numpy() {
        let points = [(10.0, 41.0), (50.0, 47.5), (100.0, 52.0), (409.0, 55.5)];
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
        let logarithm = fit_logarithm(&points).unwrap();
        near(logarithm.slope, 4.009_767_610_216_026);
        near(logarithm.intercept, 32.125_400_808_921_82);
        let power = fit_power_law(&points).unwrap();
        near(power.slope, -0.077_975_373_122_625_97);
        near(power.r_squared, 0.981_455_624_376_122_8);
    }

    #[test]
    fn no_curve_runs_through_one_count() {
        assert_eq!(fit_logarithm(&[(10.0, 1.0), (10.0, 2.0)]), None);
        assert_eq!(fit_logarithm(&[]), None);
        assert_eq!(fit_power_law(&[(1.0, 100.0), (2.0, 50.0)]), None, "nothing is left to gain at 100 %");
        assert_eq!(fit_logarithm(&[(0.0, 1.0), (2.0, 50.0)]), None);
    }
}
