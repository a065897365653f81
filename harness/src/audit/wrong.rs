//! Residuals of wrong repositories (M169).

use std::collections::BTreeMap;

use bench::RepoId;
use bench::audit::{Residual, Setting, Space, WrongShare};

use super::Ground;
use super::board::{self, Cell, Key};
use crate::error::Result;

/// Cells under other repositories, for each task.
type Others<'a> = Vec<Vec<(&'a RepoId, Cell)>>;

/// The null of each space and strength at which every residual was scored.
pub(super) fn of(ground: &Ground<'_>) -> Result<Vec<WrongShare>> {
    let mut found = Vec::new();
    for &space in Space::ALL {
        for lambda in strengths(ground, space) {
            if let Some((own, others)) = cells(ground, space, lambda)? {
                found.push(share(ground, (space, lambda), &own, &others));
            }
        }
    }
    Ok(found)
}

/// The strengths at which residuals of `space` were scored, full strength included.
fn strengths(ground: &Ground<'_>, space: Space) -> Vec<f64> {
    let setting = Setting::blend(space, Residual::Other);
    let own = Setting::blend(space, Residual::Own);
    let mut found: Vec<f64> =
        ground.board.keys().filter(|key| key.setting == setting).filter_map(Key::lambda).collect();
    if !found.is_empty() && ground.board.keys().any(|key| key.setting == own) && !found.contains(&1.0) {
        found.insert(0, 1.0);
    }
    found
}

/// Own and others at this strength. At full strength the blend is the adapter itself.
fn cells<'a>(ground: &Ground<'a>, space: Space, lambda: f64) -> Result<Option<(Vec<Cell>, Others<'a>)>> {
    let blended = |residual| Key::new(Setting::blend(space, residual), Some(lambda));
    let (mut own, mut others) =
        (ground.board.single(blended(Residual::Own))?, ground.board.others(blended(Residual::Other))?);
    if (lambda - 1.0).abs() < f64::EPSILON {
        own = own.or_else(|| Some(ground.own.clone()));
        others = match others {
            Some(others) => Some(others),
            None => ground.board.others(Key::new(Setting::Other, None))?,
        };
    }
    Ok(own.zip(others).filter(|(_, others)| others.first().is_some_and(|cells| !cells.is_empty())))
}

fn share(ground: &Ground<'_>, (space, lambda): (Space, f64), own: &[Cell], others: &Others<'_>) -> WrongShare {
    let mean: Vec<Cell> = others.iter().map(|cells| board::mean(cells.iter().map(|(_, cell)| cell))).collect();
    let tasks = &ground.board.tasks;
    let within = |repo: usize| beaten(own, others, &|task| tasks[task].repo == repo);
    let repos = ground.board.repos.len();
    WrongShare {
        space,
        lambda,
        beaten: beaten(own, others, &|_| true),
        beaten_by_repo: (0..repos).map(within).sum::<f64>() / repos as f64,
        own: ground.nll(own, &ground.average),
        wrong: ground.nll(&mean, &ground.average),
    }
}

/// The share of wrong repositories that own beats: by the sum over those of the tasks that `takes_part` which were scored
/// with the residual of that repository.
fn beaten(own: &[Cell], others: &Others<'_>, takes_part: &dyn Fn(usize) -> bool) -> f64 {
    let mut sums: BTreeMap<&RepoId, [f64; 2]> = BTreeMap::new();
    for (_, (mine, cells)) in own.iter().zip(others).enumerate().filter(|(task, _)| takes_part(*task)) {
        for (repo, cell) in cells {
            let [ours, theirs] = sums.entry(repo).or_default();
            *ours += mine.nll;
            *theirs += cell.nll;
        }
    }
    sums.values().map(|&[ours, theirs]| beats(ours, theirs)).sum::<f64>() / sums.len() as f64
}

/// 1 if `mine` is lower, a half if both are equal.
fn beats(mine: f64, other: f64) -> f64 {
    match mine.total_cmp(&other) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    }
}
