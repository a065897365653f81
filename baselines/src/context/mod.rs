//! What a method puts before the prefix: one file or folder a context.
//!
//! A context sees the files of the task's commit and the text before the cut; the target never reaches it, and nothing
//! of the task's own test file past the cut is ever shown. What it needs besides is in its [`Resources`].

mod compress;
mod drc;
mod embedder;
mod examples;
mod icl;
mod none;
mod rag;

use std::sync::Arc;

use bench::{RepoId, RepoPath, RepoView, Task};
use serde::{Deserialize, Serialize};

use crate::conditioning::ContextFiles;
use crate::error::Result;
use crate::tokenizer::Tokenizer;

pub use drc::{Drc, DrcSettings, Rules, Scope};
pub use embedder::Embedder;
pub use examples::{Example, ExamplePool, ReleasePool};
pub use icl::{Icl, IclSettings};
pub use none::NoContext;
pub(crate) use rag::words;
pub use rag::{Best, Chunk, ChunkOptions, Chunking, Fill, MAX_FILE_BYTES, Query, Rag, RagSettings, Search, chunks};

/// Stands between blocks, and between the last one and the prefix (M94, M108, M111).
pub(crate) const SEPARATOR: &str = "\n\n\n";

/// What a context may know of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question<'a> {
    /// The repository.
    pub repo: &'a RepoId,
    /// The test file the answer goes into.
    pub path: &'a RepoPath,
    /// The line of the assertion in it, from 1.
    pub line: u32,
    /// The column of the assertion, from 0, in bytes.
    pub column: u32,
    /// Place of the commit among the kept commits of the repository; none in the static track.
    pub commit_index: Option<u32>,
    /// The text before the cut.
    pub prefix: &'a str,
}

impl<'a> Question<'a> {
    /// The part of `task` that may be known before it is answered.
    pub fn of(task: &'a Task) -> Self {
        let assertion = &task.assertion;
        Self {
            repo: &assertion.repo,
            path: &assertion.path,
            line: assertion.line,
            column: assertion.column,
            commit_index: assertion.evolution.as_ref().map(|evolution| evolution.commit_index),
            prefix: &assertion.prefix,
        }
    }
}

/// A source of text to put before the prefix.
pub trait Context: Send + Sync {
    /// What a model reads besides the prefix, in a clause for tables.
    fn describe(&self) -> String;

    /// Name and recipe of the encoder that decides what is shown, if one does.
    fn encoder(&self) -> Option<String> {
        None
    }

    /// Whether files of the repository are read.
    fn reads_files(&self) -> bool {
        true
    }

    /// Learns the repository that the next questions are about, forgetting the former one. Called once a repository and
    /// commit, before its first question: indexes are built here.
    ///
    /// # Errors
    /// If what the context needs of the repository cannot be had.
    fn enter(&mut self, repo: &RepoView) -> Result<()>;

    /// Learns the questions that [`before`](Context::before) is asked next, all about the repository entered last: what is
    /// made faster for many than for one at a time is made here. No answer depends on it, but for the last bits of the
    /// vectors of an encoder with weights.
    ///
    /// # Errors
    /// If a text cannot be encoded.
    fn foresee(&mut self, questions: &[Question<'_>]) -> Result<()> {
        let _ = questions;
        Ok(())
    }

    /// The text to put right before the prefix, separators included; empty if there is nothing to say. `repo` is what was
    /// entered last.
    ///
    /// # Errors
    /// If a text cannot be tokenized or encoded.
    fn before(&self, question: Question<'_>, repo: &RepoView, tokenizer: &Tokenizer) -> Result<String>;
}

/// What methods may need besides the repository; one that needs what is not there is refused.
#[derive(Clone, Default)]
pub struct Resources {
    /// Makes vectors of texts.
    pub embedder: Option<Arc<dyn Embedder>>,
    /// The training tasks.
    pub examples: Option<Arc<dyn ExamplePool>>,
    /// The vectors of repositories that networks read.
    pub contexts: Option<Arc<ContextFiles>>,
}

/// The `[context]` table of a method's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ContextSettings {
    /// See [`NoContext`].
    None {},
    /// See [`Rag`].
    Rag(Box<RagSettings>),
    /// See [`Drc`].
    Drc(DrcSettings),
    /// See [`Icl`].
    Icl(IclSettings),
}

impl ContextSettings {
    /// What a model reads besides the prefix, in a clause for tables.
    pub fn describe(&self) -> String {
        match self {
            Self::None {} => "nothing".to_owned(),
            Self::Rag(settings) => settings.describe(),
            Self::Drc(settings) => settings.describe(),
            Self::Icl(settings) => settings.describe(),
        }
    }

    /// Tokens that the context takes at most, separators not counted; none if only the limit of prompts bounds them.
    pub fn extra_tokens(&self) -> Option<u64> {
        let budget = match self {
            Self::None {} => 0,
            Self::Rag(settings) if settings.fill == Fill::All => return None,
            Self::Rag(settings) => settings.budget_tokens,
            Self::Drc(settings) => settings.budget_tokens,
            Self::Icl(_) => return None,
        };
        u64::try_from(budget).ok()
    }

    /// Whether it compares texts by vectors, so that an encoder must be there.
    pub fn needs_encoder(&self) -> bool {
        match self {
            Self::None {} | Self::Drc(_) => false,
            Self::Rag(settings) => settings.needs_encoder(),
            Self::Icl(_) => true,
        }
    }

    /// The context with these settings.
    ///
    /// # Errors
    /// If a setting is out of its range, or needs a resource that is not there.
    pub fn build(&self, resources: &Resources) -> Result<Box<dyn Context>> {
        let Resources { embedder, examples, .. } = resources.clone();
        Ok(match self {
            Self::None {} => Box::new(NoContext),
            Self::Rag(settings) => Box::new(Rag::new((**settings).clone(), embedder)?),
            Self::Drc(settings) => Box::new(Drc::new(settings.clone())?),
            Self::Icl(settings) => Box::new(Icl::new(settings.clone(), examples, embedder)?),
        })
    }
}

/// `texts`, each with a separator after it.
fn joined(texts: Vec<String>) -> String {
    texts.into_iter().flat_map(|text| [text, SEPARATOR.to_owned()]).collect()
}

/// The last `count` characters of `text`, or all of it.
fn last_chars(text: &str, count: usize) -> &str {
    let start =
        count.checked_sub(1).map_or(text.len(), |before| text.char_indices().rev().nth(before).map_or(0, |c| c.0));
    &text[start..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_text_is_counted_in_characters() {
        assert_eq!(last_chars("aéb", 2), "éb");
        assert_eq!(last_chars("aéb", 3), "aéb");
        assert_eq!(last_chars("aéb", 9), "aéb");
        assert_eq!(last_chars("", 2), "");
        assert_eq!(last_chars("a", 0), "");
    }
}
