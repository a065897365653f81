//! Retrieval: production code that is like the end of the prefix (M92–M100).

mod bm25;
pub(crate) use bm25::words;
mod chunk;
mod corpus;
mod dense;
mod fusion;
mod index;
mod settings;

use std::sync::Arc;

use bench::RepoView;

use super::compress::{Block, compress, fit, split};
use super::embedder::{Embedder, Memory};
use super::{Context, Question, SEPARATOR, joined};
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;
use index::{ChunkMemory, Indexed, no_tokenizer};

pub use chunk::{Chunk, ChunkOptions, MAX_FILE_BYTES, chunks};
pub use settings::{Best, Chunking, Fill, Query, RagSettings, Search};

/// The best chunks of the production files.
///
/// Where chunks stay whole ([`Fill::Whole`]) they are taken best first as long as the budget lasts; one that does not fit
/// is passed over (as in M109.5), except that the best chunk, if it is too large for the whole budget, is cut after a
/// line.
pub struct Rag {
    settings: RagSettings,
    memory: Option<Memory>,
    known: ChunkMemory,
    index: Indexed,
}

impl Rag {
    /// Retrieval with these settings, over no files yet; `embedder` makes the vectors, if any are needed.
    ///
    /// # Errors
    /// [`Error::Option`] if a setting is out of its range, or vectors or windows are asked for without an encoder that
    /// makes them.
    pub fn new(settings: RagSettings, embedder: Option<Arc<dyn Embedder>>) -> Result<Self> {
        settings.check()?;
        if settings.chunking == Chunking::Windows && embedder.as_ref().is_none_or(|known| known.tokenizer().is_none()) {
            return Err(no_tokenizer());
        }
        if settings.needs_vectors() && embedder.is_none() {
            let word = if settings.search == Search::Dense { "dense" } else { "hybrid" };
            let reason = "vectors need an encoder, and this run has none; give --encoder hashed, or the folder of one, or set \
                          search = \"lexical\"";
            return Err(Error::option("context.search", word, reason));
        }
        let memory = embedder.filter(|_| settings.needs_encoder()).map(Memory::new);
        Ok(Self { settings, memory, known: ChunkMemory::new(), index: Indexed::default() })
    }

    /// The chunks for `prefix`, best first.
    ///
    /// # Errors
    /// If the query cannot be encoded.
    pub fn ranked(&self, prefix: &str) -> Result<Vec<&Chunk>> {
        self.index.search(self.settings.query_of(prefix), &self.settings, self.memory.as_ref())
    }

    /// The texts of `chunks` that are shown, best first.
    fn shown(&self, chunks: &[&Chunk], prefix: &str, tokenizer: &Tokenizer) -> Result<Vec<String>> {
        let budget = self.settings.budget_tokens;
        match self.settings.fill {
            Fill::All => Ok(chunks.iter().map(|chunk| chunk.text.clone()).collect()),
            Fill::Whole => whole(chunks, budget, tokenizer),
            Fill::Compressed => {
                let block = |chunk: &&Chunk| {
                    let (head, code) = chunk.text.split_at(chunk.source_start);
                    Block { head: bench::pytext::strip_end(head).to_owned(), code: code.to_owned() }
                };
                compress(&chunks.iter().map(block).collect::<Vec<_>>(), prefix, budget, tokenizer)
            }
            Fill::CompressedAsPublished => {
                let texts: Vec<&str> = chunks.iter().map(|chunk| chunk.text.as_str()).collect();
                compress(&split(&texts.join(SEPARATOR)), prefix, budget, tokenizer)
            }
        }
    }
}

impl Context for Rag {
    fn describe(&self) -> String {
        self.settings.describe()
    }

    fn encoder(&self) -> Option<String> {
        self.memory.as_ref().map(|memory| memory.embedder().name())
    }

    fn enter(&mut self, repo: &RepoView) -> Result<()> {
        self.index = Indexed::build(repo, &self.settings, &mut self.known, self.memory.as_mut())?;
        Ok(())
    }

    fn foresee(&mut self, questions: &[Question<'_>]) -> Result<()> {
        let Self { settings, memory, .. } = self;
        match memory {
            Some(memory) if settings.needs_vectors() => {
                memory.expect(&questions.iter().map(|question| settings.query_of(question.prefix)).collect::<Vec<_>>())
            }
            _ => Ok(()),
        }
    }

    fn before(&self, question: Question<'_>, _repo: &RepoView, tokenizer: &Tokenizer) -> Result<String> {
        let chunks = self.ranked(question.prefix)?;
        let texts = self.shown(&chunks, question.prefix, tokenizer)?;
        Ok(joined(self.settings.best.place(texts)))
    }
}

/// The texts of those `chunks` that fit whole into `budget` tokens with the separator after each; of the first, if it
/// does not fit, the first lines that do.
fn whole(chunks: &[&Chunk], budget: usize, tokenizer: &Tokenizer) -> Result<Vec<String>> {
    let mut room = budget;
    let mut texts = Vec::new();
    for (rank, chunk) in chunks.iter().enumerate() {
        let text = match fit(format!("{}{SEPARATOR}", chunk.text), room, tokenizer)? {
            Some((_, tokens)) => {
                room -= tokens;
                chunk.text.clone()
            }
            None if rank == 0 => {
                room = 0;
                first_lines(&chunk.text, budget, tokenizer)?.to_owned()
            }
            None => continue,
        };
        texts.extend((!text.is_empty()).then_some(text));
    }
    Ok(texts)
}

/// The longest start of `text`, in whole lines, that fits into `room` tokens with the separator after it.
fn first_lines<'a>(text: &'a str, room: usize, tokenizer: &Tokenizer) -> Result<&'a str> {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let (mut fitting, mut beyond) = (0, ends.len() + 1);
    while beyond - fitting > 1 {
        let middle = usize::midpoint(fitting, beyond);
        let start = &text[..ends[middle - 1]];
        match fit(format!("{start}{SEPARATOR}"), room, tokenizer)? {
            Some(_) => fitting = middle,
            None => beyond = middle,
        }
    }
    Ok(fitting.checked_sub(1).map_or("", |last| &text[..ends[last]]))
}

#[cfg(test)]
mod tests;
