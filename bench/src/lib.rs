//! What the benchmark is: the types, files and constants that every other crate speaks in.
//!
//! A [`Task`] is an [`Assertion`] with a [`Split`]; a [`Draft`] is one without. Tables on disk are read and written
//! by [`table`] alone, a sealed benchmark is a [`Release`]. [`pytext`] holds Python's idea of text, [`python`] the
//! grammar. Nothing here mines, trains, scores or draws.

pub mod audit;
mod cap;
mod closed;
mod comparison;
mod comparison_file;
mod criterion;
pub mod diff;
mod difficulty;
mod error;
mod evolution;
mod failure;
pub mod file;
pub mod hub;
mod ids;
mod journal;
mod kind;
pub mod leaks;
mod ledger;
mod mining;
mod mt19937;
mod nearest;
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
mod shared;
mod split;
pub mod stats;
pub mod submission;
pub mod table;
mod target_type;
mod task;
mod timestamp;
mod training;
mod vector_kind;
pub mod verify;

pub use cap::{Caps, Limit, SmartCap, Spot, Trivial, is_trivial};
pub use comparison::{Absence, Comparison, McNemar, Outcome, PairComparison, Standing};
pub use comparison_file::{COMPARISON_FORMAT, ComparedMethod, ComparedPart, ComparisonFile, RepoTally};
pub use criterion::Criterion;
pub use difficulty::Difficulty;
pub use error::{Error, Result};
pub use evolution::{
    Blob, BlobUse, CommitPlace, Definition, DefinitionKind, DefinitionPlace, DefinitionStep, Emission, Event,
    Evolution, FileChange, Import, KeptCommit, SpanTask, Stage, stages,
};
pub use failure::{ErrorClass, FailureMode};
pub use ids::{BlobId, CommitId, RepoId, RepoPath, TaskId};
pub use journal::{Journal, JournalHeader};
pub use kind::{AssertionKind, Family};
pub use ledger::Ledger;
pub use mining::{
    Emitted, EvolutionTables, MINING_FORMAT, Mining, MiningIndex, Shard, ShardTable, ShardWriter, TableMark,
};
pub use mt19937::Mt19937;
pub use nearest::nearest;
pub use need::Need;
pub use order::running_order;
pub use overlay::overlay;
pub use prediction::{
    MAX_COMPLETION_BYTES, MethodCard, PREDICTIONS_FORMAT, Prediction, Predictions, PredictionsHeader, Stop,
    TrainingBudget,
};
pub use profile::{MethodProfile, Profile, Track};
pub use release::{
    Anchor, BuildOptions, Contents, History, Made, Manifest, Origin, PROVENANCE_FORMAT, RELEASE_FORMAT, Release,
    ReleaseProvenance, ReleasedRepo, TableEntry, TaskSet, TaskStream, TreeFile,
};
pub use repo::{Provenance, RepoFacts, RepoList, RepoSpec, RepoView, Role, SourceFile, is_url, read_names};
pub use score::{
    Altered, BUILT_IN_SLICES, Components, ErrorTally, Estimate, Metric, PaperBias, SUMMARY_FORMAT, ScoreManifest,
    Slice, SplitSummary, Spread, Summary, TaskFacts, TaskScore, TokenMeans, Versions,
};
pub use seed::Seed;
pub use shared::Shared;
pub use split::{Partition, Split};
pub use submission::{Roll, Submission, Verdict};
pub use target_type::{AnalysisDifficulty, TargetType};
pub use task::{Assertion, Draft, Task};
pub use timestamp::Timestamp;
pub use training::{AdapterSpread, TrainingStep};
pub use vector_kind::VectorKind;
