//! Where a kept commit stands in the time of its repository (R113).

use crate::closed::closed_set;

closed_set! {
    /// The part of a repository's time that a kept commit belongs to (`in_repo_split` of R109).
    pub enum Stage as "in-repo split" {
        /// The first commits.
        Train = "train",
        /// Those after them.
        Val = "val",
        /// The last ones.
        Test = "test",
    }
}

/// Kept commits below which a repository has training commits only. R113.
const MIN_COMMITS: usize = 3;

/// The stage of each of `commits` kept commits, oldest first (R113).
///
/// ```
/// use bench::{Stage, stages};
/// let count = |stage| stages(11).into_iter().filter(|s| *s == stage).count();
/// assert_eq!([Stage::Train, Stage::Val, Stage::Test].map(count), [8, 1, 2]);
/// ```
pub fn stages(commits: usize) -> Vec<Stage> {
    let [train, val, test] = sizes(commits);
    let repeated = |stage, n| std::iter::repeat_n(stage, n);
    repeated(Stage::Train, train).chain(repeated(Stage::Val, val)).chain(repeated(Stage::Test, test)).collect()
}

/// How many commits each stage has; from three commits on each has at least one.
fn sizes(commits: usize) -> [usize; 3] {
    if commits < MIN_COMMITS {
        return [commits, 0, 0];
    }
    let (mut train, mut val) = ((commits * 8 / 10).max(1), (commits / 10).max(1));
    if train + val >= commits {
        if val > 1 {
            val -= 1;
        } else {
            train -= 1;
        }
    }
    [train, val, commits - train - val]
}
