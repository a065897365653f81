//! The sets of tasks that a release can hold, and the files they lie in.

use crate::split::Split;

/// A set of tasks of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TaskSet {
    /// The tasks of a split.
    Split(Split),
    /// Tasks of the training repositories at their anchors, with structured prefixes (R127–R129).
    Anchor,
    /// One static set of tasks of the OOD repositories (R123, R124).
    StaticOod,
}

impl TaskSet {
    /// Every set, splits first.
    pub fn all() -> impl Iterator<Item = Self> {
        Split::ALL.iter().copied().map(Self::Split).chain([Self::Anchor, Self::StaticOod])
    }

    /// The path of the set's table inside a release.
    pub fn path(self) -> String {
        match self {
            Self::Split(split) => format!("tasks/{split}.parquet"),
            Self::Anchor => "anchor/train.parquet".to_owned(),
            Self::StaticOod => "static/ood_test.parquet".to_owned(),
        }
    }
}
