//! Statistics of sealed releases: the counts behind Tables 1, 5, 6 and 7 and Figures 2 and 3 of the paper, and what it
//! does not tell (section 8 of the benchmark rules).
//!
//! [`Statistics`] is what was measured: whole numbers and [`Summary`]s, never text. `measure` (feature `stats`) reads
//! releases lazily with polars and is the only code that names it; the types stand without. What the paper printed,
//! and how the two are laid side by side, is not known here.

mod composition;
mod distribution;
#[cfg(feature = "stats")]
mod measure;
mod part;
mod statistics;
mod tokens;

pub use composition::{TableFamily, TableTarget, counted};
pub use distribution::{Distribution, Histogram, Summary};
#[cfg(feature = "stats")]
pub use measure::{measure, tasks};
pub use part::Part;
pub use statistics::{
    CommitStatistics, Component, Composition, Counts, KeptCounts, KeptDot, MeasuredRelease, PartStatistics, Repeats,
    RepoActivity, STATISTICS_FORMAT, Statistics, TokenStatistics,
};
pub use tokens::{PREFIX_END, TokenCounter};
