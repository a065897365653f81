//! From git repositories to tasks: the static track of the benchmark.
//!
//! [`mine()`] takes one repository at one commit and returns its [`Outcome`]: every assertion that passed the filters,
//! cut into prefix and target, and the texts of its test and production files. Nothing is checked out or executed.
//! Rules are cited by their numbers: R for the benchmark's rules, Q for quirks of the reference that are reproduced.
//!
//! A result depends on the commit alone, on any number of threads; repositories can be mined beside each other.

mod assertion;
mod clone;
mod definitions;
mod error;
pub mod evolution;
mod evolve;
mod extract;
mod filter;
pub mod history;
pub mod live;
pub mod lock;
mod mine;
mod needs;
mod observer;
mod outcome;
mod pieces;
mod prefix;
pub mod probe;
mod repository;
mod rules;
mod select;
mod separate;
mod snapshot;
mod strict;
mod syntax;
mod tree;
mod versions;

pub use clone::{CloneLimits, Existing, FetchOptions, Fetched, Mirrors, Retry, mirror_path, mirrored_repo};
pub use definitions::DefinitionReader;
pub use error::{Error, Result};
pub use evolve::Tally;
pub use extract::{Details, Extractor, FilePairs, MAX_PREFIX_BYTES, Pair};
pub use filter::SkipReason;
pub use live::Live;
pub use mine::{Files, evolve, mine, open, read};
pub use observer::{Event, NoObserver, Observer};
pub use outcome::{MAX_FILE_BYTES, Options, Outcome, Statistics};
pub use repository::Repository;
pub use rules::{is_evolution_production, is_evolution_test, is_test_content, is_test_path};
/// Version of the rules as they are built here; it changes whenever the same input gives other tables.
pub const RULES_VERSION: &str = "4";

pub use select::{Caps, Entry, select};
pub use strict::{
    Choice, Closing, Duplicates, Enclosing, Framework, PrefixKind, StrictAssertion, StrictEntry, StrictFile,
    select_strict,
};
pub use syntax::{Reader, is_valid as is_valid_python};
pub use versions::{blob_id, versions};
