//! Putting a leaderboard on disk.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use bench::Summary;

use crate::context::Context;
use crate::error::{Error, Result};
use crate::leaderboard::Leaderboard;
use crate::render::{html, markdown};

/// The files of a leaderboard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The self-contained page, `leaderboard.html`.
    pub html: PathBuf,
    /// The same as text, `leaderboard.md`.
    pub markdown: PathBuf,
}

/// Writes the leaderboard of `summaries` into the folder `out`, which is made if need be. Both files are complete or
/// untouched; the same input gives the same bytes.
///
/// # Errors
///
/// Those of [`Leaderboard::from_summaries`], before anything is written; [`Error::Io`] if a file cannot be written.
pub fn write(summaries: &[Summary], context: &Context, out: &Path) -> Result<Written> {
    let board = Leaderboard::from_summaries(summaries, context)?;
    let texts = [("leaderboard.html", html::render(&board)), ("leaderboard.md", markdown::render(&board))];
    let written = write_all(out, &texts)?;
    Ok(Written { html: written[0].clone(), markdown: written[1].clone() })
}

/// Writes each of `files`, name and text, into the folder `out`, which is made if need be; their paths. Each is complete
/// or untouched.
pub(crate) fn write_all(out: &Path, files: &[(&str, String)]) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
    for (name, text) in files {
        stage(&partial(out, name), text)?;
    }
    let rename = |(name, _): &(&str, String)| {
        let path = out.join(name);
        fs::rename(partial(out, name), &path).map(|()| path.clone()).map_err(|e| Error::io("rename", &path, e))
    };
    files.iter().map(rename).collect()
}

fn partial(out: &Path, name: &str) -> PathBuf {
    out.join(format!(".{name}.partial"))
}

fn stage(path: &Path, text: &str) -> Result<()> {
    let mut file = File::create(path).map_err(|source| Error::io("create", path, source))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| Error::io("write", path, source))
}
