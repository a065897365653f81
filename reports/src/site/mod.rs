//! A board as a static site: one page, and data that it loads when they are looked at.
//!
//! Data files are scripts, so that the site works from a folder as from any server. [`Site`] is written suite by suite,
//! because the tasks and answers of all suites together may be larger than memory. The page itself is `index.html`; what
//! it needs is in the folder `site` beside it, which appears whole.

mod folder;
mod pack;
mod shell;
mod tasks;

use std::path::{Path, PathBuf};

pub use tasks::{Facet, SiteAnswer, SuiteTasks, TaskPage, TaskText, Trace, tail};

use crate::board::{Board, Edition, slices};
use crate::error::{Error, Result};
use crate::write::write_all;
use folder::Folder;

/// The folder beside the page.
const FOLDER: &str = "site";
/// Leaves of the site that are files of ours.
const ICON: &str = include_str!("icon.svg");
/// The style of the leaderboard page is the ground of that of the site.
const STYLE: [&str; 2] = [include_str!("../render/html/page.css"), include_str!("site.css")];
/// The script, in the order in which its parts build on each other.
const SCRIPT: [&str; 9] = [
    "\"use strict\";\n",
    include_str!("app/core.js"),
    include_str!("app/columns.js"),
    include_str!("app/table.js"),
    include_str!("app/board.js"),
    include_str!("app/leaderboard.js"),
    include_str!("app/method.js"),
    concat!(include_str!("app/tasks.js"), include_str!("app/compare.js")),
    include_str!("app/app.js"),
];

/// A site while it is written.
#[derive(Debug)]
pub struct Site<'a> {
    board: &'a Board,
    editions: &'a [Edition],
    folder: Folder,
    out: PathBuf,
}

impl<'a> Site<'a> {
    /// Begins the site of `board`, which is that of `editions`, in the folder `out`.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn create(board: &'a Board, editions: &'a [Edition], out: &Path) -> Result<Self> {
        std::fs::create_dir_all(out).map_err(|source| Error::io("create", out, source))?;
        let folder = Folder::create(&out.join(FOLDER))?;
        folder.file("icon.svg", ICON.as_bytes())?;
        folder.file("site.css", STYLE.concat().as_bytes())?;
        folder.file("app.js", SCRIPT.concat().as_bytes())?;
        folder.data("board", board)?;
        for suite in &board.suites {
            folder.data(&format!("{}/pairs", suite.key), &board.pairs(editions, suite))?;
            folder.data(&format!("{}/slices", suite.key), &slices(&editions[suite.edition], suite.split))?;
        }
        Ok(Self { board, editions, folder, out: out.to_owned() })
    }

    /// Adds the tasks of a suite of the edition at `edition`.
    ///
    /// # Errors
    /// If the suite is not on the board, its tasks are not those that were scored, or a file cannot be written.
    pub fn suite(&self, edition: usize, tasks: &SuiteTasks) -> Result<()> {
        let found = self.board.suites.iter().find(|suite| suite.edition == edition && suite.split == tasks.split);
        let found = found.ok_or(Error::Empty)?;
        tasks::write(&self.folder, self.board, &self.editions[edition], found, tasks)
    }

    /// Adds a copy of the file `from` at `path`.
    ///
    /// # Errors
    /// If it cannot be copied.
    pub fn copy(&self, path: &str, from: &Path) -> Result<()> {
        self.folder.copy(path, from)
    }

    /// Puts the site in its place; `summary` is the path of the page that says the same without scripts. The path of the
    /// page.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(self, summary: &str) -> Result<PathBuf> {
        self.folder.complete()?;
        let written = write_all(&self.out, &[("index.html", shell::page(self.board, summary))])?;
        Ok(written[0].clone())
    }
}
