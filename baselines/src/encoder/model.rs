//! A decoder as an encoder: the mean of its last hidden states over a window (M10–M13).

use std::path::Path;

use rayon::prelude::*;
use tch::{Device, Kind, Tensor};

use super::{EncodedText, Encoder, EncoderIdentity, WindowLayout};
use crate::error::{Error, Result};
use crate::model::{Input, Layout, Part, Positions, Precision, Qwen2, fingerprint, load_part, size};
use crate::tokenizer::Tokenizer;

/// Windows of a batch at most.
const BATCH_ROWS: usize = 64;
/// Tokens in all rows of a batch at most, padding included; a longer window goes alone. Bounds memory.
const BATCH_TOKENS: usize = 16_384;
/// Bytes of text in a portion: minutes of a large encoder on a CPU, some dozen windows for a GPU.
const PORTION_BYTES: usize = 256 << 10;

/// A Qwen3 or Qwen2 decoder whose hidden states are pooled.
#[derive(Debug)]
pub struct ModelEncoder {
    model: Qwen2,
    tokenizer: Tokenizer,
    identity: EncoderIdentity,
}

/// A window that was tokenized again: which text it is of, and what the model reads.
struct Window {
    text: usize,
    ids: Vec<u32>,
}

impl ModelEncoder {
    /// Opens a Hugging Face folder on `device`. An output head need not be there.
    ///
    /// # Errors
    /// If a file is missing, broken or does not fit the others.
    pub fn open(folder: &Path, device: Device, precision: Precision) -> Result<Self> {
        let (config, parameters) = load_part(folder, Part::Body, precision, device)?;
        let tokenizer = Tokenizer::open(folder, &config.eos_token_ids)?;
        if i64::from(tokenizer.rows()) > config.vocab_size {
            return Err(Error::Tokenizer {
                action: format!("use the tokenizer of {}", folder.display()),
                reason: format!("it has {} ids, the model {}", tokenizer.rows(), config.vocab_size),
            });
        }
        let canonical = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let identity = EncoderIdentity {
            name: canonical.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned()),
            fingerprint: fingerprint(folder)?,
            precision: precision.to_string(),
            width: usize::try_from(config.hidden_size).expect("because sizes are positive"),
        };
        Ok(Self { model: Qwen2::new(&config, &parameters), tokenizer, identity })
    }

    /// Its tokenizer.
    pub fn tokenizer(&self) -> &Tokenizer {
        &self.tokenizer
    }

    /// The ids that the model reads of each window of each text (M12): cut out of the ids of the whole text, decoded
    /// without special tokens (R136), tokenized again with what the post-processor appends, cut to the length of a window.
    fn windows(&self, ids: &[Vec<u32>], layout: WindowLayout) -> Result<Vec<Window>> {
        let cut = |(text, ids): (usize, &Vec<u32>)| -> Vec<_> {
            layout.windows(ids.len()).into_iter().map(|range| (text, ids[range].to_vec())).collect()
        };
        let tokenizer = &self.tokenizer;
        let again = |(text, ids): (usize, Vec<u32>)| {
            let ids = tokenizer.encode_closed(&tokenizer.decode(&ids)?, layout.length)?;
            Ok(Window { text, ids })
        };
        let cuts: Vec<(usize, Vec<u32>)> = ids.iter().enumerate().flat_map(cut).collect();
        cuts.into_par_iter().map(again).collect()
    }

    /// The mean over the columns of each row that are not padding, in the kind of the hidden states (M11).
    fn pooled(&self, rows: &[&[u32]]) -> Vec<Vec<f32>> {
        let longest = rows.iter().map(|row| row.len()).max().unwrap_or(0);
        let padding: Vec<i64> = rows.iter().map(|row| size(longest - row.len())).collect();
        let padded = rows
            .iter()
            .flat_map(|row| std::iter::repeat_n(0, longest - row.len()).chain(row.iter().map(|&id| i64::from(id))));
        let ids = Tensor::from_slice(&padded.collect::<Vec<i64>>()).view([size(rows.len()), size(longest)]);
        let ids = ids.to_device(self.model.device());
        let input =
            Input { ids: &ids, layout: Layout::Left(&padding), positions: Positions::All, adapters: None, noise: None };
        let hidden = self.model.hidden(&input, None);
        let columns = Tensor::arange(size(longest), (Kind::Int64, self.model.device())).unsqueeze(0);
        let first = Tensor::from_slice(&padding).to_device(self.model.device()).unsqueeze(1);
        // [B, T, 1], 1 where a token stands.
        let real = columns.greater_equal_tensor(&first).to_kind(hidden.kind()).unsqueeze(-1);
        let sums = (hidden * &real).sum_dim_intlist(1, false, None::<Kind>);
        // [B, D] / [B, 1]
        let means = sums / real.sum_dim_intlist(1, false, None::<Kind>);
        let flat = Vec::<f32>::try_from(means.to_kind(Kind::Float).to_device(Device::Cpu).reshape([-1]))
            .expect("because the means are floats on the CPU");
        flat.chunks(self.identity.width).map(<[f32]>::to_vec).collect()
    }
}

impl Encoder for ModelEncoder {
    fn identity(&self) -> &EncoderIdentity {
        &self.identity
    }

    fn portion_bytes(&self) -> usize {
        PORTION_BYTES
    }

    fn encode(&self, texts: &[&str], layout: WindowLayout) -> Result<Vec<EncodedText>> {
        let limit = self.model.config().max_position_embeddings;
        if size(layout.length) > limit {
            let reason = format!("its windows have {} tokens, the model reads {limit} at most", layout.length);
            return Err(Error::Embedding { subject: format!("with {}", self.identity.name), reason });
        }
        let _guard = tch::no_grad_guard();
        let ids = self.tokenizer.encode_all(texts)?;
        let windows = self.windows(&ids, layout)?;
        let mut vectors: Vec<Vec<f32>> = vec![Vec::new(); windows.len()];
        for batch in batches(&windows) {
            let rows: Vec<&[u32]> = batch.iter().map(|&index| windows[index].ids.as_slice()).collect();
            for (&index, vector) in batch.iter().zip(self.pooled(&rows)) {
                if vector.iter().any(|number| !number.is_finite()) {
                    let subject = format!("a text with {}", self.identity.name);
                    let reason = "the model answers with something that is not a number; try --precision f32";
                    return Err(Error::Embedding { subject, reason: reason.to_owned() });
                }
                vectors[index] = vector;
            }
        }
        let mut encoded: Vec<EncodedText> =
            ids.iter().map(|ids| EncodedText { tokens: ids.len(), windows: Vec::new() }).collect();
        for (window, vector) in windows.iter().zip(vectors).filter(|(_, vector)| !vector.is_empty()) {
            encoded[window.text].windows.push(vector);
        }
        Ok(encoded)
    }
}

/// The windows in batches of like length, longest first, so that little is padding; those without a token in none.
fn batches(windows: &[Window]) -> Vec<Vec<usize>> {
    let length = |index: &usize| windows[*index].ids.len();
    let mut order: Vec<usize> = (0..windows.len()).filter(|index| length(index) > 0).collect();
    order.sort_by_key(|index| (std::cmp::Reverse(length(index)), *index));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for index in order {
        let fits = |batch: &&mut Vec<usize>| {
            let longest = length(&batch[0]);
            // A row may be an eighth shorter than the longest; short rows cost little either way.
            batch.len() < BATCH_ROWS.min(BATCH_TOKENS / longest) && (length(&index) + 16) * 8 >= longest * 7
        };
        match batches.last_mut().filter(fits) {
            Some(batch) => batch.push(index),
            None => batches.push(vec![index]),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_of_like_length_and_bounded() {
        let lengths = [2048, 2048, 100, 2040, 0, 1000, 99, 3];
        let windows: Vec<Window> = lengths.iter().map(|&n| Window { text: 0, ids: vec![0; n] }).collect();
        assert_eq!(batches(&windows), [vec![0, 1, 3], vec![5], vec![2, 6], vec![7]]);
        let many: Vec<Window> = (0..20).map(|_| Window { text: 0, ids: vec![0; 2048] }).collect();
        assert_eq!(batches(&many).iter().map(Vec::len).collect::<Vec<_>>(), [8, 8, 4]);
        let long = [Window { text: 0, ids: vec![0; 40_000] }];
        assert_eq!(batches(&long), [[0]]);
    }
}
