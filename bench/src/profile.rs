//! The two ways of building the benchmark, and its two tracks.

use crate::closed::closed_set;

closed_set! {
    /// Which rules built a file. Files of different profiles are never mixed.
    pub enum Profile as "profile" {
        /// What the authors' programs yield, quirks included.
        Paper = "paper",
        /// What the paper describes, with the quirks repaired.
        Strict = "strict",
    }
}

closed_set! {
    /// Which view of a repository the tasks come from.
    pub enum Track as "track" {
        /// One snapshot a repository (section 4 of the benchmark rules).
        Static = "static",
        /// Commit by commit (section 6).
        Evolution = "evolution",
    }
}
