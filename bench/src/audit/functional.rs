//! What scores under own, mean and other adapters say (M165–M172, M176).

use serde::{Deserialize, Serialize};

use super::{Effect, Residual, Setting, Space};
use crate::ids::RepoId;

/// Means over tasks under one setting.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingMean {
    /// The setting.
    pub setting: Setting,
    /// How much of a residual was added, where it blends.
    pub lambda: Option<f64>,
    /// Tasks.
    pub tasks: u64,
    /// Mean negative log-likelihood in nats per task, without the end of sequence.
    pub nll: f64,
    /// The same with it.
    pub nll_with_eos: f64,
    /// Mean rank of the first target token.
    pub first_rank: f64,
    /// Share of exact matches, 0..=1; none where nothing was generated.
    pub em: Option<f64>,
}

/// The share of the gain that the mean adapter keeps: (base - avg) / (base - own) (M165).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// The share; none if own gains nothing.
    pub share: Option<f64>,
    /// Percentile interval from resampling repositories.
    pub cluster: Option<[f64; 2]>,
}

/// The rank of own among the adapters of one repository's tasks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnRank {
    /// The repository.
    pub repo: RepoId,
    /// Its tasks.
    pub tasks: u64,
    /// Mean rank of own over the tasks, from 1.
    pub by_task: f64,
    /// Rank of own by the mean over the tasks, from 1.
    pub whole: f64,
    /// Mean negative log-likelihood under own.
    pub own: f64,
    /// The same under others, all of them together.
    pub others: f64,
}

/// Own against other repositories (M166).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ranks {
    /// n, how many adapters each task was scored under, own included.
    pub candidates: u32,
    /// (n + 1) / 2, the mean rank if the repository did not matter.
    pub null: f64,
    /// Mean rank of own over tasks, from 1 (best); ties have the mean of their ranks.
    pub mean: f64,
    /// Rank of own minus the null, with intervals and the p-value.
    pub below_null: Effect,
    /// The share of tasks that own wins, ties shared.
    pub wins: f64,
    /// 1 / n, that share if the repository did not matter.
    pub wins_null: f64,
    /// A row a repository, by name.
    pub repos: Vec<OwnRank>,
}

/// A blend of one strength.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CurvePoint {
    /// How much of the residual was added; 0 is the mean adapter.
    pub lambda: f64,
    /// Negative log-likelihood minus that under lambda = 0.
    pub effect: Effect,
}

/// What adding more and more of a residual does (M167, M168).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Curve {
    /// Where it was added.
    pub space: Space,
    /// Whose it was.
    pub residual: Residual,
    /// By lambda, ascending.
    pub points: Vec<CurvePoint>,
}

/// The tests of the tasks of one stratum.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StratumReport {
    /// The stratum, as the file of strata names it.
    pub id: String,
    /// The same in words.
    pub title: String,
    /// Tasks in it.
    pub tasks: u64,
    /// The share of all tasks, 0..=1.
    pub share: f64,
    /// Gain of the mean adapter: NLL(base) - NLL(avg).
    pub gain: Effect,
    /// d1 = NLL(own) - NLL(avg).
    pub own_average: Effect,
    /// d2 = NLL(own) - mean over other repositories of NLL(other).
    pub own_others: Effect,
    /// EM(own) - EM(avg).
    pub em_own_average: Effect,
    /// EM(own) - mean over other repositories of EM(other).
    pub em_own_others: Effect,
    /// Mean negative log-likelihood under base, avg and own.
    pub nll: [Option<f64>; 3],
    /// Share of exact matches under the same.
    pub em: [Option<f64>; 3],
    /// The blends, corrected together.
    pub curves: Vec<Curve>,
}

/// How often own's residual beats that of a wrong repository (M169).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrongShare {
    /// Where residuals were added.
    pub space: Space,
    /// How much of them.
    pub lambda: f64,
    /// The share of wrong repositories whose mean over all tasks own's beats, ties shared; 0.5 if identity did not matter.
    pub beaten: f64,
    /// The same within each repository, averaged over repositories.
    pub beaten_by_repo: f64,
    /// Change of negative log-likelihood by own's residual.
    pub own: Effect,
    /// The same by wrong ones, the mean of all.
    pub wrong: Effect,
}

/// The state of the commit against another state (M172).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemporalContrast {
    /// The other state.
    pub against: Setting,
    /// NLL(own) minus NLL(other state).
    pub nll: Effect,
    /// EM(own) minus EM(other state).
    pub em: Effect,
}

/// Every functional statistic.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Functional {
    /// Tasks.
    pub tasks: u64,
    /// Repositories.
    pub repos: u64,
    /// Where the mean comes from: a mean adapter, or (prompt methods) the mean over contexts of other repositories.
    pub average_of_others: bool,
    /// Means by setting and lambda; those under other repositories are over all of them.
    pub means: Vec<SettingMean>,
    /// G = NLL(base) - NLL(avg).
    pub gain: Effect,
    /// (base - avg) / (base - own).
    pub kept: Kept,
    /// d1 = NLL(own) - NLL(avg).
    pub own_average: Effect,
    /// The same with the end of sequence.
    pub own_average_with_eos: Effect,
    /// EM(own) - EM(avg).
    pub em_own_average: Effect,
    /// d2 = NLL(own) - mean over other repositories of NLL(other).
    pub own_others: Effect,
    /// EM(own) - mean over other repositories of EM(other).
    pub em_own_others: Effect,
    /// Own among all candidates; none if there are no others.
    pub ranks: Option<Ranks>,
    /// The share of tasks that the mean adapter leaves below 0.01 (M170).
    pub saturated: f64,
    /// A report a stratum that has tasks, in the order of the file.
    pub strata: Vec<StratumReport>,
    /// M169, by space and lambda.
    pub wrong: Vec<WrongShare>,
    /// M172, where the method has a history.
    pub temporal: Vec<TemporalContrast>,
    /// Whether (i) is better than (ii), (iv) and (viii), as a claim of temporal conditioning needs; none without history.
    pub temporal_claim: Option<bool>,
    /// NLL(swapped kind of vector) - NLL(own) (M171); none where it was not scored.
    pub swapped: Option<Effect>,
    /// NLL(Delta-W blend of lambda = 1) - NLL(own), which must be about nought (M168); none where it was not scored.
    pub blend_check: Option<Effect>,
}
