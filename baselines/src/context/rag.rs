//! Retrieval: the production code that shares the rare words of the prefix's end (M92–M100).

use bench::{RepoView, SourceFile};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::bm25::{Bm25, Index};
use super::chunk::{Chunk, ChunkOptions, chunks};
use super::{Context, Question};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// Stands between chunks, and between the last chunk and the prefix (M94).
pub(crate) const SEPARATOR: &str = "\n\n\n";

/// Where the best chunk stands among those shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Best {
    /// Farthest from the prefix (M94).
    First,
    /// Right before the prefix (M100).
    Last,
}

/// The settings of [`Rag`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RagSettings {
    /// Chunks to show at most.
    pub chunks: usize,
    /// Characters of the prefix, counted from its end, that make the query.
    pub query_chars: usize,
    /// Tokens that the chunks and their separators may take.
    pub budget_tokens: usize,
    /// Where the best chunk stands.
    pub best: Best,
    /// See [`ChunkOptions::module_chunk`].
    pub module_chunk: bool,
    /// See [`ChunkOptions::max_chars`].
    pub max_chunk_chars: usize,
    /// How soon repetitions of a term in a chunk stop counting; 0 or more (M97).
    pub k1: f64,
    /// How much long chunks are held back, 0..=1 (M97).
    pub b: f64,
}

/// The best chunks of the production files, ranked by BM25 against the last characters of the prefix.
///
/// Chunks are taken best first, each whole, as long as the budget lasts; one that does not fit is passed over (as in
/// M109.5), except that the best chunk, if it is too large for the whole budget, is cut at its end. Chunks and prefix
/// are tokenized apart, so that the ids of the prefix are the same with and without retrieval.
#[derive(Debug)]
pub struct Rag {
    settings: RagSettings,
    chunks: Vec<Chunk>,
    index: Index,
}

impl Rag {
    /// Retrieval with these settings, over no files yet.
    ///
    /// # Errors
    /// [`Error::Option`] if a setting is out of its range.
    pub fn new(settings: RagSettings) -> Result<Self> {
        let at_least_one = [
            ("context.chunks", settings.chunks),
            ("context.query_chars", settings.query_chars),
            ("context.budget_tokens", settings.budget_tokens),
            ("context.max_chunk_chars", settings.max_chunk_chars),
        ];
        if let Some((option, value)) = at_least_one.into_iter().find(|(_, value)| *value == 0) {
            return Err(Error::option(option, value, "it must be at least 1"));
        }
        if !(settings.k1 >= 0.0 && settings.k1.is_finite()) {
            return Err(Error::option("context.k1", settings.k1, "it must be 0 or more"));
        }
        if !(0.0..=1.0).contains(&settings.b) {
            return Err(Error::option("context.b", settings.b, "it must be between 0 and 1"));
        }
        Ok(Self { settings, chunks: Vec::new(), index: Index::default() })
    }

    /// The chunks for `prefix`, best first.
    pub fn ranked(&self, prefix: &str) -> impl Iterator<Item = &Chunk> {
        let query = last_chars(prefix, self.settings.query_chars);
        self.index.search(query, self.settings.chunks).into_iter().map(|hit| &self.chunks[hit.document])
    }

    /// The tokens of `chunk` with the separator after it, if they fit into `room` tokens.
    fn fit(chunk: &Chunk, room: usize, tokenizer: &Tokenizer) -> Result<Option<Vec<u32>>> {
        let ids = tokenizer.encode(&format!("{}{SEPARATOR}", chunk.text))?;
        Ok((ids.len() <= room).then_some(ids))
    }

    /// The first tokens of `chunk`, so many that they fill `room` tokens together with the separator after them.
    fn cut(chunk: &Chunk, room: usize, tokenizer: &Tokenizer) -> Result<Vec<u32>> {
        let separator = tokenizer.encode(SEPARATOR)?;
        let mut ids = tokenizer.encode(&chunk.text)?;
        ids.truncate(room.saturating_sub(separator.len()));
        ids.extend(separator);
        ids.truncate(room);
        Ok(ids)
    }
}

impl Context for Rag {
    fn describe(&self) -> String {
        let RagSettings { chunks, budget_tokens, .. } = self.settings;
        format!("up to {chunks} chunks of production code found by BM25, at most {budget_tokens} tokens")
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        let RagSettings { module_chunk, max_chunk_chars: max_chars, k1, b, .. } = self.settings;
        let files: Vec<&SourceFile> = repo.production().collect();
        let cut = |file: &&SourceFile| chunks(file, ChunkOptions { module_chunk, max_chars });
        let by_file: Vec<Vec<Chunk>> = files.par_iter().map(cut).collect();
        self.chunks = by_file.into_iter().flatten().collect();
        self.index = Index::build(self.chunks.iter().map(|chunk| chunk.text.as_str()), Bm25 { k1, b });
        Ok(())
    }

    fn before(&self, question: Question<'_>, tokenizer: &Tokenizer) -> Result<Vec<u32>> {
        let mut room = self.settings.budget_tokens;
        let mut blocks = Vec::new();
        for (rank, chunk) in self.ranked(question.prefix).enumerate() {
            let block = match Self::fit(chunk, room, tokenizer)? {
                Some(block) => block,
                None if rank == 0 => Self::cut(chunk, room, tokenizer)?,
                None => continue,
            };
            room -= block.len();
            blocks.push(block);
        }
        if self.settings.best == Best::Last {
            blocks.reverse();
        }
        Ok(blocks.concat())
    }
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
    fn the_query_is_counted_in_characters_from_the_end() {
        assert_eq!(last_chars("aéb", 2), "éb");
        assert_eq!(last_chars("aéb", 3), "aéb");
        assert_eq!(last_chars("aéb", 9), "aéb");
        assert_eq!(last_chars("", 2), "");
        assert_eq!(last_chars("a", 0), "");
    }
}
