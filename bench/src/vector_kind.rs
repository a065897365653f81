//! What a repository vector is a vector of.

use crate::closed::closed_set;

closed_set! {
    /// The three kinds of repository vectors. They have equal shapes and differ in everything else, so that one in the
    /// place of another is an error that no shape shows (M25).
    pub enum VectorKind as "kind of vector" {
        /// The production files of one snapshot, weighted: M15–M18.
        StaticG1 = "static_g1",
        /// All Python files of a tree, each path counted once: M19–M21.
        RepoStateG2 = "repo_state_g2",
        /// The production diff of a kept commit: M23.
        DiffG2 = "diff_g2",
    }
}
