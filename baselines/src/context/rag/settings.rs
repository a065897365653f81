//! The settings of retrieval.

use serde::{Deserialize, Serialize};

use crate::context::last_chars;
use crate::error::{Error, Result};

/// How chunks are ranked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Search {
    /// By BM25 (M97); needs no encoder.
    Lexical,
    /// By the cosine of vectors (M93).
    Dense,
    /// By the ranks of both (M97).
    Hybrid,
}

/// How files are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Chunking {
    /// A chunk a top-level definition (M96).
    Definitions,
    /// A chunk a window of the encoder's tokens (M92).
    Windows,
}

/// What of the prefix makes the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Query {
    /// Its last characters (M93).
    End,
    /// All of it, of which an encoder reads the start (M95).
    Whole,
}

/// How found chunks become context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fill {
    /// All of them, whole; no budget (M94).
    All,
    /// Whole ones, best first, while the budget lasts.
    Whole,
    /// By the compression of dependency-resolved context (M109), the comments above a chunk being its head.
    Compressed,
    /// The same with both quirks of M98: chunks fall apart at two blank lines, and those comments are code.
    CompressedAsPublished,
}

/// Where the best chunk stands among those shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Best {
    /// Farthest from the prefix (M94).
    First,
    /// Right before the prefix (M100).
    Last,
}

impl Best {
    /// `texts`, best first, in the order in which they are shown.
    pub(in crate::context) fn place<T>(self, mut texts: Vec<T>) -> Vec<T> {
        if self == Self::Last {
            texts.reverse();
        }
        texts
    }
}

/// The settings of [`Rag`](super::Rag).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RagSettings {
    /// How chunks are ranked.
    pub search: Search,
    /// How files are cut.
    pub chunking: Chunking,
    /// Chunks to show at most.
    pub chunks: usize,
    /// What of the prefix makes the query.
    pub query: Query,
    /// Characters of the prefix, counted from its end, that make the query if it is its end.
    pub query_chars: usize,
    /// How found chunks become context.
    pub fill: Fill,
    /// Tokens that the chunks may take, unless all are shown; separators are counted if chunks stay whole.
    pub budget_tokens: usize,
    /// Where the best chunk stands.
    pub best: Best,
    /// See [`ChunkOptions::module_chunk`](super::ChunkOptions::module_chunk).
    pub module_chunk: bool,
    /// See [`ChunkOptions::max_chars`](super::ChunkOptions::max_chars).
    pub max_chunk_chars: usize,
    /// Tokens of a window at most.
    pub window_tokens: usize,
    /// Tokens that a window shares with the one before.
    pub window_overlap: usize,
    /// Windows with fewer tokens are left out.
    pub window_least: usize,
    /// Files of a repository that are indexed at most, the first ones; all if absent (M92).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_files: Option<usize>,
    /// Chunks of a repository that are indexed at most, the first ones; all if absent (M92).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_chunks: Option<usize>,
    /// Chunks that each ranking adds to a fused one (M97).
    pub candidates: usize,
    /// The constant of rank fusion (M97).
    pub fusion_constant: f64,
    /// Whether vectors are rounded to 16 bits (M97).
    pub half_vectors: bool,
    /// How soon repetitions of a term in a chunk stop counting; 0 or more (M97).
    pub k1: f64,
    /// How much long chunks are held back, 0..=1 (M97).
    pub b: f64,
}

impl RagSettings {
    /// What a model reads besides the prefix, in a clause for tables.
    pub(in crate::context) fn describe(&self) -> String {
        let RagSettings { chunks, budget_tokens, search, fill, .. } = self;
        let by = match search {
            Search::Lexical => "BM25",
            Search::Dense => "vectors",
            Search::Hybrid => "BM25 and vectors",
        };
        let limit = if *fill == Fill::All { String::new() } else { format!(", at most {budget_tokens} tokens") };
        format!("up to {chunks} chunks of production code found by {by}{limit}")
    }

    /// What of `prefix` makes the query.
    pub(super) fn query_of<'t>(&self, prefix: &'t str) -> &'t str {
        match self.query {
            Query::End => last_chars(prefix, self.query_chars),
            Query::Whole => prefix,
        }
    }

    /// Whether an encoder is needed, for its vectors or for its tokens.
    pub(in crate::context) fn needs_encoder(&self) -> bool {
        self.needs_vectors() || self.chunking == Chunking::Windows
    }

    /// Whether vectors are needed.
    pub(super) fn needs_vectors(&self) -> bool {
        self.search != Search::Lexical
    }

    /// Whether each number is in its range.
    ///
    /// # Errors
    /// [`Error::Option`] for the first that is not.
    pub(super) fn check(&self) -> Result<()> {
        let at_least_one = [
            ("context.chunks", self.chunks),
            ("context.query_chars", self.query_chars),
            ("context.budget_tokens", self.budget_tokens),
            ("context.max_chunk_chars", self.max_chunk_chars),
            ("context.window_tokens", self.window_tokens),
            ("context.max_files", self.max_files.unwrap_or(1)),
            ("context.max_chunks", self.max_chunks.unwrap_or(1)),
            ("context.candidates", self.candidates),
        ];
        if let Some((option, value)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
            return Err(Error::option(option, value, "it must be at least 1"));
        }
        if self.window_overlap >= self.window_tokens {
            return Err(Error::option(
                "context.window_overlap",
                self.window_overlap,
                format!("it must be below window_tokens, {}", self.window_tokens),
            ));
        }
        for (option, value) in [("context.k1", self.k1), ("context.fusion_constant", self.fusion_constant)] {
            if !(value >= 0.0 && value.is_finite()) {
                return Err(Error::option(option, value, "it must be 0 or more"));
            }
        }
        if !(0.0..=1.0).contains(&self.b) {
            return Err(Error::option("context.b", self.b, "it must be between 0 and 1"));
        }
        Ok(())
    }
}
