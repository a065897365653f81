//! Putting a leaderboard on disk.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::leaderboard::Leaderboard;
use crate::render::{html, markdown};

/// The files of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The self-contained page.
    pub html: PathBuf,
    /// The same as text.
    pub markdown: PathBuf,
}

/// Writes `board` into the folder `out`, which is made if need be, as `stem` with the endings `.html` and `.md`. Both
/// files are complete or untouched; the same board gives the same bytes.
///
/// # Errors
///
/// [`Error::Io`] if a file cannot be written.
pub fn write(board: &Leaderboard, stem: &str, out: &Path) -> Result<Written> {
    let names = ["html", "md"].map(|ending| format!("{stem}.{ending}"));
    let texts = [(names[0].as_str(), html::render(board)), (names[1].as_str(), markdown::render(board))];
    let written = write_all(out, &texts)?;
    Ok(Written { html: written[0].clone(), markdown: written[1].clone() })
}

/// Writes each of `files`, name and text, into the folder `out`, which is made if need be; their paths. Each is complete
/// or untouched.
pub(crate) fn write_all(out: &Path, files: &[(&str, String)]) -> Result<Vec<PathBuf>> {
    let files: Vec<(String, Vec<u8>)> =
        files.iter().map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes())).collect();
    write_bytes(out, &files)
}

/// As [`write_all`], for files that are no text.
pub(crate) fn write_bytes(out: &Path, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
    for (name, bytes) in files {
        stage(&partial(out, name), bytes)?;
    }
    let rename = |(name, _): &(String, Vec<u8>)| {
        let path = out.join(name);
        fs::rename(partial(out, name), &path).map(|()| path.clone()).map_err(|e| Error::io("rename", &path, e))
    };
    files.iter().map(rename).collect()
}

fn partial(out: &Path, name: &str) -> PathBuf {
    out.join(format!(".{name}.partial"))
}

fn stage(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut file = File::create(path).map_err(|source| Error::io("create", path, source))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|source| Error::io("write", path, source))
}
