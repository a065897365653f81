//! From scores to pages. [`Leaderboard`] decides what a page says, [`render`] prints it, [`write()`] puts it on disk; nothing
//! here scores, resamples or reads a release. [`statistics`] does the same for the numbers of the data itself.
//!
//! Text in score files is foreign: it passes through [`text::Shown`] before any renderer sees it.

pub mod audit;
pub mod context;
mod error;
mod figure;
pub mod leaderboard;
pub mod published;
pub mod render;
pub mod statistics;
pub mod text;
mod write;

pub use context::{Context, Cost, Origin, SplitFacts};
pub use error::{Error, Result};
pub use leaderboard::Leaderboard;
pub use write::{Written, write};
