//! The difference of two trees in the words of `git diff --no-color -U3` (R105–R108).
//!
//! Files that the filter drops are never read, but take part in the search for renames, as in git. The text is that of an
//! unconfigured git; where the authors' machine could show, [`Style`] says so.

mod abbreviation;
mod attributes;
mod disguise;
mod filter;
mod function;
mod glob;
mod header;
mod hunks;
mod piece;

pub use abbreviation::Abbreviation;
pub use attributes::Attributes;
pub use filter::{filter, kept_name};

use git2::Oid;

use super::History;
use super::change::{Change, FileVersion, Mode};
use super::name::Names;
use super::rename::is_binary;
use crate::error::Result;
use header::Header;
use hunks::Hunks;
use piece::{Piece, pieces};

/// How diffs are written.
#[derive(Debug, Clone)]
pub struct Style {
    /// Which names are in quotes. Quoted names vanish from the filtered diff (R107).
    pub names: Names,
    /// How long the ids in `index` lines are.
    pub abbreviation: Abbreviation,
    /// What the `.gitattributes` of the checked-out head say about diffs; nothing by default.
    pub attributes: Attributes,
}

/// A filtered diff.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diff {
    /// Decoded with U+FFFD for what is not UTF-8.
    pub text: String,
    /// How many chunks it holds: one for each file, two where a file became a link.
    pub chunks: usize,
}

impl History<'_> {
    /// The diff from the tree `old`, none being the empty tree, to the tree `new`; only of the files whose new path
    /// `is_kept` (R107).
    ///
    /// # Errors
    /// If an object is missing or damaged, or a limit is exceeded. The reference has an empty text then (Q37).
    pub fn diff(
        &self,
        old: Option<Oid>,
        new: Option<Oid>,
        style: &Style,
        is_kept: &dyn Fn(&str) -> bool,
    ) -> Result<Diff> {
        self.diff_of(&self.changes(old, new)?, style, is_kept)
    }

    /// As [`History::diff`], of changes that are known already.
    ///
    /// # Errors
    /// As for [`History::diff`].
    pub fn diff_of(&self, changes: &[Change], style: &Style, is_kept: &dyn Fn(&str) -> bool) -> Result<Diff> {
        let mut writer = Writer { history: self, style, out: Vec::new() };
        let mut chunks = 0;
        let mut header = Header::default();
        for piece in changes.iter().flat_map(pieces) {
            header.start(&piece, style.names);
            if header.is_kept(&piece, style.names, is_kept) {
                writer.chunk(&piece, &mut header)?;
                chunks += 1;
            }
        }
        let text = String::from_utf8(writer.out);
        let text = text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        Ok(Diff { text, chunks })
    }
}

/// What a side of a file holds.
enum Content<'r> {
    /// There is no file.
    None,
    Blob(git2::Blob<'r>),
    /// The line that stands for a submodule.
    Submodule(String),
    /// It is not looked at.
    TooLarge,
}

impl Content<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::None | Self::TooLarge => &[],
            Self::Blob(blob) => blob.content(),
            Self::Submodule(line) => line.as_bytes(),
        }
    }
}

struct Writer<'w, 'r> {
    history: &'w History<'r>,
    style: &'w Style,
    out: Vec<u8>,
}

impl<'r> Writer<'_, 'r> {
    /// Appends what git prints about one file.
    fn chunk(&mut self, piece: &Piece<'_>, header: &mut Header) -> Result<()> {
        header.finish(piece, self.style);
        self.out.extend_from_slice(header.bytes());
        if !piece.is_edited() {
            return Ok(());
        }
        let (old, new) = (self.content(piece.old)?, self.content(piece.new)?);
        if self.is_binary(&old, piece.old_name) || self.is_binary(&new, piece.new_name) {
            header.write_binary_notice(&mut self.out);
        } else if old.bytes() != new.bytes() {
            header.write_sides(&mut self.out);
            let function = self.style.attributes.function(piece.old_name, piece.new_name);
            let mut hunks = Hunks { out: &mut self.out, function };
            match (&old, &new) {
                (Content::Blob(old), Content::Blob(new)) => {
                    let done = hunks.write(&self.history.repository.git, old, new);
                    done.map_err(|source| self.history.repository.damaged("a difference", source))?;
                }
                _ => hunks.write_whole(old.bytes(), new.bytes()),
            }
        }
        if self.out.len() > self.history.limits.diff_bytes {
            return Err(self.history.objects.beyond("the length of a diff in bytes", self.history.limits.diff_bytes));
        }
        Ok(())
    }

    fn content(&self, version: Option<FileVersion>) -> Result<Content<'r>> {
        let Some(version) = version else { return Ok(Content::None) };
        if version.mode == Mode::Submodule {
            return Ok(Content::Submodule(format!("Subproject commit {}\n", version.id)));
        }
        let blob = self.history.objects.text(version.id, self.history.limits.blob_bytes)?;
        Ok(blob.map_or(Content::TooLarge, Content::Blob))
    }

    fn is_binary(&self, content: &Content<'_>, name: &[u8]) -> bool {
        match content {
            Content::None => false,
            Content::TooLarge => true,
            content => self.style.attributes.is_binary(name).unwrap_or_else(|| is_binary(content.bytes())),
        }
    }
}
