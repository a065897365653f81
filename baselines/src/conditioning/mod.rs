//! From places, a repository at a commit, to what networks read of them.

mod source;

pub use source::AdapterSource;
