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

closed_set! {
    /// Under which conditions a method answers (M236). A method's settings are complete under each.
    pub enum MethodProfile as "method profile" {
        /// As the rows of the static track were made (Table 2).
        PaperG1 = "paper-g1",
        /// As the rows of the evolution track were made (Tables 3 and 4).
        PaperG2 = "paper-g2",
        /// The same for all methods: what claims of ours rest on.
        Fair = "fair",
    }
}
