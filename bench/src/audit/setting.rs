//! Under which adapter, or behind which context, a task is scored.

use crate::closed::closed_set;

closed_set! {
    /// What stands beside the base model, or before the prefix, while a task is scored.
    pub enum Setting as "setting" {
        /// Nothing: the base model, the bare prefix.
        Base = "base",
        /// The mean adapter of training repositories (M160).
        Average = "average",
        /// The adapter, or the context, of the task's own repository.
        Own = "own",
        /// That of another audited repository (M166).
        Other = "other",
        /// avg + lambda (own - avg) of A and of B apart (M167).
        FactorOwn = "factor-own",
        /// The same with the residual of the next repository: the control of M167.
        FactorNext = "factor-next",
        /// The same with the residual of every other repository: the null of M169.
        FactorOther = "factor-other",
        /// The mean product and lambda times what own differs from it, cut to rank R (M168).
        DeltaOwn = "delta-own",
        /// The same with the next repository.
        DeltaNext = "delta-next",
        /// The same with every other repository.
        DeltaOther = "delta-other",
        /// The adapter that the network makes of the repository's vector of another kind (M171).
        Swapped = "swapped",
        /// The adapter of the state before any commit (M172 ii).
        Initial = "initial",
        /// That of the last commit (M172 iii).
        Last = "last",
        /// The mean over the commits of the repository (M172 iv).
        MeanOfRepository = "mean-of-repository",
        /// The mean over all repositories (M172 v).
        MeanOfAll = "mean-of-all",
        /// That of another repository at the same relative position (M172 vi).
        OtherRepository = "other-repository",
        /// That of a rollout with the diffs in shuffled order (M172 vii).
        ShuffledDiffs = "shuffled-diffs",
        /// That of a rollout with diffs of zeros (M172 viii).
        ZeroDiffs = "zero-diffs",
    }
}

closed_set! {
    /// In which space adapters are averaged and blended.
    pub enum Space as "space" {
        /// A and B apart: for adapters whose factors mean the same in all repositories.
        Factor = "factor",
        /// Their product: for adapters whose factors may be rotated against each other.
        Delta = "delta",
    }
}

closed_set! {
    /// Whose residual to the mean is added.
    pub enum Residual as "residual" {
        /// That of the task's repository.
        Own = "own",
        /// That of the repository after it, as a control.
        Next = "next",
        /// That of every other repository, one after the other.
        Other = "other",
    }
}

impl Setting {
    /// The setting that blends `residual` in `space`.
    pub const fn blend(space: Space, residual: Residual) -> Self {
        match (space, residual) {
            (Space::Factor, Residual::Own) => Self::FactorOwn,
            (Space::Factor, Residual::Next) => Self::FactorNext,
            (Space::Factor, Residual::Other) => Self::FactorOther,
            (Space::Delta, Residual::Own) => Self::DeltaOwn,
            (Space::Delta, Residual::Next) => Self::DeltaNext,
            (Space::Delta, Residual::Other) => Self::DeltaOther,
        }
    }

    /// The settings of M172, in its order, without the state of the commit itself.
    pub const TEMPORAL: [Self; 7] = [
        Self::Initial,
        Self::Last,
        Self::MeanOfRepository,
        Self::MeanOfAll,
        Self::OtherRepository,
        Self::ShuffledDiffs,
        Self::ZeroDiffs,
    ];

    /// What it is, in words for tables.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Base => "Base model",
            Self::Average => "Mean adapter",
            Self::Own => "Own repository",
            Self::Other => "Other repositories",
            Self::FactorOwn => "Own residual, factors",
            Self::FactorNext => "Next repository's residual, factors",
            Self::FactorOther => "Other residuals, factors",
            Self::DeltaOwn => "Own residual, product",
            Self::DeltaNext => "Next repository's residual, product",
            Self::DeltaOther => "Other residuals, product",
            Self::Swapped => "Vector of another kind",
            Self::Initial => "State before any commit",
            Self::Last => "State of the last commit",
            Self::MeanOfRepository => "Mean over the repository's commits",
            Self::MeanOfAll => "Mean over all repositories",
            Self::OtherRepository => "Another repository, same position",
            Self::ShuffledDiffs => "Diffs in shuffled order",
            Self::ZeroDiffs => "Diffs of zeros",
        }
    }
}
