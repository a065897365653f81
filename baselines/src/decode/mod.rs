//! The one decoder: greedy, batched, with a key-value cache (M39), and sparing with work.
//!
//! **Shared starts.** Prompts that begin alike are read as one [tree](trie): each column once, in one row of the cache,
//! where a mask shows every token its own past and nothing else. On a tree of files cut at each assertion, nearly all
//! columns are shared. [`plan`] says which prompts make a tree.
//!
//! **Guesses.** What a completion may turn out to be is appended to the tree and read with it, and later [looked
//! up](ngram) in what the row has read. The model's own choice after each guessed token says whether the next one was
//! right; the first that was not ends the guess, and what was read in vain is dropped from the cache. So every token of
//! an answer is the model's choice after a past that holds the prompt and the model's earlier choices only. A guess
//! decides how many passes that takes, never what is chosen; an answer cannot leak through it.
//!
//! **Rounding.** What a token sees is the same whatever is read beside it, but matrices of other shapes are summed in
//! another order, and the last bits of a logit differ. In f32 a choice between logits that are nearer than that is
//! [settled](choose) by reading the sequence alone, so that an answer depends neither on its company nor on guesses. In
//! bf16 the last bits are too large for that: there a near tie may be decided otherwise in another batch.

mod choose;
mod draft;
mod judge;
mod lane;
mod ngram;
mod plan;
mod pool;
mod read;
#[cfg(test)]
mod tests;
mod trie;

use std::collections::BTreeSet;
use std::rc::Rc;

use bench::Stop;

use crate::adapter::Adapter;
use crate::error::{Error, Result};
use crate::model::{Qwen2, size};
use read::Given;

pub use draft::Draft;
pub use judge::Judged;
pub(crate) use plan::batches;

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The new tokens, without the one that ended them.
    pub ids: Vec<u32>,
    /// Why there are no more.
    pub stop: Stop,
}

/// A prompt to be continued.
#[derive(Debug, Clone)]
pub struct Opening {
    /// The tokens, at least one.
    pub prompt: Vec<u32>,
    /// What the completion might be. Right guesses save passes; wrong ones change nothing.
    pub guesses: Vec<Vec<u32>>,
    /// The adapter it is read with, if any. Rows of a batch may have different ones; a start is shared only by prompts
    /// with the same, because others have other keys and values.
    pub adapter: Option<Rc<Adapter>>,
}

/// How to decode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeOptions {
    /// Completions are cut at this many tokens.
    pub max_new_tokens: usize,
    /// Ids that end a completion.
    pub eos: Vec<u32>,
    /// Ids that no completion may contain: their logits are minus infinity (M40).
    pub banned: Vec<u32>,
    /// At most this many prompts at a time.
    pub batch_rows: usize,
    /// At most this many columns in all rows of a batch, guesses and new tokens included; a longer prompt goes alone.
    /// Bounds memory.
    pub batch_tokens: usize,
    /// Which guesses are read.
    pub draft: Draft,
    /// Whether prompts that begin alike are read together.
    pub share: bool,
}

impl DecodeOptions {
    /// Batches that keep a CPU busy and fit small memories, shared starts and all guesses.
    pub fn new(max_new_tokens: usize, eos: Vec<u32>, banned: Vec<u32>) -> Self {
        Self { max_new_tokens, eos, banned, batch_rows: 32, batch_tokens: 32_768, draft: Draft::Both, share: true }
    }
}

/// Continues each prompt with the likeliest token at each step, the lowest id among equals, without given guesses.
/// Results are in the order of the prompts.
///
/// # Errors
/// As [`greedy_guessing`].
pub fn greedy(model: &Qwen2, prompts: &[Vec<u32>], options: &DecodeOptions) -> Result<Vec<Decoded>> {
    greedy_adapted(model, None, prompts, options)
}

/// [`greedy`] with an adapter beside the model.
///
/// # Errors
/// As [`greedy_guessing`].
pub fn greedy_adapted(
    model: &Qwen2,
    adapter: Option<&Rc<Adapter>>,
    prompts: &[Vec<u32>],
    options: &DecodeOptions,
) -> Result<Vec<Decoded>> {
    let opening =
        |prompt: &Vec<u32>| Opening { prompt: prompt.clone(), guesses: Vec::new(), adapter: adapter.cloned() };
    greedy_guessing(model, &prompts.iter().map(opening).collect::<Vec<_>>(), options)
}

/// What [`greedy`] says to the prompts of `openings`, sooner where their guesses are right.
///
/// # Errors
/// [`Error::Option`] if a prompt is empty, too long for the model together with its completion, or holds an id outside
/// the vocabulary; those of [`Adapter::check`] if an adapter does not fit; [`Error::NonFinite`] if the model answers with something that is not a number.
pub fn greedy_guessing(model: &Qwen2, openings: &[Opening], options: &DecodeOptions) -> Result<Vec<Decoded>> {
    for opening in openings {
        check(model, &opening.prompt, options)?;
        opening.adapter.as_ref().map_or(Ok(()), |adapter| adapter.check(model.config()))?;
    }
    if options.max_new_tokens == 0 {
        return Ok(vec![Decoded { ids: Vec::new(), stop: Stop::Length }; openings.len()]);
    }
    let _guard = tch::no_grad_guard();
    let openings: Vec<Opening> = openings.iter().map(|opening| cut(model, opening, options)).collect();
    let mut results: Vec<Option<Decoded>> = vec![None; openings.len()];
    for batch in batches(&openings, options) {
        for (index, decoded) in decode_batch(model, &openings, &batch, options, None)?.0 {
            results[index] = Some(decoded);
        }
    }
    Ok(results.into_iter().map(|decoded| decoded.expect("because every prompt is in one batch")).collect())
}

/// What the model says to `targets`, one for each of `openings`, whose own guesses are left aside; with `complete`, also
/// what [`greedy`] says to the prompts, for which the targets are guesses. `eos` is what should follow a target.
///
/// # Errors
/// As [`greedy_guessing`]; [`Error::Option`] if a target is empty, longer than a completion may be, or holds an id outside
/// the vocabulary.
pub fn judge(
    model: &Qwen2,
    openings: &[Opening],
    (targets, eos): (&[Vec<u32>], u32),
    complete: bool,
    options: &DecodeOptions,
) -> Result<Vec<(Judged, Option<Decoded>)>> {
    assert_eq!(openings.len(), targets.len(), "a target for each prompt");
    let mut guessing = Vec::with_capacity(openings.len());
    for (opening, target) in openings.iter().zip(targets) {
        check(model, &opening.prompt, options)?;
        opening.adapter.as_ref().map_or(Ok(()), |adapter| adapter.check(model.config()))?;
        let vocabulary = model.config().vocab_size;
        if target.is_empty() || target.len() > options.max_new_tokens {
            let reason = format!("1 to {} tokens can be judged", options.max_new_tokens);
            return Err(Error::option("target tokens", target.len(), reason));
        }
        if let Some(id) = target.iter().find(|&&id| i64::from(id) >= vocabulary) {
            return Err(Error::option("target", id, format!("the vocabulary ends at {vocabulary}")));
        }
        guessing.push(Opening { guesses: vec![target.clone()], ..opening.clone() });
    }
    let _guard = tch::no_grad_guard();
    let mut results: Vec<(Option<Judged>, Option<Decoded>)> = vec![(None, None); openings.len()];
    let given = Given { targets, eos, complete };
    for batch in batches(&guessing, options) {
        let (finished, judged) = decode_batch(model, &guessing, &batch, options, Some(given))?;
        judged.into_iter().for_each(|(index, judged)| results[index].0 = Some(judged));
        finished.into_iter().for_each(|(index, decoded)| results[index].1 = Some(decoded));
    }
    let whole =
        |(judged, decoded): (Option<Judged>, _)| (judged.expect("because every prompt is in one batch"), decoded);
    Ok(results.into_iter().map(whole).collect())
}

fn check(model: &Qwen2, prompt: &[u32], options: &DecodeOptions) -> Result<()> {
    let (vocabulary, limit) = (model.config().vocab_size, model.config().max_position_embeddings);
    if prompt.is_empty() {
        return Err(Error::option("prompt", "empty", "at least one token is needed"));
    }
    if let Some(id) = prompt.iter().find(|&&id| i64::from(id) >= vocabulary) {
        return Err(Error::option("prompt", id, format!("the vocabulary ends at {vocabulary}")));
    }
    let total = prompt.len() + options.max_new_tokens;
    if size(total) > limit {
        let reason = format!("with {} new ones the model reads at most {limit} tokens", options.max_new_tokens);
        return Err(Error::option("prompt tokens", prompt.len(), reason));
    }
    Ok(())
}

/// `opening` with what can come true of its guesses: what is allowed, before the end, and is ever read, which the last
/// token of a completion is not.
fn cut(model: &Qwen2, opening: &Opening, options: &DecodeOptions) -> Opening {
    let mut guesses = Vec::new();
    if options.draft.given() {
        let possible = |id: &&u32| {
            i64::from(**id) < model.config().vocab_size && !options.eos.contains(id) && !options.banned.contains(id)
        };
        let of =
            |guess: &Vec<u32>| guess.iter().take(options.max_new_tokens - 1).take_while(possible).copied().collect();
        let known: BTreeSet<Vec<u32>> =
            opening.guesses.iter().map(of).filter(|guess: &Vec<u32>| !guess.is_empty()).collect();
        guesses.extend(known.into_iter().take(draft::MAX_GUESSES));
    }
    Opening { guesses, ..opening.clone() }
}

/// What is known of some prompts, by their index.
type Known<T> = Vec<(usize, T)>;

/// Decodes the trees of a batch: each is read alone, then all sequences that are not finished go on together.
fn decode_batch(
    model: &Qwen2,
    openings: &[Opening],
    trees: &[Vec<usize>],
    options: &DecodeOptions,
    given: Option<Given<'_>>,
) -> Result<(Known<Decoded>, Known<Judged>)> {
    let (mut finished, mut judged) = (Vec::new(), Vec::new());
    let mut rows = Vec::new();
    for tree in trees {
        let mut row = read::read(model, openings, tree, options, given)?;
        finished.append(&mut row.finished);
        judged.append(&mut row.judged);
        if !row.lanes.is_empty() {
            rows.push(row);
        }
    }
    let mut pool = pool::Pool::new(rows);
    while !pool.is_empty() {
        finished.append(&mut pool.step(model, options)?);
    }
    Ok((finished, judged))
}
