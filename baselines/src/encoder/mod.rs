//! From texts to vectors: what reads a repository so that a network can be told which one it is.
//!
//! An [`Encoder`] cuts texts into windows and gives a vector for each; a [`Recipe`] says which files are read, how they
//! are cut, and how windows become the vector of a file and files that of a repository. Which of the three kinds of
//! vectors a recipe makes is part of it and of every file of vectors (M25). Two encoders: [`ModelEncoder`], the published
//! one, and [`HashedEncoder`], which needs no weights.

mod features;
mod first_window;
mod hashed;
mod importance;
mod model;
mod pool;
mod recipe;
mod windows;

use serde::{Deserialize, Serialize};

use crate::error::Result;

pub use first_window::FirstWindow;
pub use hashed::{HASHED, HashedEncoder, Weighting};
pub use importance::{FileFacts, importance};
pub use model::ModelEncoder;
pub use pool::{diff, mean, repo_state, static_context, unit};
pub use recipe::{PooledFile, Recipe, TextVector};
pub use windows::WindowLayout;

/// Which encoder made a vector: equal identities make equal vectors, up to the arithmetic of the device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderIdentity {
    /// Its name, or that of its folder.
    pub name: String,
    /// BLAKE3, in hexadecimal, over everything that decides its vectors, but `precision`.
    pub fingerprint: String,
    /// The kind of number it computes in: `f32` or `bf16`.
    pub precision: String,
    /// Numbers of a window's vector; the vector of a repository has twice as many (M24).
    pub width: usize,
}

/// A text, cut into windows and encoded.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct EncodedText {
    /// Tokens of the whole text, as the encoder counts them: n of M17.
    pub tokens: usize,
    /// The vector of each window, in order; none if the text is shorter than the least window.
    pub windows: Vec<Vec<f32>>,
}

/// Makes vectors of texts.
pub trait Encoder: Send {
    /// What it is.
    fn identity(&self) -> &EncoderIdentity;

    /// Bytes of text for one call that keep the encoder busy: the unit of work that an interrupted run repeats.
    fn portion_bytes(&self) -> usize;

    /// The windows of each text, in the order of `texts`. What a text is encoded as may depend on its company in the call
    /// in the last bits, on nothing else.
    ///
    /// # Errors
    /// If a text cannot be tokenized, the windows are longer than the encoder reads, or it answers with something that is
    /// not a number.
    fn encode(&self, texts: &[&str], layout: WindowLayout) -> Result<Vec<EncodedText>>;

    /// Whether what a text is encoded as depends on its company in a call.
    fn heeds_company(&self) -> bool {
        true
    }

    /// Numbers of a window's vector.
    fn width(&self) -> usize {
        self.identity().width
    }
}
