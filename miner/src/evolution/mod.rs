//! The evolution track's view of test files: assertions with whole files as prefixes, and what a commit did to them
//! (R92–R104).
//!
//! [`VersionReader`] reads the versions of a file, parsing what no version before had; [`FileStates`] remembers what
//! was there and says which assertions of a new version are tasks. Nothing here knows commits or git.

mod chunk;
mod digest;
mod events;
mod inline;
mod lines;
mod pairing;
mod reader;
mod scope;
mod states;
mod version;

pub use events::{Change, Event, Old};
pub(crate) use pairing::{Mark, Origin, pair};
pub use reader::VersionReader;
pub use states::FileStates;
pub use version::{Cut, Version};
