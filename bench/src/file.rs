//! Files that appear whole or not at all, and their hashes.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};

/// The name under which the file at `path` is written until it is complete; its folder exists afterwards.
///
/// # Errors
/// If the folder cannot be made.
pub fn temporary(path: &Path) -> Result<PathBuf> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    Ok(path.with_file_name(name))
}

/// Moves a complete file to its name, replacing what stood there.
///
/// # Errors
/// If the system refuses.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|source| Error::io("rename", to, source))
}

/// Writes `bytes` to the file at `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = temporary(path)?;
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&partial)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(|source| Error::io("write", &partial, source))?;
    rename(&partial, path)
}

/// What `write` yields, having filled a folder that appears at `root` whole or not at all.
///
/// # Errors
/// If something stands at `root`, or `write` fails.
pub fn write_folder<T>(root: &Path, write: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    if root.exists() {
        let (found, expected) = ("something".to_owned(), "a folder that does not exist yet; choose another".to_owned());
        return Err(Error::Mismatch { path: root.to_owned(), found, expected });
    }
    let partial = fill(root, write)?;
    rename(&partial.0, root)?;
    Ok(partial.1)
}

/// The folder beside `root` that `write` filled, and what it yielded; nothing is left if it failed.
pub(crate) fn fill<T>(root: &Path, write: impl FnOnce(&Path) -> Result<T>) -> Result<(PathBuf, T)> {
    let partial = temporary(root)?;
    remove_folder(&partial)?;
    match write(&partial) {
        Ok(value) => Ok((partial, value)),
        Err(error) => {
            // The reason of the failure says more than one of cleaning up would.
            drop(remove_folder(&partial));
            Err(error)
        }
    }
}

/// Removes the folder at `path`, if there is one.
pub(crate) fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path, source)),
        _ => Ok(()),
    }
}

/// Writes `value` as indented JSON with a final line feed.
///
/// # Errors
/// If the file cannot be written.
///
/// # Panics
/// Never for the types of this project, all of which have a JSON form.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value).expect("because the project's types have a JSON form");
    text.push('\n');
    write_atomic(path, text.as_bytes())
}

/// The value of the JSON file at `path`.
///
/// # Errors
/// If the file cannot be read or does not hold a `T`.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = fs::read(path).map_err(|source| Error::io("read", path, source))?;
    serde_json::from_slice(&bytes).map_err(|e| Error::malformed(path, Some(e.line() as u64), e.to_string()))
}

/// The value of the JSON file at `path`, if its format is `expected`.
///
/// The number of the format, found at `place`, is looked at before anything else, so that a file of another version of
/// the program is named as such. `kind` is what the format is called.
///
/// # Errors
/// As [`read_json`], or if the format is another.
pub fn read_format<T: DeserializeOwned>(path: &Path, place: &[&str], expected: u32, kind: &str) -> Result<T> {
    let value: serde_json::Value = read_json(path)?;
    let format = place.iter().try_fold(&value, |value, key| value.get(key)).and_then(serde_json::Value::as_u64);
    if format != Some(expected.into()) {
        let found = format.map_or_else(|| format!("no {kind} format"), |format| format!("{kind} format {format}"));
        let expected = format!("format {expected}; make it again with this version of the program");
        return Err(Error::Mismatch { path: path.to_owned(), found, expected });
    }
    read_json(path)
}

/// The BLAKE3 hash of the file at `path`, as 64 hexadecimal digits.
///
/// # Errors
/// If the file cannot be read.
pub fn hash(path: &Path) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    hasher.update_reader(file).map_err(|source| Error::io("read", path, source))?;
    Ok(hasher.finalize().to_hex().to_string())
}
