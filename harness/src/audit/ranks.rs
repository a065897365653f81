//! Own among the adapters of other repositories (M166).

use bench::RepoId;
use bench::audit::{OwnRank, Ranks};

use super::Ground;
use super::board::Cell;

/// Own's ranks; `others` holds for each task the cells under other repositories, equally many.
pub(super) fn of(ground: &Ground<'_>, others: &[Vec<(&RepoId, Cell)>]) -> Ranks {
    let count = others.first().map_or(0, Vec::len);
    let candidates = u32::try_from(count + 1).unwrap_or(u32::MAX);
    let null = f64::from(candidates + 1) / 2.0;
    let each: Vec<Place> = ground.own.iter().zip(others).map(|(own, cells)| Place::of(own.nll, cells)).collect();
    let below: Vec<Option<f64>> = each.iter().map(|place| Some(place.rank - null)).collect();
    let mean = |value: fn(&Place) -> f64| each.iter().map(value).sum::<f64>() / each.len() as f64;
    Ranks {
        candidates,
        null,
        mean: mean(|place| place.rank),
        below_null: ground.sample.effect(&below),
        wins: mean(|place| place.win),
        wins_null: 1.0 / f64::from(candidates),
        repos: (0..ground.board.repos.len()).map(|repo| of_repo(ground, others, &each, repo)).collect(),
    }
}

fn of_repo(ground: &Ground<'_>, others: &[Vec<(&RepoId, Cell)>], each: &[Place], repo: usize) -> OwnRank {
    let tasks: Vec<usize> = (0..each.len()).filter(|&task| ground.board.tasks[task].repo == repo).collect();
    let count = tasks.len() as f64;
    let own = tasks.iter().map(|&task| ground.own[task].nll).sum::<f64>() / count;
    // Other repositories need not be the same for tasks of different commits, but all are for one repository.
    let mut sums: Vec<f64> = vec![0.0; others.first().map_or(0, Vec::len)];
    for &task in &tasks {
        sums.iter_mut().zip(&others[task]).for_each(|(sum, (_, cell))| *sum += cell.nll);
    }
    let means: Vec<f64> = sums.iter().map(|sum| sum / count).collect();
    OwnRank {
        repo: ground.board.repos[repo].clone(),
        tasks: tasks.len() as u64,
        by_task: tasks.iter().map(|&task| each[task].rank).sum::<f64>() / count,
        whole: rank(own, means.iter().copied()),
        own,
        others: means.iter().sum::<f64>() / means.len() as f64,
    }
}

/// Where own stands for one task.
struct Place {
    rank: f64,
    /// 1 if it is the best alone, less if others are as good.
    win: f64,
}

impl Place {
    fn of(own: f64, others: &[(&RepoId, Cell)]) -> Self {
        let values = || others.iter().map(|(_, cell)| cell.nll);
        let (better, equal) =
            (values().filter(|&nll| nll < own).count(), values().filter(|&nll| is_tie(nll, own)).count());
        let win = if better == 0 { 1.0 / (equal + 1) as f64 } else { 0.0 };
        Self { rank: rank(own, values()), win }
    }
}

/// The rank of `own` among itself and `others`, 1 for the smallest; ties have the mean of their ranks.
fn rank(own: f64, others: impl Iterator<Item = f64>) -> f64 {
    others.fold(1.0, |rank, other| rank + if is_tie(other, own) { 0.5 } else { f64::from(u8::from(other < own)) })
}

#[expect(clippy::float_cmp, reason = "one adapter gives one number, bit for bit")]
fn is_tie(a: f64, b: f64) -> bool {
    a == b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::float_cmp, reason = "halves are exact")]
    fn ties_share_their_ranks() {
        assert_eq!(rank(1.0, [2.0, 3.0].into_iter()), 1.0);
        assert_eq!(rank(1.0, [1.0, 0.5, 3.0].into_iter()), 2.5);
        assert_eq!(rank(1.0, [1.0, 1.0, 1.0].into_iter()), 2.5);
    }
}
