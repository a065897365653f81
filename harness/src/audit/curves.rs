//! What adding a residual more and more does (M167, M168), corrected for the number of strengths looked at.

use bench::audit::{Curve, CurvePoint, Effect, Residual, Setting, Space};

use super::Ground;
use super::board::{Cell, Key};
use crate::compare::holm;
use crate::error::Result;

/// The curves of the tasks that `members` names. All points of all curves are corrected together.
pub(super) fn of(ground: &Ground<'_>, members: &[bool]) -> Result<Vec<Curve>> {
    let mut curves = Vec::new();
    for &space in Space::ALL {
        // lambda = 0 is the mean adapter; in the space of products it may have been cut to rank R, so it is scored again.
        let mean = ground.board.single(Key::new(Setting::blend(space, Residual::Own), Some(0.0)))?;
        let mean = mean.as_ref().unwrap_or(&ground.average);
        for residual in [Residual::Own, Residual::Next] {
            let setting = Setting::blend(space, residual);
            let mut points = Vec::new();
            for key in ground.board.keys().filter(|key| key.setting == setting) {
                let Some(lambda) = key.lambda().filter(|&lambda| lambda > 0.0) else { continue };
                let cells = ground.board.single(key)?.unwrap_or_default();
                points.push(CurvePoint { lambda, effect: effect(ground, &cells, mean, members) });
            }
            if !points.is_empty() {
                curves.push(Curve { space, residual, points });
            }
        }
    }
    correct(&mut curves);
    Ok(curves)
}

fn effect(ground: &Ground<'_>, cells: &[Cell], mean: &[Cell], members: &[bool]) -> Effect {
    let each = cells.iter().zip(mean).zip(members);
    let each: Vec<Option<f64>> = each.map(|((cell, mean), member)| member.then_some(cell.nll - mean.nll)).collect();
    ground.sample.effect(&each)
}

fn correct(curves: &mut [Curve]) {
    let raw: Vec<f64> = curves.iter().flat_map(|curve| &curve.points).filter_map(|point| point.effect.p).collect();
    let mut adjusted = holm(&raw).into_iter();
    for point in curves.iter_mut().flat_map(|curve| &mut curve.points).filter(|point| point.effect.p.is_some()) {
        point.effect.p_holm = adjusted.next();
    }
}
