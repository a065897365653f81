//! What stands in the way of a fair question: answers at hand, tasks that were trained on, contexts from the future.
//!
//! Every task gets [flags](Leak), never a verdict: flagged tasks stay where they are, and whoever reads scores can look
//! at them apart. Three flags tell where the target stands in what a method may read; that is no leak by itself (Q28).
//! The others hold the task against what is trained on (R86, R103) or its context against its own commit. `docs/leaks.md`
//! has the definitions at length.
//!
//! [`measure`] is the one way to the flags: sealing a release runs it, and so does the verb for releases that were sealed
//! without. Texts are compared as [`token`]s; near-duplicates are found by banded `MinHash` signatures and then measured
//! exactly. Nothing here decides what a method is shown.

mod answer;
mod context;
mod copies;
mod diff;
mod document;
mod history;
mod leak;
mod lines;
mod measure;
mod min_hash;
mod nearest;
mod repeated;
mod row;
#[cfg(test)]
mod sample;
mod site;
mod standing;
mod summary;
mod tables;
mod token;
mod training;

pub use answer::is_commonplace;
pub use copies::{CopiedRepo, Copies};
pub use leak::{Leak, LeakFlags, Unchecked};
pub use measure::{LeakProgress, LeakWatch, measure, stands_in_prefix};
#[cfg(feature = "stats")]
pub(crate) use repeated::question;
pub use row::{NearestTask, TaskLeaks};
pub(crate) use site::TaskSite;
pub use summary::{Flagged, LEAK_RULES, LeakCounts, LeakSummary};
pub use tables::{LeakRows, LeakWriter, table_path};
#[cfg(feature = "stats")]
pub(crate) use token::key;
