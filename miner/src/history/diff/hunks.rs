//! The changed lines of one file, with three lines around them.

use std::cell::RefCell;
use std::io::Write;

use git2::{Blob, DiffDelta, DiffHunk, DiffLine, DiffOptions, Patch, Repository};

use super::disguise::Disguise;
use super::function::{Function, FunctionLines};

/// What git prints after a last line that does not end.
const NO_NEWLINE: &[u8] = b"\n\\ No newline at end of file\n";
/// Lines around a change.
const CONTEXT: u32 = 3;

/// With an empty path, unlike with none, the library does not look for attribute files in the system.
const NO_PATH: Option<&str> = Some("");

/// Writes the hunks of one file.
pub(super) struct Hunks<'w> {
    pub(super) out: &'w mut Vec<u8>,
    /// Which lines are named after `@@`.
    pub(super) function: Function,
}

impl Hunks<'_> {
    /// Appends the hunks from `old` to `new`, two texts.
    ///
    /// # Errors
    /// If the library refuses.
    pub(super) fn write(&mut self, git: &Repository, old: &Blob<'_>, new: &Blob<'_>) -> Result<(), git2::Error> {
        if old.size() == 0 || new.size() == 0 {
            self.write_whole(old.content(), new.content());
            return Ok(());
        }
        match Disguise::of(old.content(), new.content()) {
            None => self.write_plain(git, old, new),
            Some(disguise) => self.write_disguised(disguise, old.content(), new.content()),
        }
    }

    fn write_plain(&mut self, git: &Repository, old: &Blob<'_>, new: &Blob<'_>) -> Result<(), git2::Error> {
        let mut functions = FunctionLines::of(old.content(), self.function);
        // Two callbacks, never active at once, write to one buffer.
        let out = RefCell::new(&mut *self.out);
        let mut start = |_: DiffDelta<'_>, hunk: DiffHunk<'_>| {
            write_start(&hunk, &mut functions, &mut out.borrow_mut());
            true
        };
        let mut line = |_: DiffDelta<'_>, _: Option<DiffHunk<'_>>, line: DiffLine<'_>| {
            write_line(&line, &mut out.borrow_mut());
            true
        };
        let options = &mut options();
        git.diff_blobs(
            Some(old),
            NO_PATH,
            Some(new),
            NO_PATH,
            Some(options),
            None,
            None,
            Some(&mut start),
            Some(&mut line),
        )
    }

    /// The same for texts with odd blanks.
    fn write_disguised(&mut self, disguise: Disguise, old: &[u8], new: &[u8]) -> Result<(), git2::Error> {
        let mut functions = FunctionLines::of(old, self.function);
        let (old, new) = (disguise.on(old), disguise.on(new));
        let patch = Patch::from_buffers(&old, None, &new, None, Some(&mut options()))?;
        let start = self.out.len();
        for hunk in 0..patch.num_hunks() {
            let (head, lines) = patch.hunk(hunk)?;
            write_start(&head, &mut functions, self.out);
            for line in 0..lines {
                write_line(&patch.line_in_hunk(hunk, line)?, self.out);
            }
        }
        disguise.off(&mut self.out[start..]);
        Ok(())
    }

    /// Appends the hunk of texts one of which is empty, or which share no line: all of `old` goes, all of `new` comes.
    pub(super) fn write_whole(&mut self, old: &[u8], new: &[u8]) {
        if old.is_empty() && new.is_empty() {
            return;
        }
        self.out.extend_from_slice(b"@@ -");
        write_range(u32::from(!old.is_empty()), lines(old), self.out);
        self.out.extend_from_slice(b" +");
        write_range(u32::from(!new.is_empty()), lines(new), self.out);
        self.out.extend_from_slice(b" @@\n");
        for (sign, text) in [(b'-', old), (b'+', new)] {
            self.out.reserve(text.len() + text.len() / 16);
            let mut start = 0;
            for end in memchr::memchr_iter(b'\n', text).map(|at| at + 1).chain([text.len()]) {
                if start < end {
                    self.out.push(sign);
                    self.out.extend_from_slice(&text[start..end]);
                }
                start = end;
            }
            if text.last().is_some_and(|&last| last != b'\n') {
                self.out.extend_from_slice(NO_NEWLINE);
            }
        }
    }
}

/// Those of git.
fn options() -> DiffOptions {
    let mut options = DiffOptions::new();
    options.context_lines(CONTEXT).indent_heuristic(true).force_text(true);
    options
}

fn write_start(hunk: &DiffHunk<'_>, functions: &mut FunctionLines<'_>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"@@ -");
    write_range(hunk.old_start(), hunk.old_lines(), out);
    out.extend_from_slice(b" +");
    write_range(hunk.new_start(), hunk.new_lines(), out);
    out.extend_from_slice(b" @@");
    if let Some(name) = functions.above(hunk.old_start()) {
        out.push(b' ');
        out.extend_from_slice(name);
    }
    out.push(b'\n');
}

/// Appends the first line and how many there are, unless it is one.
fn write_range(start: u32, count: u32, out: &mut Vec<u8>) {
    let written = if count == 1 { write!(out, "{start}") } else { write!(out, "{start},{count}") };
    written.expect("because memory takes all bytes");
}

fn write_line(line: &DiffLine<'_>, out: &mut Vec<u8>) {
    // What else there is says that the last line does not end; its content is git's words for it.
    if let sign @ (' ' | '+' | '-') = line.origin() {
        out.push(sign as u8);
    }
    out.extend_from_slice(line.content());
}

/// How many lines `text` has; a last one that does not end counts.
fn lines(text: &[u8]) -> u32 {
    let ends = memchr::memchr_iter(b'\n', text).count();
    let open = text.last().is_some_and(|&last| last != b'\n');
    u32::try_from(ends + usize::from(open)).unwrap_or(u32::MAX)
}
