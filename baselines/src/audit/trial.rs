//! What one task is scored under, and in which order.

use bench::audit::{Residual, Setting, Space};

use super::cast::Cast;
use crate::conditioning::Variant;

/// Strengths of residuals besides nought and one, at which a blend is the mean adapter and the adapter itself (M167).
const STRENGTHS: [f64; 4] = [0.5, 2.0, 4.0, 8.0];
/// The strength at which the residuals of all others are added (M169).
const WRONG: f64 = 4.0;

/// A setting with what it needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// The setting.
    pub setting: Setting,
    /// How much of a residual is added, where it blends.
    pub lambda: Option<f64>,
    /// The other repository, as an index into those of the cast.
    pub other: Option<usize>,
}

impl Trial {
    pub(super) fn plain(setting: Setting) -> Self {
        Self { setting, lambda: None, other: None }
    }

    pub(super) fn under(setting: Setting, other: usize) -> Self {
        Self { other: Some(other), ..Self::plain(setting) }
    }

    fn blend((space, residual): (Space, Residual), lambda: f64, other: Option<usize>) -> Self {
        Self { setting: Setting::blend(space, residual), lambda: Some(lambda), other }
    }
}

/// Which optional parts are scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Blends, in this space and in that of products; none if not.
    pub(super) blends: Option<Space>,
    /// Whether vectors of another kind are tried.
    pub(super) swapped: bool,
    /// Whether other states are.
    pub(super) temporal: bool,
}

/// The trials of the tasks of repository `own`.
pub(super) fn trials(cast: &Cast, own: usize, parts: Parts) -> Vec<Trial> {
    let mut trials = [Setting::Base, Setting::Average, Setting::Own].map(Trial::plain).to_vec();
    trials.extend(cast.others_of(own).map(|other| Trial::under(Setting::Other, other)));
    if let Some(home) = parts.blends {
        let next = cast.others_of(own).next();
        for space in Space::ALL.iter().copied().filter(|&space| space == home || space == Space::Delta) {
            trials.extend(STRENGTHS.map(|lambda| Trial::blend((space, Residual::Own), lambda, None)));
            if space == Space::Delta {
                // At full strength the decomposition must give back the adapter itself (M168).
                trials.push(Trial::blend((space, Residual::Own), 1.0, None));
            }
            let of_next = |lambda| Trial::blend((space, Residual::Next), lambda, next);
            trials.extend(next.into_iter().flat_map(|_| STRENGTHS.map(of_next)));
        }
        trials.extend(cast.others_of(own).map(|other| Trial::blend((home, Residual::Other), WRONG, Some(other))));
    }
    trials.extend(parts.swapped.then(|| Trial::plain(Setting::Swapped)));
    trials.extend(Variant::ALL.into_iter().filter(|_| parts.temporal).map(|variant| Trial::plain(variant.setting())));
    trials
}
