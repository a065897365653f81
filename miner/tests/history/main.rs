//! The history of scripted repositories, held against the `git` program.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod diffs;
mod listing;
mod random;
mod script;
