//! Texts read piece by piece, so that what versions of a file share is read once.
//!
//! A text is split where statements of the module begin, and large classes where statements of their bodies do; if the
//! parser accepts every piece alone, it accepts the text. What a piece means is for its reader to say: this module knows
//! where pieces are, [which of them stood in the version before](reader), and remembers what was read of others.

mod cache;
mod reader;
#[cfg(test)]
pub(crate) mod samples;
mod scan;
mod split;

pub(crate) use reader::{Piece, PieceReader, Placed};
