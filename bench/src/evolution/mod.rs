//! The evolution track as it is mined: kept commits, the texts of their files, and the assertions they emit.
//!
//! The track repeats itself: a task's prefix is its whole file up to the cut, and a file changes little from commit to
//! commit. So every text is stored once, as a [`Blob`]; a tree is a list of [`FileChange`]s against the tree before it;
//! and an assertion is an [`Emission`], a span of a blob. Nothing here reads git or files.

mod blob;
mod commit;
mod definition;
mod emission;
mod event;
mod span;
mod stage;

pub use blob::{Blob, FileChange};
pub use commit::{CommitPlace, KeptCommit};
pub use definition::{Definition, DefinitionKind, DefinitionPlace, DefinitionStep, Import};
pub use emission::{BlobUse, Emission};
pub use event::{Event, Evolution};
pub use span::SpanTask;
pub use stage::{Stage, stages};
