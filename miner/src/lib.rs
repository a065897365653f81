//! From git repositories to tasks: the static track of the benchmark.
//!
//! [`mine()`] takes one repository at one commit and returns its [`Outcome`]: every assertion that passed the filters,
//! cut into prefix and target, and the texts of its test and production files. Nothing is checked out or executed.
//! Rules are cited by their numbers: R for the benchmark's rules, Q for quirks of the reference that are reproduced.
//!
//! A run is single-threaded and its result depends on the commit alone; run one per repository in parallel.

mod assertion;
mod clone;
mod error;
mod extract;
mod filter;
pub mod history;
mod mine;
mod needs;
mod observer;
mod outcome;
mod prefix;
pub mod probe;
mod repository;
mod rules;
mod select;
mod separate;
mod syntax;
mod tree;

pub use error::{Error, Result};
pub use extract::{Extractor, FilePairs, MAX_PREFIX_BYTES, Pair};
pub use filter::SkipReason;
pub use mine::{mine, open};
pub use observer::{Event, NoObserver, Observer};
pub use outcome::{MAX_FILE_BYTES, Options, Outcome, Statistics};
pub use repository::Repository;
pub use rules::{is_evolution_production, is_evolution_test, is_test_content, is_test_path};
pub use select::{Caps, Entry, select};
pub use syntax::{Reader, is_valid as is_valid_python};
