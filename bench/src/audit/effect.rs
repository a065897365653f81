//! A paired difference with what is known about it.

use serde::{Deserialize, Serialize};

/// The mean over tasks of a difference that each task has, with its intervals (M175).
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Tasks.
    pub tasks: u64,
    /// Repositories.
    pub repos: u64,
    /// The mean; none without tasks.
    pub mean: Option<f64>,
    /// Percentile interval from resampling repositories: the one to quote. None with fewer than two.
    pub cluster: Option<[f64; 2]>,
    /// Percentile interval from resampling tasks, as published; too narrow where tasks of a repository are alike.
    pub by_task: Option<[f64; 2]>,
    /// Two-sided p-value of no difference from flipping the signs of repositories; none with fewer than two.
    pub p: Option<f64>,
    /// The same corrected for the number of lambdas looked at together, by Holm; none where nothing is corrected.
    pub p_holm: Option<f64>,
}

impl Effect {
    /// Whether the interval over repositories lies entirely below nought.
    pub fn is_below(&self) -> bool {
        self.cluster.is_some_and(|[_, high]| high < 0.0)
    }

    /// Whether it holds nought. An effect of exactly nought everywhere does.
    pub fn holds_nought(&self) -> bool {
        self.cluster.is_some_and(|[low, high]| low <= 0.0 && 0.0 <= high)
    }

    /// Whether it lies within `reach` of nought.
    pub fn is_within(&self, reach: f64) -> bool {
        self.cluster.is_some_and(|[low, high]| -reach <= low && high <= reach)
    }
}
