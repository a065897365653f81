//! What a method that reads histories must answer beside [`AdapterSource`]: adapters of other states (M172).

use std::rc::Rc;

use bench::audit::Setting;
use bench::{CommitId, RepoId};

use super::AdapterSource;
use crate::adapter::Adapter;
use crate::error::Result;

/// Another state than that of the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Variant {
    /// The state before any commit.
    Initial,
    /// That after the last commit of the repository.
    Last,
    /// The mean of what the head reads over the commits of the repository.
    MeanOfRepository,
    /// The same over all repositories of the audit's release.
    MeanOfAll,
    /// The state of another repository at the same share of its history.
    OtherRepository,
    /// The state of a rollout whose diffs stand in shuffled order.
    ShuffledDiffs,
    /// That of a rollout whose diffs are noughts.
    ZeroDiffs,
}

impl Variant {
    /// Every variant, in the order of the rule.
    pub const ALL: [Self; 7] = [
        Self::Initial,
        Self::Last,
        Self::MeanOfRepository,
        Self::MeanOfAll,
        Self::OtherRepository,
        Self::ShuffledDiffs,
        Self::ZeroDiffs,
    ];

    /// Whether it is the same for all commits of a repository.
    pub const fn is_of_repository(self) -> bool {
        matches!(self, Self::Initial | Self::Last | Self::MeanOfRepository | Self::MeanOfAll)
    }

    /// What tables call it.
    pub const fn setting(self) -> Setting {
        match self {
            Self::Initial => Setting::Initial,
            Self::Last => Setting::Last,
            Self::MeanOfRepository => Setting::MeanOfRepository,
            Self::MeanOfAll => Setting::MeanOfAll,
            Self::OtherRepository => Setting::OtherRepository,
            Self::ShuffledDiffs => Setting::ShuffledDiffs,
            Self::ZeroDiffs => Setting::ZeroDiffs,
        }
    }
}

/// A source that reads histories.
pub trait TemporalSource: AdapterSource {
    /// The adapter for tasks of `repo` at `commit` that the state `variant` would give. The same question always has the
    /// same answer; what is shuffled or chosen is drawn by the source's seed.
    ///
    /// # Errors
    /// If the history cannot be read, or the network fails.
    fn variant(&mut self, repo: &RepoId, commit: &CommitId, variant: Variant) -> Result<Option<Rc<Adapter>>>;
}
