//! Writing a checkpoint folder that `transformers` loads.

use std::collections::BTreeMap;
use std::path::Path;

use bench::file::write_json;
use serde_json::{Value, json};
use tch::Kind;

use super::config::{Config, FILE};
use super::load::SINGLE;
use super::parameters::Parameters;
use super::safetensors::write;
use crate::error::{Error, Result};
use crate::tokenizer::Tokenizer;

/// Writes configuration, weights and tokenizer into `folder`, which is created if need be. `config.json` comes last, so
/// a folder that has it is complete. Equal models give equal bytes.
///
/// # Errors
/// If a file cannot be written.
pub fn save(folder: &Path, config: &Config, parameters: &Parameters, tokenizer: &Tokenizer) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    tokenizer.save(folder)?;
    let tensors: BTreeMap<_, _> = parameters.iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect();
    write(&folder.join(SINGLE), &tensors, ("format", "pt"))?;
    let dtype = match tensors.values().next().map(|tensor| tensor.kind()) {
        Some(Kind::BFloat16) => "bfloat16",
        _ => "float32",
    };
    let eos = tokenizer.eos();
    write_json(&folder.join("generation_config.json"), &generation(eos))?;
    Ok(write_json(&folder.join(FILE), &config.to_json(dtype, eos))?)
}

/// Greedy until the end-of-sequence token (M39).
fn generation(eos: u32) -> Value {
    json!({ "bos_token_id": eos, "do_sample": false, "eos_token_id": eos, "pad_token_id": eos })
}
