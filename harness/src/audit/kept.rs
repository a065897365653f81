//! The share of the gain that the mean adapter keeps (M165).

use bench::audit::Kept;

use super::Ground;
use super::board::Cell;
use crate::interval::quantile;
use crate::pcg64::Pcg64;

/// (base - avg) / (base - own), and its interval from resampling repositories.
pub(super) fn of(ground: &Ground<'_>) -> Kept {
    let gains = |cells: &[Cell]| -> Vec<f64> {
        let each: Vec<Option<f64>> =
            ground.base.iter().zip(cells).map(|(base, cell)| Some(base.nll - cell.nll)).collect();
        ground.sample.clusters(&each).iter().map(|unit| unit.sum).collect()
    };
    let pairs: Vec<[f64; 2]> =
        gains(&ground.average).into_iter().zip(gains(&ground.own)).map(|(average, own)| [average, own]).collect();
    let bootstrap = ground.sample.bootstrap();
    let share = ratio(pairs.iter().copied());
    if pairs.len() < 2 || share.is_none() {
        return Kept { share, cluster: None };
    }
    let mut stream = Pcg64::new(&bootstrap.seed);
    let mut shares: Vec<f64> = (0..bootstrap.resamples).filter_map(|_| ratio(stream.draws(&pairs))).collect();
    // Where own gains nothing in some resamples there is no interval to speak of.
    if shares.len() < bootstrap.resamples as usize || shares.is_empty() {
        return Kept { share, cluster: None };
    }
    shares.sort_by(f64::total_cmp);
    let tail = (1.0 - bootstrap.level) / 2.0;
    Kept { share, cluster: Some([quantile(&shares, tail), quantile(&shares, 1.0 - tail)]) }
}

/// The sum of the first over the sum of the second, if that is a gain.
fn ratio(pairs: impl Iterator<Item = [f64; 2]>) -> Option<f64> {
    let [average, own] = pairs.fold([0.0, 0.0], |sum, pair| [sum[0] + pair[0], sum[1] + pair[1]]);
    (own > 0.0).then(|| average / own)
}
