//! What a repository must meet to be listed.

use crate::closed::closed_set;

closed_set! {
    /// A criterion of selection, named by its failure. The first three hold for every repository; a published member of
    /// the benchmark is listed even if it fails one of the others.
    pub enum Criterion as "criterion" {
        /// There is no clone to open.
        Absent = "absent",
        /// The clone cannot be opened or read, or is empty.
        Unreadable = "unreadable",
        /// The clone lacks a part of its history.
        Shallow = "shallow",
        /// No commit of the default branch is old enough (R116).
        NoHistory = "no_history",
        /// The tree has no licence file.
        LicenceMissing = "licence_missing",
        /// The text of the licence file is not one that is known.
        LicenceUnknown = "licence_unknown",
        /// The licence demands more than attribution.
        LicenceNotPermissive = "licence_not_permissive",
        /// No file is a test file (R38).
        NoTestFile = "no_test_file",
        /// Nothing shows that a test framework is used (R21, R34).
        NoFramework = "no_framework",
        /// Fewer selected tasks than a repository needs to take part (R80, R31).
        TooFewTasks = "too_few_tasks",
        /// Another listed repository has the same first commit: one is a fork or a copy of the other (R22, R28).
        SharedHistory = "shared_history",
        /// Every criterion is met, but the list is full.
        Surplus = "surplus",
    }
}
