//! What the rows of an audit say: section 13 of the methods' rules, M165 to M176.
//!
//! [`audit`] is a pure function of [`AuditRow`]s: the mean-adapter substitution, the rank of own among others, lambda
//! curves by strata, the null of wrong repositories, temporal contrasts, and the verdict. Differences are paired by task;
//! the unit that is resampled is the repository.

mod board;
mod curves;
mod effect;
mod kept;
mod options;
mod ranks;
mod strata;
mod stratum;
mod temporal;
mod verdict;
mod wrong;

use bench::audit::{AuditRow, AuditVerdict, Effect, Functional, SettingMean, Space};

use board::{Board, Cell, Key};
use effect::Sample;

use crate::error::{Error, Result};

pub use options::AuditOptions;
pub use strata::Strata;

use bench::audit::Setting;

/// Below this negative log-likelihood under the mean adapter a task is saturated (M170).
const SATURATED: f64 = 0.01;

/// What every part reads.
pub(super) struct Ground<'a> {
    board: Board<'a>,
    sample: Sample<'a>,
    base: Vec<Cell>,
    average: Vec<Cell>,
    own: Vec<Cell>,
    /// The mean over other repositories, a task each; none if there are none.
    others: Option<Vec<Cell>>,
}

/// The statistics of `rows` and the verdict. The same for any order of the rows.
///
/// Without rows under a mean adapter, as with prompt methods (M174), the mean over contexts of other repositories stands in
/// for it.
///
/// # Errors
/// [`Error::Audit`] if a task lacks a row, has one twice, or rows contradict each other.
pub fn audit(rows: &[AuditRow], strata: &Strata, options: &AuditOptions) -> Result<(Functional, AuditVerdict)> {
    let board = Board::of(rows)?;
    let tasks = board.tasks.clone();
    let needed = |setting: Setting| {
        let found = board.single(Key::new(setting, None))?;
        found.ok_or_else(|| Error::Audit { reason: format!("nothing was scored under `{setting}`") })
    };
    let (base, own) = (needed(Setting::Base)?, needed(Setting::Own)?);
    let others = board.others(Key::new(Setting::Other, None))?;
    let candidates = others.as_ref().and_then(|others| others.first()).map_or(0, Vec::len);
    let others = others.filter(|_| candidates > 0);
    let mean_of_others =
        others.as_ref().map(|others| others.iter().map(|cells| board::mean(cells.iter().map(|(_, c)| c))).collect());
    let stated = board.single(Key::new(Setting::Average, None))?;
    let average_of_others = stated.is_none();
    let average = stated.or_else(|| mean_of_others.clone()).ok_or_else(|| Error::Audit {
        reason: "there is neither a mean adapter nor another repository to compare with".to_owned(),
    })?;
    let repos = board.repos.len();
    let sample = Sample { tasks: &tasks, repos, options };
    let ground = Ground { board, sample, base, average, own, others: mean_of_others };
    let ranks = others.as_ref().map(|others| ranks::of(&ground, others));
    let (gain, own_average) = (ground.nll(&ground.base, &ground.average), ground.nll(&ground.own, &ground.average));
    let own_others = ground.against_others(Ground::nll);
    let verdict = verdict::of(&gain, &own_average, &own_others, ranks.as_ref(), options.level);
    let temporal = temporal::of(&ground)?;
    let functional = Functional {
        tasks: ground.board.tasks.len() as u64,
        repos: repos as u64,
        average_of_others,
        means: means(&ground)?,
        kept: kept::of(&ground),
        own_average_with_eos: ground.difference(&ground.own, &ground.average, |cell| Some(cell.nll_with_eos)),
        em_own_average: ground.em(&ground.own, &ground.average),
        em_own_others: ground.against_others(Ground::em),
        saturated: share(&ground.average, |cell| cell.nll < SATURATED),
        strata: strata
            .iter()
            .map(|one| stratum::of(&ground, one))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .flatten()
            .collect(),
        wrong: wrong::of(&ground)?,
        temporal_claim: temporal::claim(&temporal),
        temporal,
        swapped: ground.scored(Key::new(Setting::Swapped, None))?,
        blend_check: ground.blend_check()?,
        gain,
        own_average,
        own_others,
        ranks,
    };
    Ok((functional, verdict))
}

impl Ground<'_> {
    /// The paired difference `a` minus `b` of what `value` takes of a cell.
    fn difference(&self, a: &[Cell], b: &[Cell], value: fn(&Cell) -> Option<f64>) -> Effect {
        let each: Vec<Option<f64>> = a.iter().zip(b).map(|(a, b)| value(a).zip(value(b)).map(|(a, b)| a - b)).collect();
        self.sample.effect(&each)
    }

    fn nll(&self, a: &[Cell], b: &[Cell]) -> Effect {
        self.difference(a, b, |cell| Some(cell.nll))
    }

    fn em(&self, a: &[Cell], b: &[Cell]) -> Effect {
        self.difference(a, b, |cell| cell.em)
    }

    /// Own against the mean of others; empty without others.
    fn against_others(&self, of: fn(&Self, &[Cell], &[Cell]) -> Effect) -> Effect {
        self.others.as_ref().map_or_else(Effect::default, |others| of(self, &self.own, others))
    }

    /// The negative log-likelihood under `key` minus that under own.
    fn scored(&self, key: Key) -> Result<Option<Effect>> {
        Ok(self.board.single(key)?.map(|cells| self.nll(&cells, &self.own)))
    }

    /// Whether the blend of full strength is own (M168).
    fn blend_check(&self) -> Result<Option<Effect>> {
        self.scored(Key::new(Setting::blend(Space::Delta, bench::audit::Residual::Own), Some(1.0)))
    }
}

/// The means of every setting that was scored.
fn means(ground: &Ground<'_>) -> Result<Vec<SettingMean>> {
    let of = |key: Key| {
        let cells: Vec<Cell> = match ground.board.others(key) {
            Ok(Some(others)) => others.into_iter().flatten().map(|(_, cell)| cell).collect(),
            _ => ground.board.single(key)?.unwrap_or_default(),
        };
        let mean = board::mean(cells.iter());
        Ok(SettingMean {
            setting: key.setting,
            lambda: key.lambda(),
            tasks: ground.board.tasks.len() as u64,
            nll: mean.nll,
            nll_with_eos: mean.nll_with_eos,
            first_rank: mean.first_rank,
            em: mean.em,
        })
    };
    ground.board.keys().map(of).collect()
}

/// The share of `cells` that `holds`.
fn share(cells: &[Cell], holds: impl Fn(&Cell) -> bool) -> f64 {
    cells.iter().filter(|cell| holds(cell)).count() as f64 / cells.len() as f64
}

#[cfg(test)]
mod tests;
