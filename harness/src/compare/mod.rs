//! Is one method better than another, or did it meet kinder repositories? Pairs, on the tasks common to all methods.
//!
//! The question is about repositories that nobody has looked at, so repositories are what is drawn: tasks of one
//! resemble each other, and a method that suits its style wins on all of them at once. Intervals and tests that take
//! tasks for independent are computed too, and named so; they find differences that are not there.
//!
//! # The primary interval
//!
//! [`compare`] flips the signs of whole repositories. The module `flip` explains why the p-value and the interval are
//! two readings of one thing: the interval excludes 0 exactly if p is at most 1 - level. Other intervals were tried
//! against truth. Shares of 20,000 simulated benchmarks (in percent, ±0.15) whose 95 % interval holds the true
//! difference of two methods' exact matches, least and greatest over 10, 20, 52 and 100 repositories and differences
//! between repositories that are small, middling and large:
//!
//! | interval | 60 tasks each | 5 to 200 tasks | a tenth of 400 to 1,500 | rare |
//! |---|---|---|---|---|
//! | tasks taken for independent | 40.0–87.3 | 25.5–76.5 | 13.2–61.2 | 41.1–81.2 |
//! | percentile bootstrap (S80) | 89.7–94.4 | 88.6–94.2 | 87.4–92.3 | 85.9–93.6 |
//! | the same, expanded (Hesterberg) | 94.0–94.9 | 93.1–94.5 | 91.6–93.2 | 90.7–94.0 |
//! | bias-corrected, accelerated bootstrap | 89.2–94.3 | 87.2–94.1 | 82.7–89.2 | 82.4–92.7 |
//! | bootstrap-t | 94.4–94.8 | 93.5–94.7 | 88.5–92.8 | 86.6–93.4 |
//! | CR1, t with G - 1 | 94.8–95.2 | 93.1–95.0 | 81.2–92.3 | 83.3–94.8 |
//! | CR2, t with G - 1 | 94.8–95.2 | 93.5–95.0 | 86.7–92.9 | 87.2–94.8 |
//! | CR2, t of Bell and `McCaffrey`, tasks independent | 94.8–95.2 | 94.3–95.1 | 92.8–94.8 | 92.6–94.8 |
//! | the same, resemblance estimated | 94.8–95.2 | 94.8–95.5 | 96.0–98.6 | 94.0–96.8 |
//! | **sign flips of repositories** | 94.8–95.2 | 94.8–95.2 | 94.7–95.1 | 92.8–94.6 |
//!
//! Right answers are rare in the last column, two in a hundred: sums of repositories are then lopsided, which no method
//! tried gets quite right. It is worse where a few repositories make all the difference, or the largest ones differ
//! from the others; `docs/compare-statistics.md` has figures.
//!
//! # Many pairs
//!
//! P-values are corrected by [`holm`] for all pairs of a comparison, and only corrected ones decide who gets which
//! letter and rank. Intervals are not corrected: each is about its own pair.

mod flip;
mod holm;
mod letters;
mod mcnemar;
mod options;
mod pair;
mod plan;
mod repositories;
mod series;
mod spread;
mod student;
mod subsets;

pub(crate) use flip::{sign_flips, significant};
pub use holm::holm;
pub use mcnemar::mcnemar;
pub use options::CompareOptions;
pub use plan::compare;
pub use series::{MOST_METHODS, Series};
