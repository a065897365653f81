//! From a raw completion to an [`Answer`]: the one place where text is cleaned before it is measured.
//!
//! Raw completions are what predictions store, so cleaning can change without generating again. The two cleanings are
//! [`Paper`] and [`Strict`]; whichever was applied stays in the type, so that a metric cannot be given the wrong one.

mod paper;
mod strict;

use std::marker::PhantomData;

pub use paper::CleaningSteps;
pub use strict::Slot;

/// The authors' cleaning, which looks at the target (S5–S12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {}

/// The cleaning that looks at nothing but the text and the [`Slot`] it fills (M46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strict {}

/// A completion after cleaning `C`; the only thing that metrics accept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer<C> {
    text: String,
    cleaning: PhantomData<C>,
}

impl<C> Answer<C> {
    /// The cleaned text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cleaned text, owned.
    pub fn into_text(self) -> String {
        self.text
    }
}

/// A target after cleaning `C`: what an [`Answer`] is measured against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<C> {
    text: String,
    /// Whether the raw target holds a line feed (S6).
    multiline: bool,
    cleaning: PhantomData<C>,
}

impl<C> Reference<C> {
    /// The cleaned text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The cleaned text, owned.
    pub fn into_text(self) -> String {
        self.text
    }
}
