//! The lines of a chunk before its hunks.

use std::io::Write;

use super::Style;
use super::filter::kept_name;
use super::piece::Piece;
use crate::history::change::FileVersion;
use crate::history::name::Names;

/// The header of the chunk at hand; its buffers are used again for the next.
#[derive(Debug, Default)]
pub(super) struct Header {
    lines: Vec<u8>,
    /// The names behind `---` and `+++`.
    old_side: Vec<u8>,
    new_side: Vec<u8>,
}

impl Header {
    /// Writes the first line.
    pub(super) fn start(&mut self, piece: &Piece<'_>, names: Names) {
        for (side, folder, name) in
            [(&mut self.old_side, "a/", piece.old_name), (&mut self.new_side, "b/", piece.new_name)]
        {
            side.clear();
            names.write(folder, name, side);
        }
        self.lines.clear();
        for part in [&b"diff --git "[..], &self.old_side, b" ", &self.new_side, b"\n"] {
            self.lines.extend_from_slice(part);
        }
    }

    /// Whether the filter keeps the chunk: by what it reads in the first line if names are quoted (R107), else by the path.
    pub(super) fn is_kept(&self, piece: &Piece<'_>, names: Names, is_kept: &dyn Fn(&str) -> bool) -> bool {
        match names {
            Names::Quoted => {
                let line = std::str::from_utf8(&self.lines).expect("because quoted names are ASCII");
                kept_name(line.trim_end_matches('\n')).is_some_and(is_kept)
            }
            Names::Raw => is_kept(&String::from_utf8_lossy(piece.new_name)),
        }
    }

    /// Writes the other lines: modes, names of a rename, ids.
    pub(super) fn finish(&mut self, piece: &Piece<'_>, style: &Style) {
        let lines = &mut self.lines;
        let mut write = |text: std::fmt::Arguments<'_>| {
            lines.write_fmt(text).expect("because memory takes all bytes");
        };
        match (piece.old, piece.new) {
            (None, Some(new)) => write(format_args!("new file mode {:06o}\n", new.mode.bits())),
            (Some(old), None) => write(format_args!("deleted file mode {:06o}\n", old.mode.bits())),
            (Some(old), Some(new)) if old.mode != new.mode => {
                write(format_args!("old mode {:06o}\nnew mode {:06o}\n", old.mode.bits(), new.mode.bits()));
            }
            _ => {}
        }
        if let Some(percent) = piece.similarity {
            write(format_args!("similarity index {percent}%\n"));
            for (label, name) in [("rename from ", piece.old_name), ("rename to ", piece.new_name)] {
                self.lines.extend_from_slice(label.as_bytes());
                style.names.write("", name, &mut self.lines);
                self.lines.push(b'\n');
            }
        }
        if piece.is_edited() {
            self.write_ids(piece, style);
        }
        for (side, version) in [(&mut self.old_side, piece.old), (&mut self.new_side, piece.new)] {
            if version.is_none() {
                side.clear();
                side.extend_from_slice(b"/dev/null");
            }
        }
    }

    fn write_ids(&mut self, piece: &Piece<'_>, style: &Style) {
        let id = |side: Option<FileVersion>| style.abbreviation.short(side.map(|side| side.id));
        let line = format!("index {}..{}", id(piece.old), id(piece.new));
        self.lines.extend_from_slice(line.as_bytes());
        if let (Some(old), Some(new)) = (piece.old, piece.new)
            && old.mode == new.mode
        {
            self.lines.extend_from_slice(format!(" {:06o}", new.mode.bits()).as_bytes());
        }
        self.lines.push(b'\n');
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.lines
    }

    /// Appends the two lines above the first hunk. A name with a space is followed by a tab.
    pub(super) fn write_sides(&self, out: &mut Vec<u8>) {
        for (label, side) in [(&b"--- "[..], &self.old_side), (b"+++ ", &self.new_side)] {
            out.extend_from_slice(label);
            out.extend_from_slice(side);
            out.extend_from_slice(if side.contains(&b' ') { b"\t\n" } else { b"\n" });
        }
    }

    /// Appends the line that stands for the hunks of a binary file.
    pub(super) fn write_binary_notice(&self, out: &mut Vec<u8>) {
        for part in [&b"Binary files "[..], &self.old_side, b" and ", &self.new_side, b" differ\n"] {
            out.extend_from_slice(part);
        }
    }
}
