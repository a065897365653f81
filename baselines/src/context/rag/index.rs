//! The chunks of one repository, searched by words, by vectors, or by both.

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{RepoPath, RepoView, SourceFile};
use rayon::prelude::*;

use super::bm25::{Bm25, Hit, Index};
use super::chunk::{Chunk, ChunkOptions, chunks, window_chunks};
use super::corpus::walked;
use super::dense::Dense;
use super::fusion::fuse;
use super::settings::{Chunking, RagSettings, Search};
use crate::context::embedder::Memory;
use crate::encoder::WindowLayout;
use crate::error::{Error, Result};

/// The chunks of files by a hash of path and text: commits of a repository share most files.
pub(super) type ChunkMemory = BTreeMap<[u8; 32], Arc<[Chunk]>>;

/// An index over one repository at one commit.
#[derive(Default)]
pub(super) struct Indexed {
    files: Vec<Arc<[Chunk]>>,
    /// File and place in it of each chunk.
    places: Vec<(usize, usize)>,
    lexical: Index,
    dense: Dense,
}

fn is_python(path: &RepoPath) -> bool {
    path.as_str().as_bytes().ends_with(b".py")
}

impl Indexed {
    /// The index of `view`. Chunks are taken from `known`, which is left with those of this view, and vectors from
    /// `memory`.
    ///
    /// # Errors
    /// If a text cannot be tokenized or encoded.
    pub(super) fn build(
        view: &RepoView,
        settings: &RagSettings,
        known: &mut ChunkMemory,
        memory: Option<&mut Memory>,
    ) -> Result<Self> {
        let mut files: Vec<&SourceFile> = match settings.chunking {
            // M96; releases of the static track hold documents, too.
            Chunking::Definitions => view.production().filter(|file| is_python(&file.path)).collect(),
            Chunking::Windows => walked(view),
        };
        files.truncate(settings.max_files.unwrap_or(usize::MAX));
        let files = cut(&files, settings, known, memory.as_deref())?;
        let place = |(file, chunks): (usize, &Arc<[Chunk]>)| (0..chunks.len()).map(move |at| (file, at)).collect();
        let mut places: Vec<(usize, usize)> = files.iter().enumerate().flat_map::<Vec<_>, _>(place).collect();
        places.truncate(settings.max_chunks.unwrap_or(usize::MAX));
        let texts: Vec<&str> = places.iter().map(|(file, at)| files[*file][*at].text.as_str()).collect();
        let RagSettings { k1, b, .. } = *settings;
        let lexical = match settings.search {
            Search::Dense => Index::default(),
            Search::Lexical | Search::Hybrid => Index::build(texts.iter().copied(), Bm25 { k1, b }),
        };
        let dense = match memory.filter(|_| settings.needs_vectors()) {
            Some(memory) => {
                memory.turn();
                Dense::new(memory.units(&texts)?, settings.half_vectors)
            }
            None => Dense::default(),
        };
        Ok(Self { files, places, lexical, dense })
    }

    /// The best chunks for `query`, best first.
    ///
    /// # Errors
    /// If the query cannot be encoded.
    pub(super) fn search(&self, query: &str, settings: &RagSettings, memory: Option<&Memory>) -> Result<Vec<&Chunk>> {
        let lexical = |count| self.lexical.search(query, count);
        let dense = |count| -> Result<Vec<Hit>> {
            match memory {
                Some(memory) if !self.places.is_empty() => Ok(self.dense.search(&memory.query(query)?, count)),
                _ => Ok(Vec::new()),
            }
        };
        let hits: Vec<Hit> = match settings.search {
            Search::Lexical => lexical(settings.chunks),
            Search::Dense => dense(settings.chunks)?,
            Search::Hybrid => {
                let rankings = [dense(settings.candidates)?, lexical(settings.candidates)];
                fuse(&rankings, settings.fusion_constant, settings.chunks)
            }
        };
        let chunk = |hit: Hit| {
            let (file, at) = self.places[hit.document];
            &self.files[file][at]
        };
        Ok(hits.into_iter().map(chunk).collect())
    }
}

/// The chunks of each of `files`, which become all that is `known`.
fn cut(
    files: &[&SourceFile],
    settings: &RagSettings,
    known: &mut ChunkMemory,
    memory: Option<&Memory>,
) -> Result<Vec<Arc<[Chunk]>>> {
    let cut = |file: &&SourceFile| -> Result<([u8; 32], Arc<[Chunk]>)> {
        let key = key(file);
        let chunks = match (known.get(&key), settings.chunking) {
            (Some(known), _) => Arc::clone(known),
            (None, Chunking::Definitions) => {
                let RagSettings { module_chunk, max_chunk_chars: max_chars, .. } = *settings;
                chunks(file, ChunkOptions { module_chunk, max_chars }).into()
            }
            (None, Chunking::Windows) => {
                let tokenizer = memory.and_then(|memory| memory.embedder().tokenizer()).ok_or_else(no_tokenizer)?;
                let RagSettings { window_tokens, window_overlap, window_least, .. } = *settings;
                let layout = WindowLayout::new(window_tokens, window_overlap, window_least);
                window_chunks(file, layout, tokenizer)?.into()
            }
        };
        Ok((key, chunks))
    };
    let cut: Vec<([u8; 32], Arc<[Chunk]>)> = files.par_iter().map(cut).collect::<Result<_>>()?;
    *known = cut.iter().cloned().collect();
    Ok(cut.into_iter().map(|(_, chunks)| chunks).collect())
}

/// Why windows cannot be cut.
pub(super) fn no_tokenizer() -> Error {
    let reason = "windows are counted in tokens of an encoder, and this run has none with a tokenizer; choose a \
                  checkpoint as encoder, or chunking = \"definitions\"";
    Error::option("context.chunking", "windows", reason)
}

fn key(file: &SourceFile) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(file.path.as_str().as_bytes());
    hasher.update(&[0]);
    hasher.update(file.text.as_bytes());
    *hasher.finalize().as_bytes()
}
