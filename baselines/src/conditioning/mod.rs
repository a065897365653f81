//! From places, a repository at a commit, to what networks read of them: which commit is looked at ([`ContextPolicy`]),
//! what its vector is ([`Contexts`]), and in which order histories are walked ([`WalkPlan`]).

mod contexts;
mod control;
mod source;
mod temporal;
mod timeline;
mod walk;

pub use contexts::{ContextFiles, Contexts};
pub use control::Control;
pub use source::AdapterSource;
pub use temporal::{TemporalSource, Variant};
pub use timeline::{ContextPolicy, Timeline};
pub use walk::{Backpropagation, Scored, Segment, WalkOptions, WalkPlan};
