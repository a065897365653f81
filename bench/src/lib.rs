//! What the benchmark is: the types, files and constants that every other crate speaks in.
//!
//! A [`Task`] is an [`Assertion`] with a [`Split`]; a [`Draft`] is one without. Tables on disk are read and written
//! by [`table`] alone, a sealed benchmark is a [`Release`]. [`pytext`] holds Python's idea of text, [`python`] the
//! grammar. Nothing here mines, trains, scores or draws.

mod cap;
mod closed;
mod criterion;
mod difficulty;
mod error;
mod evolution;
pub mod file;
pub mod hub;
mod ids;
mod journal;
mod kind;
mod ledger;
mod mining;
mod mt19937;
mod need;
mod order;
mod overlay;
pub mod paper;
pub mod partition;
pub mod prediction;
mod predictions_file;
mod profile;
pub mod pytext;
pub mod python;
mod release;
mod repo;
pub mod score;
mod seed;
mod split;
pub mod stats;
pub mod table;
mod task;
mod timestamp;
pub mod verify;

pub use cap::{Caps, Limit, SmartCap, Spot, Trivial, is_trivial};
pub use criterion::Criterion;
pub use difficulty::Difficulty;
pub use error::{Error, Result};
pub use evolution::{
    Blob, BlobUse, CommitPlace, Definition, DefinitionKind, Emission, Event, Evolution, FileChange, Import, KeptCommit,
    SpanTask, Stage, stages,
};
pub use ids::{BlobId, CommitId, RepoId, RepoPath, TaskId};
pub use journal::{Journal, JournalHeader};
pub use kind::{AssertionKind, Family};
pub use ledger::Ledger;
pub use mining::{
    Emitted, EvolutionTables, MINING_FORMAT, Mining, MiningIndex, Shard, ShardTable, ShardWriter, TableMark,
};
pub use mt19937::Mt19937;
pub use need::Need;
pub use order::running_order;
pub use overlay::overlay;
pub use prediction::{MethodCard, Prediction, Predictions, PredictionsHeader, Stop};
pub use predictions_file::PREDICTIONS_FORMAT;
pub use profile::{Profile, Track};
pub use release::{
    Anchor, BuildOptions, Contents, History, Manifest, Origin, RELEASE_FORMAT, Release, ReleasedRepo, TableEntry,
    TaskSet, TaskStream,
};
pub use repo::{Provenance, RepoFacts, RepoList, RepoSpec, RepoView, Role, SourceFile, is_url, read_names};
pub use score::{Estimate, Metric, Slice, SplitSummary, Summary, TaskScore, TokenMeans};
pub use seed::Seed;
pub use split::{Partition, Split};
pub use task::{Assertion, Draft, Task};
pub use timestamp::Timestamp;
