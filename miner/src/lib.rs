//! miner
mod assertion;
mod extract;
mod filter;
mod prefix;
mod select;
mod syntax;

pub mod probe;

pub use extract::{Extractor, FilePairs, Pair};
pub use filter::SkipReason;
pub use select::{Caps, Entry, select};
pub use syntax::{Reader, is_valid as is_valid_python};
