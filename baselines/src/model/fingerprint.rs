//! Which model a folder holds, as one hash.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Files that decide what a model says, besides weights.
const DECIDING: [&str; 4] = ["config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors.index.json"];

/// The BLAKE3 hash, in hexadecimal, over the files of `folder` that decide what the model says: configuration, tokenizer
/// and weights, by name.
///
/// # Errors
/// If the folder or one of the files cannot be read.
pub fn fingerprint(folder: &Path) -> Result<String> {
    let read = |source| Error::io("read", folder, source);
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(read)? {
        let path = entry.map_err(read)?.path();
        let decides = path.extension().is_some_and(|suffix| suffix == "safetensors")
            || path.file_name().and_then(|name| name.to_str()).is_some_and(|name| DECIDING.contains(&name));
        if decides {
            files.push(path);
        }
    }
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for path in files {
        let read = |source| Error::io("read", &path, source);
        let file = File::open(&path).map_err(read)?;
        hasher.update(path.file_name().unwrap_or_default().as_encoded_bytes());
        hasher.update(&file.metadata().map_err(read)?.len().to_le_bytes());
        hasher.update_reader(file).map_err(read)?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}
