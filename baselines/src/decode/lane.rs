//! A sequence that is being continued.

use std::rc::Rc;

use bench::Stop;

use super::ngram::Lookup;
use super::{DecodeOptions, Decoded, Opening};
use crate::adapter::Adapter;

/// A prompt with its completion so far, the last token of which has not been read.
#[derive(Debug)]
pub(super) struct Lane {
    /// Which prompt it is.
    pub(super) opening: usize,
    /// Prompt and completion.
    pub(super) sequence: Vec<u32>,
    /// Tokens of the prompt.
    prompt: usize,
    /// What it is read with.
    pub(super) adapter: Option<Rc<Adapter>>,
    /// For each column of its row of the cache, whether it holds a token of the sequence.
    pub(super) seen: Vec<bool>,
    pub(super) lookup: Lookup,
}

impl Lane {
    /// The lane of the prompt at `index`, nothing written yet.
    pub(super) fn new(index: usize, opening: &Opening) -> Self {
        let (sequence, prompt, adapter) = (opening.prompt.clone(), opening.prompt.len(), opening.adapter.clone());
        Self { opening: index, sequence, prompt, adapter, seen: Vec::new(), lookup: Lookup::new() }
    }

    /// Adds the next choice; the reason if it was the last.
    pub(super) fn push(&mut self, id: u32, options: &DecodeOptions) -> Option<Stop> {
        if options.eos.contains(&id) {
            return Some(Stop::Eos);
        }
        self.sequence.push(id);
        (self.new_tokens() == options.max_new_tokens).then_some(Stop::Length)
    }

    pub(super) fn new_tokens(&self) -> usize {
        self.sequence.len() - self.prompt
    }

    /// The tokens to read next: the last choice, then a guess at what comes after it, where `options` want one.
    pub(super) fn next(&mut self, options: &DecodeOptions) -> Vec<u32> {
        // The last token of a completion is never read.
        let limit = options.max_new_tokens - self.new_tokens() - 1;
        let mut tokens = self.sequence[self.sequence.len() - 1..].to_vec();
        if options.draft.looked_up() {
            tokens.extend(self.lookup.propose(&self.sequence, limit));
        }
        tokens
    }

    pub(super) fn into_decoded(self, stop: Stop) -> (usize, Decoded) {
        (self.opening, Decoded { ids: self.sequence[self.prompt..].to_vec(), stop })
    }
}
