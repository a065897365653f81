//! Printers of one [`crate::Leaderboard`]. What they print is decided there; how numbers look is decided in [`number`], and
//! both formats print the same tables and notes.

pub mod html;
pub mod markdown;
pub(crate) mod notes;
pub mod number;
mod table;
