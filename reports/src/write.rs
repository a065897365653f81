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
    fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
    for (name, text) in &texts {
        stage(&partial(out, name), text)?;
    }
    for (name, _) in &texts {
        let path = out.join(name);
        fs::rename(partial(out, name), &path).map_err(|source| Error::io("rename", &path, source))?;
    }
    Ok(Written { html: out.join(texts[0].0), markdown: out.join(texts[1].0) })
}

fn partial(out: &Path, name: &str) -> PathBuf {
    out.join(format!(".{name}.partial"))
}

fn stage(path: &Path, text: &str) -> Result<()> {
    let mut file = File::create(path).map_err(|source| Error::io("create", path, source))?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(|source| Error::io("write", path, source))
}
