//! A model with its tokenizer: what is needed to continue a text.

use std::path::Path;

use tch::Device;

use crate::decode::{self, DecodeOptions, Decoded};
use crate::error::{Error, Result};
use crate::model::{self, Config, Parameters, Precision, Qwen2};
use crate::tokenizer::Tokenizer;

/// A checkpoint folder, opened.
#[derive(Debug)]
pub struct LanguageModel {
    /// The decoder.
    pub model: Qwen2,
    /// Text to ids and back.
    pub tokenizer: Tokenizer,
    parameters: Parameters,
    precision: Precision,
}

impl LanguageModel {
    /// Opens a Hugging Face folder (`config.json`, weights, `tokenizer.json`) on `device`.
    ///
    /// # Errors
    /// If a file is missing, broken or does not fit the others.
    pub fn open(folder: &Path, device: Device, precision: Precision) -> Result<Self> {
        let (config, parameters) = model::load(folder, precision, device)?;
        let tokenizer = Tokenizer::open(folder, &config.eos_token_ids)?;
        if i64::from(tokenizer.rows()) > config.vocab_size {
            return Err(Error::Tokenizer {
                action: format!("use the tokenizer of {}", folder.display()),
                reason: format!("it has {} ids, the model {}", tokenizer.rows(), config.vocab_size),
            });
        }
        tracing::info!(folder = %folder.display(), ?device, %precision, reason = precision.reason(), "opened a model");
        Ok(Self { model: Qwen2::new(&config, &parameters), tokenizer, parameters, precision })
    }

    /// The parameters by checkpoint name; the model shares their storage.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Decoder, tokenizer and parameters, to be trained.
    pub fn into_parts(self) -> (Qwen2, Tokenizer, Parameters) {
        (self.model, self.tokenizer, self.parameters)
    }

    /// The shape of the model.
    pub fn config(&self) -> &Config {
        self.model.config()
    }

    /// The kind of number it computes in.
    pub fn precision(&self) -> Precision {
        self.precision
    }

    /// Options that stop at every end of sequence that tokenizer or configuration name (M39) and ban the tokenizer's
    /// fill-in-the-middle tokens (M40).
    pub fn decode_options(&self, max_new_tokens: usize) -> DecodeOptions {
        let mut ends = self.config().eos_token_ids.clone();
        if !ends.contains(&self.tokenizer.eos()) {
            ends.push(self.tokenizer.eos());
        }
        DecodeOptions::new(max_new_tokens, ends, self.tokenizer.banned())
    }

    /// Continues each prompt greedily; see [`decode::greedy`].
    ///
    /// # Errors
    /// As [`decode::greedy`].
    pub fn decode(&self, prompts: &[Vec<u32>], options: &DecodeOptions) -> Result<Vec<Decoded>> {
        decode::greedy(&self.model, prompts, options)
    }
}
