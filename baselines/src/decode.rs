//! The one decoder: greedy, batched, with a key-value cache (M39).
//!
//! Prompts are sorted by length into batches and padded on the left; a row that has ended leaves the batch, and with
//! the rows go the columns that are padding in all that remain. What a prompt is answered does not depend on its
//! company: positions and masks come from lengths alone (M227).

use std::rc::Rc;

use bench::Stop;
use tch::{Device, Kind, Tensor};

use crate::adapter::{Adapter, RowAdapters};
use crate::error::{Error, Result};
use crate::model::{Cache, Input, Positions, Qwen2, size};

/// One completion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The new tokens, without the one that ended them.
    pub ids: Vec<u32>,
    /// Why there are no more.
    pub stop: Stop,
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
    /// At most this many columns in all rows of a batch, new tokens included; a longer prompt goes alone. Bounds memory.
    pub batch_tokens: usize,
}

impl DecodeOptions {
    /// Batches that keep a CPU busy and fit small memories.
    pub fn new(max_new_tokens: usize, eos: Vec<u32>, banned: Vec<u32>) -> Self {
        Self { max_new_tokens, eos, banned, batch_rows: 32, batch_tokens: 32_768 }
    }
}

/// Continues each prompt with the likeliest token at each step, the lowest id among equals. Results are in the order of
/// the prompts.
///
/// # Errors
/// [`Error::Option`] if a prompt is empty, too long for the model together with its completion, or holds an id outside
/// the vocabulary; [`Error::NonFinite`] if the model answers with something that is not a number.
pub fn greedy(model: &Qwen2, prompts: &[Vec<u32>], options: &DecodeOptions) -> Result<Vec<Decoded>> {
    greedy_adapted(model, None, prompts, options)
}

/// [`greedy`] with an adapter beside the model.
///
/// # Errors
/// As [`greedy`], or if the adapter does not fit the model.
pub fn greedy_adapted(
    model: &Qwen2,
    adapter: Option<&Rc<Adapter>>,
    prompts: &[Vec<u32>],
    options: &DecodeOptions,
) -> Result<Vec<Decoded>> {
    adapter.map_or(Ok(()), |adapter| adapter.check(model.config()))?;
    for prompt in prompts {
        check(model, prompt, options)?;
    }
    let _guard = tch::no_grad_guard();
    let mut order: Vec<usize> = (0..prompts.len()).collect();
    // Longest first, so that a batch that does not fit in memory fails at once.
    order.sort_by_key(|&index| (std::cmp::Reverse(prompts[index].len()), index));
    let mut results: Vec<Option<Decoded>> = vec![None; prompts.len()];
    let mut rest = &order[..];
    while let Some(&longest) = rest.first() {
        let columns = prompts[longest].len() + options.max_new_tokens;
        let rows = (options.batch_tokens / columns).clamp(1, options.batch_rows.max(1)).min(rest.len());
        let (batch, later) = rest.split_at(rows);
        let chosen: Vec<&[u32]> = batch.iter().map(|&index| prompts[index].as_slice()).collect();
        for (&index, decoded) in batch.iter().zip(decode_batch(model, adapter, &chosen, options)?) {
            results[index] = Some(decoded);
        }
        rest = later;
    }
    Ok(results.into_iter().map(|decoded| decoded.expect("because every prompt is in one batch")).collect())
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

/// Decodes one batch; the longest prompt decides the columns.
fn decode_batch(
    model: &Qwen2,
    adapter: Option<&Rc<Adapter>>,
    prompts: &[&[u32]],
    options: &DecodeOptions,
) -> Result<Vec<Decoded>> {
    let mut results: Vec<Decoded> = vec![Decoded { ids: Vec::new(), stop: Stop::Length }; prompts.len()];
    if options.max_new_tokens == 0 {
        return Ok(results);
    }
    let mut batch = Batch::new(model, adapter, prompts, options);
    let mut logits = batch.read(model, &padded(prompts, model.device()));
    for step in 0..options.max_new_tokens {
        let ids = choose(&logits, options, step)?;
        let going: Vec<usize> = (0..ids.len()).filter(|&row| !options.eos.contains(&ids[row])).collect();
        for (row, &id) in ids.iter().enumerate() {
            let decoded = &mut results[batch.rows[row]];
            if options.eos.contains(&id) {
                decoded.stop = Stop::Eos;
            } else {
                decoded.ids.push(id);
            }
        }
        if going.is_empty() || step + 1 == options.max_new_tokens {
            break;
        }
        batch.keep(&going);
        let next: Vec<i64> = going.iter().map(|&row| i64::from(ids[row])).collect();
        let column = Tensor::from_slice(&next).view([-1, 1]).to_device(model.device());
        logits = batch.read(model, &column);
    }
    Ok(results)
}

/// The rows still being continued.
struct Batch {
    /// Which prompt each row answers.
    rows: Vec<usize>,
    /// Columns at the left of each row that are padding.
    padding: Vec<i64>,
    adapter: Option<Rc<Adapter>>,
    cache: Cache,
}

impl Batch {
    fn new(model: &Qwen2, adapter: Option<&Rc<Adapter>>, prompts: &[&[u32]], options: &DecodeOptions) -> Self {
        let longest = longest(prompts);
        // The last new token is never read.
        let capacity = longest + options.max_new_tokens - 1;
        let (rows, capacity) = (size(prompts.len()), size(capacity));
        Self {
            rows: (0..prompts.len()).collect(),
            padding: prompts.iter().map(|prompt| size(longest - prompt.len())).collect(),
            adapter: adapter.cloned(),
            cache: Cache::new(model.config(), rows, capacity, model.kind(), model.device()),
        }
    }

    /// The logits after new columns ([B, T]): [B, V].
    fn read(&mut self, model: &Qwen2, ids: &Tensor) -> Tensor {
        let adapters = self.adapter.as_ref().map(|adapter| RowAdapters::same(adapter, self.rows.len()));
        let input = Input { ids, padding: &self.padding, positions: Positions::Last, adapters: adapters.as_ref() };
        model.forward(&input, Some(&mut self.cache))
    }

    /// Drops all rows but `going`, ascending, and the columns that are padding in all of these.
    fn keep(&mut self, going: &[usize]) {
        if going.len() == self.rows.len() {
            return;
        }
        self.rows = going.iter().map(|&row| self.rows[row]).collect();
        self.padding = going.iter().map(|&row| self.padding[row]).collect();
        let columns = self.padding.iter().copied().min().unwrap_or(0);
        self.padding.iter_mut().for_each(|padding| *padding -= columns);
        let going: Vec<i64> = going.iter().map(|&row| size(row)).collect();
        self.cache.keep(&Tensor::from_slice(&going), columns);
    }
}

fn longest(prompts: &[&[u32]]) -> usize {
    prompts.iter().map(|prompt| prompt.len()).max().unwrap_or(0)
}

/// Prompts padded on the left: [B, T] i64. Padding is id 0, which no mask lets anyone see.
fn padded(prompts: &[&[u32]], device: Device) -> Tensor {
    let longest = longest(prompts);
    let mut ids = Vec::with_capacity(longest * prompts.len());
    for prompt in prompts {
        ids.resize(ids.len() + longest - prompt.len(), 0);
        ids.extend(prompt.iter().map(|&id| i64::from(id)));
    }
    Tensor::from_slice(&ids).view([size(prompts.len()), size(longest)]).to_device(device)
}

/// The likeliest allowed id of each row of `logits` ([B, V]).
fn choose(logits: &Tensor, options: &DecodeOptions, step: usize) -> Result<Vec<u32>> {
    let failed = |source| Error::torch("choose the next tokens", source);
    let total = f64::try_from(logits.sum(Kind::Double)).map_err(failed)?;
    if !total.is_finite() {
        return Err(Error::NonFinite { what: "sum of the logits", value: total, step: step as u64 });
    }
    let vocabulary = logits.size()[1];
    let banned: Vec<i64> = options.banned.iter().map(|&id| i64::from(id)).filter(|&id| id < vocabulary).collect();
    let allowed = logits.index_fill(1, &Tensor::from_slice(&banned).to_device(logits.device()), f64::NEG_INFINITY);
    // `argmax` takes the first of equals.
    let ids = Vec::<i64>::try_from(allowed.argmax(1, false).to_device(Device::Cpu)).map_err(failed)?;
    Ok(ids.into_iter().map(|id| u32::try_from(id).expect("because ids are indices into the vocabulary")).collect())
}
