//! What a method puts before the prefix: one file a context.
//!
//! A context sees production files and the text before the cut, nothing else: the target and the test file it stands in
//! never reach it.

mod bm25;
mod chunk;
mod none;
mod rag;

use bench::{RepoPath, RepoView, Task};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::tokenizer::Tokenizer;

pub(crate) use bm25::words;
pub use chunk::{Chunk, ChunkOptions, MAX_FILE_BYTES, chunks};
pub use none::NoContext;
pub(crate) use rag::SEPARATOR;
pub use rag::{Best, Rag, RagSettings};

/// What a context may know of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The test file the answer goes into.
    pub path: &'a RepoPath,
    /// The text before the cut.
    pub prefix: &'a str,
}

impl<'a> Question<'a> {
    /// The part of `task` that may be known before it is answered.
    pub fn of(task: &'a Task) -> Self {
        Self { path: &task.assertion.path, prefix: &task.assertion.prefix }
    }
}

/// A source of text to put before the prefix.
pub trait Context: Send + Sync {
    /// What a model reads besides the prefix, in a clause for tables.
    fn describe(&self) -> String;

    /// Learns the repository that the next questions are about, forgetting the former one. Called once a repository and
    /// commit, before its first question: indexes are built here.
    ///
    /// # Errors
    /// If what the context needs of the repository cannot be had.
    fn enter(&mut self, repo: &RepoView) -> Result<()>;

    /// The tokens to put right before those of the prefix, separators included; empty if there is nothing to say.
    ///
    /// # Errors
    /// If a text cannot be tokenized.
    fn before(&self, question: Question<'_>, tokenizer: &Tokenizer) -> Result<Vec<u32>>;
}

/// The `[context]` table of a method's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ContextSettings {
    /// See [`NoContext`].
    None {},
    /// See [`Rag`].
    Rag(RagSettings),
}

impl ContextSettings {
    /// The context with these settings.
    ///
    /// # Errors
    /// If a setting is out of its range.
    pub fn build(&self) -> Result<Box<dyn Context>> {
        Ok(match self {
            Self::None {} => Box::new(NoContext),
            Self::Rag(settings) => Box::new(Rag::new(settings.clone())?),
        })
    }
}
