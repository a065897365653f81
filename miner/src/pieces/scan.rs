//! Where the logical lines of a text begin, found without a parser.
//!
//! The scanner knows strings, brackets, comments and continued lines, as far as is needed to see where a statement can
//! begin. It is fast, not complete: nested quotes of f-strings, for one, it reads as several strings. What it gets
//! wrong costs time only, because chunks count only if the parser accepts each of them.

/// A logical line that holds a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// The first byte of the physical line it begins on.
    pub(super) start: usize,
    /// Its first token.
    pub(super) token: usize,
}

/// The text holds what the scanner does not follow.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear;

/// Goes through the logical lines of a text.
pub(super) struct Scanner<'a> {
    bytes: &'a [u8],
    /// The start of a physical line outside of strings and brackets.
    at: usize,
}

/// What a byte outside of strings and comments means to the scanner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Break,
    Quote,
    Open,
    Close,
    Comment,
    Backslash,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    classes[b'\n' as usize] = Class::Break;
    classes[b'\r' as usize] = Class::Break;
    classes[b'"' as usize] = Class::Quote;
    classes[b'\'' as usize] = Class::Quote;
    classes[b'(' as usize] = Class::Open;
    classes[b'[' as usize] = Class::Open;
    classes[b'{' as usize] = Class::Open;
    classes[b')' as usize] = Class::Close;
    classes[b']' as usize] = Class::Close;
    classes[b'}' as usize] = Class::Close;
    classes[b'#' as usize] = Class::Comment;
    classes[b'\\' as usize] = Class::Backslash;
    classes
};

impl<'a> Scanner<'a> {
    /// A scanner of `text` from `start`, the start of a physical line outside of strings and brackets.
    pub(super) fn new(text: &'a str, start: usize) -> Self {
        Self { bytes: text.as_bytes(), at: start }
    }

    /// The next line that holds a token, or none at the end.
    ///
    /// # Errors
    /// If the text holds what the scanner does not follow.
    pub(super) fn next(&mut self) -> Result<Option<Line>, Unclear> {
        while self.at < self.bytes.len() {
            let start = self.at;
            let blank = self.bytes[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let token = start + blank;
            match self.bytes.get(token) {
                None => self.at = token,
                Some(b'\n' | b'\r') => self.at = self.behind_break(token),
                Some(b'#') => self.at = self.behind_break(self.line_end(token)),
                // Form feeds and continuations in the indentation are for the parser.
                Some(b'\x0c' | b'\\') => return Err(Unclear),
                Some(_) => {
                    self.at = self.line_behind(token)?;
                    return Ok(Some(Line { start, token }));
                }
            }
        }
        Ok(None)
    }

    /// The start of the line behind the logical line that goes on at `at`.
    fn line_behind(&self, mut at: usize) -> Result<usize, Unclear> {
        let mut depth = 0_usize;
        loop {
            at += self.bytes[at..].iter().take_while(|byte| CLASSES[**byte as usize] == Class::Plain).count();
            let Some(&byte) = self.bytes.get(at) else {
                return if depth == 0 { Ok(at) } else { Err(Unclear) };
            };
            match CLASSES[byte as usize] {
                Class::Plain => {}
                Class::Break if depth == 0 => return Ok(self.behind_break(at)),
                Class::Break => at = self.behind_break(at),
                Class::Quote => at = self.behind_string(at)?,
                Class::Open => (at, depth) = (at + 1, depth + 1),
                Class::Close => (at, depth) = (at + 1, depth.checked_sub(1).ok_or(Unclear)?),
                Class::Comment => at = self.line_end(at),
                Class::Backslash => at = self.continued(at)?,
            }
        }
    }

    /// The line behind a backslash that continues it.
    fn continued(&self, at: usize) -> Result<usize, Unclear> {
        match self.bytes.get(at + 1) {
            Some(b'\n' | b'\r') => Ok(self.behind_break(at + 1))
                .and_then(|next| if next < self.bytes.len() { Ok(next) } else { Err(Unclear) }),
            _ => Err(Unclear),
        }
    }

    /// The byte behind the string whose opening quote stands at `at`.
    fn behind_string(&self, at: usize) -> Result<usize, Unclear> {
        let quote = self.bytes[at];
        if self.bytes[at..].starts_with(&[quote; 3]) {
            return self.behind_triple(at + 3, quote);
        }
        let mut at = at + 1;
        loop {
            let plain = |byte: &&u8| **byte != quote && !matches!(**byte, b'\\' | b'\n' | b'\r');
            at += self.bytes[at..].iter().take_while(plain).count();
            match self.bytes.get(at) {
                Some(b'\\') => at = self.escaped(at),
                Some(byte) if *byte == quote => return Ok(at + 1),
                _ => return Err(Unclear),
            }
        }
    }

    fn behind_triple(&self, mut at: usize, quote: u8) -> Result<usize, Unclear> {
        loop {
            at += self.bytes[at..].iter().take_while(|byte| **byte != quote && **byte != b'\\').count();
            match self.bytes.get(at) {
                None => return Err(Unclear),
                Some(b'\\') => at = self.escaped(at),
                Some(_) if self.bytes[at..].starts_with(&[quote; 3]) => return Ok(at + 3),
                Some(_) => at += 1,
            }
        }
    }

    /// The byte behind an escape; a raw string, too, does not end at an escaped quote.
    fn escaped(&self, at: usize) -> usize {
        let length = if self.bytes[at..].starts_with(b"\\\r\n") { 3 } else { 2 };
        (at + length).min(self.bytes.len())
    }

    /// Where the break of the physical line around `at` stands.
    fn line_end(&self, at: usize) -> usize {
        at + self.bytes[at..].iter().take_while(|byte| !matches!(byte, b'\n' | b'\r')).count()
    }

    /// The start of the line behind the break at `at`, or the end of the text.
    fn behind_break(&self, at: usize) -> usize {
        let length = if self.bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
        (at + length).min(self.bytes.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<Vec<&str>, Unclear> {
        let mut scanner = Scanner::new(text, 0);
        let mut found = Vec::new();
        while let Some(line) = scanner.next()? {
            found.push(&text[line.start..scanner.at]);
        }
        Ok(found)
    }

    #[test]
    fn logical_lines_end_outside_of_everything() {
        let text = "# c\n\nx = (1, # )\n  2)\r  y = '\\'#' \\\n + \"\"\"\n\\\"\"\"\"\"\"\r\n\tz";
        let expected = ["x = (1, # )\n  2)\r", "  y = '\\'#' \\\n + \"\"\"\n\\\"\"\"\"\"\"\r\n", "\tz"];
        assert_eq!(lines(text).unwrap(), expected);
    }

    #[test]
    fn what_is_unclear_is_refused() {
        for text in ["x = (\n", "x)\n", "'\n'", "x \\ \n", "\\\nx\n", "\u{c}x\n", "'''", "x\\", "x \\\n", "'\\"] {
            assert_eq!(lines(text), Err(Unclear), "{text:?}");
        }
    }
}
