//! Reading a checkpoint folder: `config.json` and `model.safetensors`, whole or in shards.
//!
//! Names are checked both ways and shapes exactly: a checkpoint that does not fit its configuration is an error that
//! names file and tensor, never a model with holes. Checkpoints of a decoder without its head name tensors without the
//! prefix `model.`; both ways of naming are read, but never both in one checkpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tch::Device;

use super::config::Config;
use super::parameters::Parameters;
use super::precision::Precision;
use super::safetensors::{Header, read_header, read_tensor, shape};
use crate::error::{Error, Result};

/// The weights in one file.
pub(super) const SINGLE: &str = "model.safetensors";
/// The list of shards.
const INDEX: &str = "model.safetensors.index.json";
/// The output head; some tied checkpoints store it a second time.
const HEAD: &str = "lm_head.weight";
/// The embedding, which is also the head of tied checkpoints.
const EMBEDDING: &str = "model.embed_tokens.weight";

/// What all tensors but the head are named by in checkpoints with a head.
const PREFIX: &str = "model.";

/// How much of a model is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it: it can continue texts.
    Whole,
    /// Everything but the output head, which need not be there and is passed over if it is: hidden states alone.
    Body,
}

/// Reads the configuration and the parameters of `folder`, the latter as `precision` onto `device`.
///
/// # Errors
/// If a file cannot be read or is not whole, if the configuration asks for what is not implemented, or if tensors are
/// missing, unexpected, or of another shape than the configuration says.
pub fn load(folder: &Path, precision: Precision, device: Device) -> Result<(Config, Parameters)> {
    load_part(folder, Part::Whole, precision, device)
}

/// As [`load`], but for the part that is asked for. Parameters are named with the prefix `model.` however the file
/// names them.
///
/// # Errors
/// As [`load`].
pub fn load_part(folder: &Path, part: Part, precision: Precision, device: Device) -> Result<(Config, Parameters)> {
    let config = Config::read(folder)?;
    let (list, files) = weight_files(folder)?;
    let mut expected: BTreeMap<String, Vec<i64>> = config.parameters().into_iter().collect();
    if part == Part::Body {
        expected.remove(HEAD);
    }
    let mut parameters = Parameters::new();
    let mut copy_of_head = None;
    let mut naming = Naming::default();
    for path in &files {
        let header = read_header(path)?;
        for name in header.tensors.keys() {
            if name == HEAD && part == Part::Body && !config.tie_word_embeddings {
                continue;
            }
            if name == HEAD && config.tie_word_embeddings {
                let wanted = [config.vocab_size, config.hidden_size];
                copy_of_head = Some((path, read_checked(path, &header, name, &wanted, precision, device)?));
                continue;
            }
            let full = naming.full(path, name)?;
            let Some(wanted) = expected.remove(&full) else {
                let twice = parameters.get(&full).is_some();
                let reason = if twice { "is in two files" } else { "is not part of this model" };
                return Err(Error::weight(path, name, reason));
            };
            parameters.insert(full, read_checked(path, &header, name, &wanted, precision, device)?);
        }
    }
    if let Some(name) = expected.keys().next() {
        return Err(Error::weight(&list, name, format!("is missing, with {} others", expected.len() - 1)));
    }
    match copy_of_head {
        Some((path, head)) if parameters.get(EMBEDDING) != Some(&head) => {
            Err(Error::weight(path, HEAD, "differs from the embedding, but the configuration ties them"))
        }
        _ => Ok((config, parameters)),
    }
}

/// Whether the names of a checkpoint have the prefix: known from the first tensor, the same for all.
#[derive(Default)]
struct Naming(Option<bool>);

impl Naming {
    /// The name of a tensor, with the prefix.
    fn full(&mut self, path: &Path, name: &str) -> Result<String> {
        if name == HEAD {
            return Ok(name.to_owned());
        }
        let prefixed = name.starts_with(PREFIX);
        if *self.0.get_or_insert(prefixed) != prefixed {
            let other = if prefixed { "lack" } else { "have" };
            return Err(Error::weight(path, name, format!("is not named as the others, which {other} `{PREFIX}`")));
        }
        Ok(if prefixed { name.to_owned() } else { format!("{PREFIX}{name}") })
    }
}

fn read_checked(
    path: &Path,
    header: &Header,
    name: &str,
    wanted: &[i64],
    precision: Precision,
    device: Device,
) -> Result<tch::Tensor> {
    let found = shape(&header.tensors[name]);
    if found != wanted {
        return Err(Error::weight(path, name, format!("has shape {found:?}, the configuration says {wanted:?}")));
    }
    let tensor = read_tensor(header, name)?;
    let moved = tensor.f_to_device(device).and_then(|tensor| tensor.f_to_kind(precision.kind()));
    moved.map_err(|source| Error::torch(format!("place tensor `{name}` on {device:?}"), source))
}

/// The file to name when a tensor is in none, and the files to read.
fn weight_files(folder: &Path) -> Result<(PathBuf, Vec<PathBuf>)> {
    let index = folder.join(INDEX);
    if !index.exists() {
        let single = folder.join(SINGLE);
        return Ok((single.clone(), vec![single]));
    }
    let text = std::fs::read(&index).map_err(|source| Error::io("read", &index, source))?;
    let parsed: Index = serde_json::from_slice(&text).map_err(|source| Error::Json { path: index.clone(), source })?;
    let names: BTreeSet<&String> = parsed.weight_map.values().collect();
    let mut files = Vec::with_capacity(names.len());
    for name in names {
        // A shard is a plain name: an index must not point outside its folder.
        if Path::new(name).file_name() != Some(name.as_ref()) {
            return Err(Error::weight(&index, name, "is a path, but shards lie beside the index"));
        }
        files.push(folder.join(name));
    }
    Ok((index, files))
}

/// `model.safetensors.index.json`: which shard holds which tensor. The shards themselves say it too, so only their
/// names are used.
#[derive(Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}
