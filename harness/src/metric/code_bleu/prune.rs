//! Pruning: a text as it looks after the reference has removed what it takes for docstrings (S42).

use std::borrow::Cow;

use bench::pytext::strip;

use super::token::{Kind, Malformed, Token, Tokenizer};

/// `text` rebuilt from its tokens without the strings that begin it, a line, or a statement; `text` itself if it cannot
/// be tokenised.
pub(super) fn prune(text: &str) -> Cow<'_, str> {
    // Without these characters every token and every gap is written back as it was.
    let changes = |c: u8| matches!(c, b'"' | b'\'' | b'\\' | b'\t' | b'\n' | b'\r' | b'\x0c');
    if !text.bytes().any(changes) {
        return Cow::Borrowed(text);
    }
    match rebuild(text) {
        Ok(rebuilt) => Cow::Owned(without_blank_lines(&rebuilt)),
        Err(Malformed) => Cow::Borrowed(text),
    }
}

fn without_blank_lines(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for line in text.split('\n').filter(|line| !strip(line).is_empty()) {
        if !kept.is_empty() {
            kept.push('\n');
        }
        kept.push_str(line);
    }
    kept
}

/// A place in the text that only moves on.
#[derive(Debug, Default, Clone, Copy)]
struct Position {
    at: usize,
    row: usize,
    /// In characters.
    column: usize,
}

impl Position {
    fn advance(&mut self, text: &str, to: usize) {
        for c in text[self.at..to].chars() {
            (self.row, self.column) = if c == '\n' { (self.row + 1, 0) } else { (self.row, self.column + 1) };
        }
        self.at = to;
    }
}

/// The tokens of `text`, with as many blanks between two of a row as there were characters.
fn rebuild(text: &str) -> Result<String, Malformed> {
    let mut out = String::with_capacity(text.len());
    let mut tokens = Tokenizer::new(text);
    let mut before = Kind::Indent;
    let mut last = Position::default();
    let mut is_first = true;
    while let Some(Token { kind, start, end }) = tokens.next()? {
        // The line feed that a text is given at its end is not in it.
        let (start, end) = (start.min(text.len()), end.min(text.len()));
        let mut place = last;
        place.advance(text, start);
        let from = if place.row > last.row || is_first { 0 } else { last.column };
        out.extend(std::iter::repeat_n(' ', place.column.saturating_sub(from)));
        let is_docstring =
            kind == Kind::String && (matches!(before, Kind::Indent | Kind::Newline) || place.column == 0);
        if !is_docstring {
            out.push_str(text.get(start..end).ok_or(Malformed)?);
        }
        place.advance(text, end);
        (before, last, is_first) = (kind, place, false);
    }
    Ok(out)
}
