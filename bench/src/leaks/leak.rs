//! What can be wrong with a task as a question: the flags, and what they say together.

use crate::closed::closed_set;

closed_set! {
    /// A way in which the answer of a task, or something newer than the task, can be at hand.
    pub enum Leak as "leak" {
        /// The target stands in the prefix.
        TargetInPrefix = "target_in_prefix",
        /// The target stands in a production file of the tree that the task belongs to.
        TargetInSources = "target_in_sources",
        /// The target stands in the production diff of the task's commit.
        TargetInDiff = "target_in_diff",
        /// The line that the target completes stands in a prefix that is trained on, or a training task completes to it
        /// (R86).
        LineInTraining = "line_in_training",
        /// A training task of the same repository has the same function, last line and target (R103).
        RepeatedInTraining = "repeated_in_training",
        /// A training task asks nearly the same.
        NearDuplicate = "near_duplicate",
        /// A training task asks nearly the same and has the same target.
        NearDuplicateAnswered = "near_duplicate_answered",
        /// A training task of another repository asks nearly the same: a fork or a copy.
        NearDuplicateElsewhere = "near_duplicate_elsewhere",
        /// What the release holds for the commit is not of its tree: a source, a text or a line of a diff.
        NewerContext = "newer_context",
        /// A kept commit before the task's commit bears a later time.
        TimesOutOfOrder = "times_out_of_order",
    }
}

impl Leak {
    /// Whether the flag tells of something in what the method may read, which is no leak by itself: answering from the
    /// repository is what the benchmark asks for, and earlier assertions are intended context (Q28).
    pub const fn is_visibility(self) -> bool {
        matches!(self, Self::TargetInPrefix | Self::TargetInSources | Self::TargetInDiff)
    }

    /// Whether a task with the flag is no fair question to a method that was trained on the release.
    pub const fn is_unfair(self) -> bool {
        matches!(self, Self::LineInTraining | Self::RepeatedInTraining | Self::NearDuplicate | Self::NewerContext)
    }

    /// Whether the flag holds a task against the training tasks.
    pub const fn is_about_training(self) -> bool {
        matches!(
            self,
            Self::LineInTraining
                | Self::RepeatedInTraining
                | Self::NearDuplicate
                | Self::NearDuplicateAnswered
                | Self::NearDuplicateElsewhere
        )
    }
}

/// The flags of a task: of each leak whether it is there; without those that nobody could look for.
///
/// All tasks' flags are in memory at once, so they are as small as they can be.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeakFlags([Option<bool>; Leak::ALL.len()]);

impl LeakFlags {
    /// What is known of `leak`; none if nobody could look.
    pub fn get(&self, leak: Leak) -> Option<bool> {
        self.0[leak as usize]
    }

    /// Sets what is known of `leak`.
    pub fn set(&mut self, leak: Leak, found: Option<bool>) {
        self.0[leak as usize] = found;
    }

    /// Whether the task is [unfair](Leak::is_unfair) in any way; none if it was not held against training tasks.
    ///
    /// ```
    /// use bench::leaks::{Leak, LeakFlags};
    /// let mut flags = LeakFlags::default();
    /// flags.set(Leak::TargetInPrefix, Some(true));
    /// assert_eq!(flags.leaky(), None);
    /// for leak in Leak::ALL.iter().filter(|leak| leak.is_about_training()) {
    ///     flags.set(*leak, Some(false));
    /// }
    /// assert_eq!(flags.leaky(), Some(false));
    /// flags.set(Leak::LineInTraining, Some(true));
    /// assert_eq!(flags.leaky(), Some(true));
    /// ```
    pub fn leaky(&self) -> Option<bool> {
        let unfair = || Leak::ALL.iter().filter(|leak| leak.is_unfair());
        if unfair().any(|leak| self.get(*leak) == Some(true)) {
            return Some(true);
        }
        let looked = unfair().filter(|leak| leak.is_about_training()).all(|leak| self.get(*leak).is_some());
        looked.then_some(false)
    }
}

closed_set! {
    /// Why nobody could look for a leak in the tasks of a split.
    pub enum Unchecked as "reason" {
        /// The split is what is trained on.
        Training = "is_training",
        /// The release has no training task.
        NoTraining = "no_training",
        /// The release has no files of repositories.
        NoFiles = "no_files",
        /// The release has no commits and diffs.
        NoCommits = "no_commits",
    }
}
