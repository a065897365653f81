//! From scores to pages. [`Leaderboard`] decides what a page about one release says, [`render`] prints it, [`write()`] puts
//! it on disk; a [`Board`] has several releases, and [`Site`] writes its pages, tasks included. Nothing here scores,
//! resamples or reads a release. [`statistics`] does the same for the numbers of the data itself.
//!
//! Text in score files is foreign: it passes through [`text::Shown`] before any renderer sees it.

pub mod audit;
pub mod board;
pub mod context;
mod error;
mod figure;
pub mod gallery;
pub mod leaderboard;
pub mod paper;
pub mod plot;
pub mod published;
pub mod render;
pub mod site;
pub mod statistics;
pub mod text;
mod write;

pub use board::{Board, Edition, Entrant};
pub use context::{Context, Cost, Origin, SplitFacts};
pub use error::{Error, Result};
pub use leaderboard::Leaderboard;
pub use site::Site;
pub use write::{Written, write};
