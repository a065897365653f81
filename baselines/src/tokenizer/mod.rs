//! The byte-level BPE of the Qwen2 family (M5): text to ids and back, and the ids that mean something.

mod train;

use std::path::Path;

use serde_json::{Value, json};

use crate::error::{Error, Result};
use crate::model::write_atomically;

pub use train::train;

/// The file with vocabulary, merges and pre-tokenisation.
const FILE: &str = "tokenizer.json";
/// The file that names the special tokens.
const SETTINGS: &str = "tokenizer_config.json";
/// The end-of-sequence and padding token of the base models.
pub const END: &str = "<|endoftext|>";

/// The special tokens of the family that M5 lists, in the order of their ids.
pub const SPECIAL: [&str; 9] = [
    END,
    "<|im_start|>",
    "<|im_end|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
];

/// The tokens no completion may contain (M40): every special one but the end.
pub const BANNED: [&str; 8] = [
    "<|fim_prefix|>",
    "<|fim_suffix|>",
    "<|fim_middle|>",
    "<|fim_pad|>",
    "<|file_sep|>",
    "<|repo_name|>",
    "<|im_start|>",
    "<|im_end|>",
];

/// A tokenizer and the ids that mean something.
#[derive(Debug, Clone)]
pub struct Tokenizer {
    inner: tokenizers::Tokenizer,
    eos: u32,
    bos: u32,
}

impl Tokenizer {
    /// Reads `tokenizer.json` and `tokenizer_config.json` of a checkpoint folder.
    ///
    /// The end of sequence is the token that `tokenizer_config.json` names; without such a file or name, the first of
    /// `config_eos`, the ids that `config.json` names.
    ///
    /// # Errors
    /// If a file cannot be read, or no end of sequence can be found.
    pub fn open(folder: &Path, config_eos: &[u32]) -> Result<Self> {
        let path = folder.join(FILE);
        let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
        let inner = tokenizers::Tokenizer::from_bytes(&bytes)
            .map_err(|error| Error::tokenizer(format!("read {}", path.display()), &*error))?;
        let settings = Settings::read(&folder.join(SETTINGS))?;
        let id = |token: &Option<String>| match token.as_deref() {
            None => Ok(None),
            Some(token) => inner.token_to_id(token).map(Some).ok_or_else(|| Error::Tokenizer {
                action: format!("use {}", folder.join(SETTINGS).display()),
                reason: format!("it names the token `{token}`, which the vocabulary lacks"),
            }),
        };
        let eos = id(&settings.eos)?.or(config_eos.first().copied()).ok_or_else(|| Error::Tokenizer {
            action: format!("find the end-of-sequence token of {}", folder.display()),
            reason: format!("neither {SETTINGS} nor config.json names one that the vocabulary has"),
        })?;
        // M7: where there is no token for the beginning, the end stands in.
        let bos = id(&settings.bos)?.unwrap_or(eos);
        Self::new(inner, eos, bos)
    }

    /// Wraps a tokenizer, without truncation and padding, which are the caller's business.
    fn new(mut inner: tokenizers::Tokenizer, eos: u32, bos: u32) -> Result<Self> {
        inner.with_padding(None);
        inner.with_truncation(None).map_err(|error| Error::tokenizer("switch truncation off", &*error))?;
        Ok(Self { inner, eos, bos })
    }

    /// The ids of `text`, with nothing added (M5).
    ///
    /// # Errors
    /// If the vocabulary lacks a byte.
    pub fn encode(&self, text: &str) -> Result<Vec<u32>> {
        let encoding =
            self.inner.encode_fast(text, false).map_err(|error| Error::tokenizer("encode a text", &*error))?;
        Ok(encoding.get_ids().to_vec())
    }

    /// The ids of each text, in order; work is shared among threads.
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_all(&self, texts: &[&str]) -> Result<Vec<Vec<u32>>> {
        use rayon::prelude::*;
        texts.par_iter().map(|text| self.encode(text)).collect()
    }

    /// The text of `ids`, special tokens left out (M39).
    ///
    /// # Errors
    /// If the decoder of the tokenizer fails; unknown ids are left out.
    pub fn decode(&self, ids: &[u32]) -> Result<String> {
        self.inner.decode(ids, true).map_err(|error| Error::tokenizer("decode ids", &*error))
    }

    /// The text of ids, special tokens included: what is cut out of an encoded text reads as it stood there (M95).
    ///
    /// # Errors
    /// As [`Tokenizer::decode`].
    pub fn decode_whole(&self, ids: &[u32]) -> Result<String> {
        self.inner.decode(ids, false).map_err(|error| Error::tokenizer("decode ids", &*error))
    }

    /// The ids of `text` with those that the tokenizer's post-processor puts around it (M12), at most `max_tokens` in all;
    /// the text is cut at its end to make room. Tokenizers of base models put nothing there (M5).
    ///
    /// # Errors
    /// As [`Tokenizer::encode`].
    pub fn encode_closed(&self, text: &str, max_tokens: usize) -> Result<Vec<u32>> {
        use tokenizers::{PostProcessor, TruncationDirection};
        let failed = |error: tokenizers::Error| Error::tokenizer("encode a text", &*error);
        let mut encoding = self.inner.encode_fast(text, false).map_err(failed)?;
        let added = self.inner.get_post_processor().map_or(0, |processor| processor.added_tokens(false));
        encoding.truncate(max_tokens.saturating_sub(added), 0, TruncationDirection::Right);
        let closed = self.inner.post_process(encoding, None, true).map_err(failed)?;
        Ok(closed.get_ids().to_vec())
    }

    /// The id of a token by its string.
    pub fn id(&self, token: &str) -> Option<u32> {
        self.inner.token_to_id(token)
    }

    /// The token that ends a completion.
    pub fn eos(&self) -> u32 {
        self.eos
    }

    /// The token that opens a text where one is asked for: the beginning of sequence, or else the end (M7).
    pub fn bos(&self) -> u32 {
        self.bos
    }

    /// The ids of [`BANNED`] that this vocabulary has, ascending (M40).
    pub fn banned(&self) -> Vec<u32> {
        let mut ids: Vec<u32> = BANNED.iter().filter_map(|token| self.id(token)).collect();
        ids.sort_unstable();
        ids
    }

    /// One more than the highest id: the rows an embedding needs at least.
    pub fn rows(&self) -> u32 {
        self.inner.get_vocab(true).into_values().max().map_or(0, |id| id.saturating_add(1))
    }

    /// Writes `tokenizer.json` and `tokenizer_config.json` into `folder`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let text = self.inner.to_string(true).map_err(|error| Error::tokenizer("write a tokenizer", &*error))?;
        write_atomically(&folder.join(FILE), |file| std::io::Write::write_all(file, text.as_bytes()))?;
        Ok(bench::file::write_json(&folder.join(SETTINGS), &self.settings())?)
    }

    fn settings(&self) -> Value {
        let eos = self.inner.id_to_token(self.eos);
        json!({
            "add_prefix_space": false,
            "bos_token": if self.bos == self.eos { None } else { self.inner.id_to_token(self.bos) },
            "clean_up_tokenization_spaces": false,
            "eos_token": eos,
            "pad_token": eos,
            "tokenizer_class": "PreTrainedTokenizerFast",
        })
    }
}

/// The two names `tokenizer_config.json` is asked for.
#[derive(Default)]
struct Settings {
    eos: Option<String>,
    bos: Option<String>,
}

impl Settings {
    fn read(path: &Path) -> Result<Self> {
        if !path.exists() {
            return Ok(Self::default());
        }
        let bytes = std::fs::read(path).map_err(|source| Error::io("read", path, source))?;
        let value: Value =
            serde_json::from_slice(&bytes).map_err(|source| Error::Json { path: path.to_owned(), source })?;
        // A token is a string, or an object with its string as `content`.
        let name = |field: &str| {
            let found = &value[field];
            found.as_str().or_else(|| found["content"].as_str()).map(str::to_owned)
        };
        Ok(Self { eos: name("eos_token"), bos: name("bos_token") })
    }
}
