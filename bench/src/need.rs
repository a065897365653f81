//! What a task of the probe corpus needs to be answered.

use crate::closed::closed_set;

closed_set! {
    /// Where the answer of a task stands. Only generated corpora know it; mined tasks of real repositories have none.
    pub enum Need as "need" {
        /// Visible before the cut.
        Prefix = "prefix",
        /// Only the repository's production code tells.
        Repository = "repository",
        /// As `repository`, and it was another one earlier in the history.
        History = "history",
    }
}
