//! The tests of one stratum.

use bench::audit::{Effect, StratumReport};

use super::board::Cell;
use super::strata::Stratum;
use super::{Ground, curves};
use crate::error::Result;

/// The report of `stratum`; nothing if no task belongs to it.
pub(super) fn of(ground: &Ground<'_>, stratum: &Stratum) -> Result<Option<StratumReport>> {
    let members = stratum.members(&ground.board, &ground.average);
    let count = members.iter().filter(|member| **member).count();
    if count == 0 {
        return Ok(None);
    }
    let nll = |a: &[Cell], b: &[Cell]| difference(ground, &members, a, b, |cell| Some(cell.nll));
    let em = |a: &[Cell], b: &[Cell]| difference(ground, &members, a, b, |cell| cell.em);
    let (own, average) = (&ground.own, &ground.average);
    let others = ground.others.as_deref();
    let mean = |cells: &[Cell], value: fn(&Cell) -> Option<f64>| {
        let values: Option<Vec<f64>> =
            cells.iter().zip(&members).filter(|(_, member)| **member).map(|(cell, _)| value(cell)).collect();
        values.map(|values| values.iter().sum::<f64>() / count as f64)
    };
    let three = |value: fn(&Cell) -> Option<f64>| [&ground.base, average, own].map(|cells| mean(cells, value));
    Ok(Some(StratumReport {
        id: stratum.id.clone(),
        title: stratum.title.clone(),
        tasks: count as u64,
        share: count as f64 / members.len() as f64,
        gain: nll(&ground.base, average),
        own_average: nll(own, average),
        own_others: others.map_or_else(Effect::default, |others| nll(own, others)),
        em_own_average: em(own, average),
        em_own_others: others.map_or_else(Effect::default, |others| em(own, others)),
        nll: three(|cell| Some(cell.nll)),
        em: three(|cell| cell.em),
        curves: curves::of(ground, &members)?,
    }))
}

fn difference(
    ground: &Ground<'_>,
    members: &[bool],
    a: &[Cell],
    b: &[Cell],
    value: fn(&Cell) -> Option<f64>,
) -> Effect {
    let one =
        |((a, b), member): ((&Cell, &Cell), &bool)| value(a).zip(value(b)).filter(|_| *member).map(|(a, b)| a - b);
    let each: Vec<Option<f64>> = a.iter().zip(b).zip(members).map(one).collect();
    ground.sample.effect(&each)
}
