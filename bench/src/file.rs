//! Files that appear whole or not at all, and their hashes.

use std::fs::{self, File, Metadata, TryLockError};
use std::io::{BufRead, ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt as _;
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

/// The file at `path`, made if there is none, for this process alone to read and write; nothing if another one has it.
///
/// # Errors
/// If the system refuses.
pub fn claim(path: &Path) -> Result<Option<File>> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    }
    let mut options = File::options();
    let file = options.read(true).write(true).create(true).truncate(false).open(path);
    locked(file.map_err(|source| Error::io("open", path, source))?, path)
}

/// `file`, which was opened at `path`, locked; nothing if another process has it.
fn locked(file: File, path: &Path) -> Result<Option<File>> {
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        // A file system without locks keeps nobody out, and is no reason to write nothing.
        Err(TryLockError::Error(source)) if source.kind() == ErrorKind::Unsupported => Ok(Some(file)),
        Err(TryLockError::Error(source)) => Err(Error::io("lock", path, source)),
    }
}

/// The folder at `path`, made if there is none, for this process alone to write in while the value lives.
///
/// # Errors
/// [`Error::Busy`] if another process has it, or if the system refuses.
pub fn claim_folder(path: &Path) -> Result<File> {
    fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))?;
    let folder = File::open(path).map_err(|source| Error::io("open", path, source))?;
    // The process that had it may have renamed it between the two calls.
    locked(folder, path)?.filter(|folder| stands_at(folder, path)).ok_or_else(|| Error::Busy { path: path.to_owned() })
}

/// Whether `file`, which was opened at `path`, is still what stands there.
fn stands_at(file: &File, path: &Path) -> bool {
    let place = |found: std::io::Result<Metadata>| found.ok().map(|found| (found.dev(), found.ino()));
    place(file.metadata()) == place(fs::metadata(path))
}

/// Moves a complete file to its name, replacing what stood there.
///
/// # Errors
/// If the system refuses.
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|source| Error::io("rename", to, source))
}

/// A file under its temporary name, which one process at a time has. It disappears with this value unless it was
/// [completed](Partial::complete), so that a writer that fails leaves nothing behind.
#[derive(Debug)]
pub struct Partial {
    /// Where it is until it is complete.
    at: PathBuf,
    /// Where it belongs.
    path: PathBuf,
    /// Locked for as long as this value lives.
    claim: File,
}

impl Partial {
    /// The empty file that is to appear at `path`. What a writer that was killed left in its place is replaced, never
    /// written through.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process writes it, or if it cannot be created.
    pub fn create(path: &Path) -> Result<(Self, File)> {
        let at = temporary(path)?;
        let busy = || Error::Busy { path: path.to_owned() };
        if fs::symlink_metadata(&at).is_ok_and(|found| found.is_file()) {
            // One that is gone by now, or may not be read, is no reason to stop.
            if let Ok(left) = File::open(&at) {
                locked(left, &at)?.ok_or_else(busy)?;
            }
        }
        remove_file(&at)?;
        let file = File::create_new(&at).map_err(|source| Error::io("create", &at, source))?;
        let claim = file.try_clone().map_err(|source| Error::io("lock", &at, source))?;
        let claim = locked(claim, &at)?.ok_or_else(busy)?;
        Ok((Self { at, path: path.to_owned(), claim }, file))
    }

    /// Gives the file its name, replacing what stood there.
    ///
    /// # Errors
    /// [`Error::Busy`] if another process took its place, or if the system refuses.
    pub fn complete(self) -> Result<()> {
        if !stands_at(&self.claim, &self.at) {
            return Err(Error::Busy { path: self.path.clone() });
        }
        rename(&self.at, &self.path)
    }

    /// Where the file is until it is complete.
    pub fn at(&self) -> &Path {
        &self.at
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Nothing is there once it is complete; and a failure to tidy up must not hide the failure before it.
        if stands_at(&self.claim, &self.at) {
            drop(fs::remove_file(&self.at));
        }
    }
}

/// Writes `bytes` to the file at `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written.
pub fn write_atomic(path: &Path, bytes: &[u8]) -> Result<()> {
    let (partial, mut file) = Partial::create(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.map_err(|source| Error::io("write", partial.at(), source))?;
    partial.complete()
}

/// What `write` yields, having filled a folder that appears at `root` whole or not at all.
///
/// # Errors
/// If something stands at `root`, or `write` fails.
pub fn write_folder<T>(root: &Path, write: impl FnOnce(&Path) -> Result<T>) -> Result<T> {
    if root.exists() {
        let (found, expected) = ("something".to_owned(), "a folder that does not exist yet".to_owned());
        return Err(Error::Mismatch { path: root.to_owned(), found, expected });
    }
    let filled = fill(root, write)?;
    rename(&filled.at, root)?;
    Ok(filled.value)
}

/// A folder that is complete but not yet at its place.
pub(crate) struct Filled<T> {
    /// Where it is.
    pub(crate) at: PathBuf,
    /// What was yielded.
    pub(crate) value: T,
    /// No other process fills it.
    _claim: File,
}

/// The folder beside `root` that `write` filled, and what it yielded; nothing is left if it failed.
pub(crate) fn fill<T>(root: &Path, write: impl FnOnce(&Path) -> Result<T>) -> Result<Filled<T>> {
    let at = unfinished(root)?;
    if at.is_symlink() {
        fs::remove_file(&at).map_err(|source| Error::io("replace", &at, source))?;
    }
    let claim = claim_folder(&at)?;
    clear(&at)?;
    match write(&at) {
        Ok(value) => Ok(Filled { at, value, _claim: claim }),
        Err(error) => {
            // The reason of the failure says more than one of cleaning up would.
            drop(remove_folder(&at));
            Err(error)
        }
    }
}

/// The name of the folder `root` while it is filled. It says whose it is, because what stands there is removed.
fn unfinished(root: &Path) -> Result<PathBuf> {
    let name = temporary(root)?.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(root.with_file_name(format!(".repopeft-{name}")))
}

/// Removes everything in the folder at `path`.
fn clear(path: &Path) -> Result<()> {
    let refused = |source| Error::io("empty", path, source);
    for entry in fs::read_dir(path).map_err(refused)? {
        let entry = entry.map_err(refused)?;
        let is_folder = entry.file_type().map_err(refused)?.is_dir();
        if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) }.map_err(refused)?;
    }
    Ok(())
}

/// Removes the folder at `path` with all that is in it, if there is one.
///
/// # Errors
/// If the system refuses.
pub fn remove_folder(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", path, source)),
        _ => Ok(()),
    }
}

/// `value` as indented JSON with a final line feed.
///
/// # Panics
/// Never for the types of this project, all of which have a JSON form.
pub fn json_text<T: Serialize>(value: &T) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("because the project's types have a JSON form");
    text.push('\n');
    text
}

/// Removes the file at `path`, if there is one.
///
/// # Errors
/// If the system refuses.
pub fn remove_file(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != ErrorKind::NotFound => Err(Error::io("remove", path, source)),
        _ => Ok(()),
    }
}

/// Copies the file `from` to `to`, whose folder is made; on disk when this returns.
///
/// # Errors
/// If it cannot be read or written.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    }
    let copied = fs::copy(from, to).and_then(|_| File::open(to)?.sync_all());
    copied.map_err(|source| Error::io("copy", from, source))
}

/// Writes `value` as [`json_text`].
///
/// # Errors
/// If the file cannot be written.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    write_atomic(path, json_text(value).as_bytes())
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

/// BLAKE3 of `bytes`, in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    blake3::hash(bytes).to_hex().to_string()
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

/// The next line of `reader` without its end, and whether it had one: the last may not, and none that is longer than
/// `max_bytes` has.
///
/// # Errors
/// If the reader fails.
pub fn next_line(reader: &mut impl BufRead, max_bytes: u64) -> std::io::Result<(Vec<u8>, bool)> {
    let mut line = Vec::new();
    reader.by_ref().take(max_bytes).read_until(b'\n', &mut line)?;
    let ended = line.last() == Some(&b'\n');
    if ended {
        line.pop();
    }
    Ok((line, ended))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_claimed_once_and_filled_by_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("root");
        let held = claim_folder(&root).expect("the first has it");
        assert!(matches!(claim_folder(&root), Err(Error::Busy { .. })));
        drop(held);
        let again = || write_folder(&root.join("release"), |_| Ok(()));
        let filled = fill(&root.join("release"), |at| {
            assert!(matches!(again(), Err(Error::Busy { .. })), "while another one fills it");
            write_atomic(&at.join("a"), b"a")
        });
        let filled = filled.expect("it is filled");
        assert!(matches!(again(), Err(Error::Busy { .. })), "until it is at its place");
        drop(filled);
        again().expect("what was left behind is replaced");
        assert!(!root.join("release").join("a").exists());
    }

    #[test]
    fn writers_that_fail_leave_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        write_atomic(&path, b"old").expect("written");
        let (partial, mut file) = Partial::create(&path).expect("created");
        file.write_all(b"ne").expect("written");
        assert!(partial.at().exists());
        drop(partial);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        assert_eq!(fs::read(&path).expect("read"), b"old");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_behind_a_link_is_claimed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (root, link) = (folder.path().join("root"), folder.path().join("link"));
        fs::create_dir(&root).expect("made");
        std::os::unix::fs::symlink(&root, &link).expect("a link");
        let held = claim_folder(&link).expect("it is free");
        assert!(matches!(claim_folder(&root), Err(Error::Busy { .. })), "by whatever name");
        drop(held);
    }

    #[test]
    fn a_file_is_written_by_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.txt");
        let (first, _) = Partial::create(&path).expect("the first has it");
        assert!(matches!(Partial::create(&path), Err(Error::Busy { .. })));
        fs::remove_file(first.at()).expect("gone");
        let (second, mut file) = Partial::create(&path).expect("nothing is there");
        file.write_all(b"second").expect("written");
        assert!(matches!(first.complete(), Err(Error::Busy { .. })), "what stands there is another's");
        second.complete().expect("it is still there");
        assert_eq!(fs::read(&path).expect("read"), b"second");
    }

    #[cfg(unix)]
    #[test]
    fn nothing_is_written_through_a_link() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, other) = (folder.path().join("a.txt"), folder.path().join("other"));
        fs::write(&other, "kept").expect("written");
        std::os::unix::fs::symlink(&other, folder.path().join("a.txt.partial")).expect("a link");
        write_atomic(&path, b"new").expect("written");
        assert_eq!(fs::read(&other).expect("read"), b"kept");
        assert_eq!(fs::read(&path).expect("read"), b"new");
    }
}
