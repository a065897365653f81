//! Which part of the benchmark a repository and a task belong to: names only; the assignment is in [`crate::partition`].

use crate::closed::closed_set;
use crate::evolution::Stage;

closed_set! {
    /// The part of the benchmark that a task belongs to.
    pub enum Split as "split" {
        /// Training tasks of the training repositories.
        Train = "train",
        /// Held-out tasks of the training repositories, for choices.
        InRepoVal = "ir_val",
        /// Held-out tasks of the training repositories, for claims.
        InRepoTest = "ir_test",
        /// Tasks of unseen repositories, for choices.
        CrossRepoVal = "cr_val",
        /// Tasks of unseen repositories, for claims.
        CrossRepoTest = "cr_test",
        /// Tasks of unseen repositories created after the cut-off.
        OodTest = "ood_test",
    }
}

impl Split {
    /// Every split that methods answer: all but [`Split::Train`].
    pub const EVALUATED: &'static [Self] =
        &[Self::InRepoVal, Self::InRepoTest, Self::CrossRepoVal, Self::CrossRepoTest, Self::OodTest];

    /// The part of the benchmark whose repositories have tasks in this split.
    pub const fn partition(self) -> Partition {
        match self {
            Self::Train | Self::InRepoVal | Self::InRepoTest => Partition::Train,
            Self::CrossRepoVal => Partition::CrossRepoVal,
            Self::CrossRepoTest => Partition::CrossRepoTest,
            Self::OodTest => Partition::OodTest,
        }
    }

    /// The name printed in tables: `CR-test` and so on.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Train => "Train",
            Self::InRepoVal => "IR-val",
            Self::InRepoTest => "IR-test",
            Self::CrossRepoVal => "CR-val",
            Self::CrossRepoTest => "CR-test",
            Self::OodTest => "OOD",
        }
    }
}

closed_set! {
    /// The part of the benchmark that a whole repository belongs to (`cross_repo_split` of R109).
    pub enum Partition as "partition" {
        /// Its tasks are divided into train, IR-val and IR-test.
        Train = "train",
        /// All its tasks are CR-val.
        CrossRepoVal = "cr_val",
        /// All its tasks are CR-test.
        CrossRepoTest = "cr_test",
        /// All its tasks are OOD.
        OodTest = "ood_test",
    }
}

impl Partition {
    /// The split of what a repository of this partition does at a commit of `stage` (R113, R122).
    pub const fn split_at(self, stage: Stage) -> Split {
        match (self, stage) {
            (Self::Train, Stage::Train) => Split::Train,
            (Self::Train, Stage::Val) => Split::InRepoVal,
            (Self::Train, Stage::Test) => Split::InRepoTest,
            (Self::CrossRepoVal, _) => Split::CrossRepoVal,
            (Self::CrossRepoTest, _) => Split::CrossRepoTest,
            (Self::OodTest, _) => Split::OodTest,
        }
    }
}
