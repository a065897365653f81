//! Python's own tokenizer, as far as rebuilding a text from its tokens shows it (S43–S47): CPython 3.12, standard
//! library mode, which accepts far more than the parser does.
//!
//! No comment is known, because no `#` is left in a cleaned text (S7, S8).

use super::number;

/// What a token is, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A string literal with its prefix; f-strings are not.
    String,
    /// White space that deepens the indentation.
    Indent,
    /// The end of a logical line.
    Newline,
    /// Anything else.
    Other,
}

/// The text from byte `start` to byte `end`; there may be blanks between tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The text cannot be tokenised (S46).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Malformed;

/// More levels of indentation, brackets and f-strings than these are refused, as CPython does.
const MAX_INDENTS: usize = 100;
const MAX_BRACKETS: usize = 200;
const MAX_F_STRINGS: usize = 150;

/// An f-string that is not closed yet.
#[derive(Debug)]
pub(super) struct FString {
    pub(super) quote: u8,
    /// Its number of quotes, 1 or 3.
    pub(super) size: usize,
    pub(super) raw: bool,
    /// Brackets open in its fields, of any kind.
    pub(super) depth: i32,
    /// The depth at which each open field began, as a count; −1 outside of fields.
    pub(super) field: i32,
    /// Whether the expression of the outermost field is complete.
    pub(super) expression_ended: bool,
    /// Whether the next token is a piece of the literal.
    pub(super) literal: bool,
}

/// Yields the tokens of a text.
#[derive(Debug)]
pub(super) struct Tokenizer<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    /// The column, and the column with tabs of one, of every indentation.
    indents: Vec<(usize, usize)>,
    /// Indentations to report; negative for dedentations.
    pending: isize,
    indent_start: usize,
    brackets: usize,
    at_line_start: bool,
    line_is_blank: bool,
    pub(super) f_strings: Vec<FString>,
}

impl<'a> Tokenizer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text: text.as_bytes(),
            at: 0,
            indents: Vec::new(),
            pending: 0,
            indent_start: 0,
            brackets: 0,
            at_line_start: true,
            line_is_blank: false,
            f_strings: Vec::new(),
        }
    }

    /// The byte at `at`; a text that does not end its last line is given a line feed.
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        let implicit = || (at == self.text.len() && self.text.last() != Some(&b'\n')).then_some(b'\n');
        self.text.get(at).copied().or_else(implicit)
    }

    /// The next token, none at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<Token>, Malformed> {
        if self.f_strings.last().is_some_and(|f_string| f_string.literal) {
            return self.literal_part().map(Some);
        }
        if std::mem::take(&mut self.at_line_start) {
            self.indentation()?;
        }
        if self.pending < 0 {
            self.pending += 1;
            return Ok(Some(Token { kind: Kind::Other, start: self.at, end: self.at }));
        }
        if self.pending > 0 {
            self.pending -= 1;
            return Ok(Some(Token { kind: Kind::Indent, start: self.indent_start, end: self.at }));
        }
        while let Some(b' ' | b'\t' | b'\x0c' | b'\\') = self.byte(self.at) {
            self.at += 1;
            if self.text.get(self.at - 1) == Some(&b'\\') {
                self.continuation()?;
            }
        }
        self.visible()
    }

    /// A token that begins here, where no blank is.
    fn visible(&mut self) -> Result<Option<Token>, Malformed> {
        let start = self.at;
        let Some(first) = self.byte(start) else {
            return if self.brackets > 0 { Err(Malformed) } else { Ok(None) };
        };
        if is_word_start(first) {
            return self.word(start);
        }
        // A carriage return that ends no line belongs to the token that follows.
        let at = if first == b'\r' { start + 1 } else { start };
        let (kind, end) = match self.byte(at).ok_or(Malformed)? {
            b'\n' => (self.line_end(), at + 1),
            b'0'..=b'9' => (Kind::Other, number::end(self, at)?),
            b'.' if self.byte(at + 1).is_some_and(|c| c.is_ascii_digit()) => (Kind::Other, number::end(self, at)?),
            b'"' | b'\'' => (Kind::String, self.string_end(at)?),
            b'\\' => {
                self.at = at + 1;
                self.continuation()?;
                return self.next();
            }
            c => (Kind::Other, self.operator(c, at)?),
        };
        self.at = end;
        Ok(Some(Token { kind, start, end }))
    }

    /// Passes the line end after a backslash; another line must follow.
    fn continuation(&mut self) -> Result<(), Malformed> {
        self.at += usize::from(self.byte(self.at) == Some(b'\r'));
        if self.byte(self.at) != Some(b'\n') || self.byte(self.at + 1).is_none() {
            return Err(Malformed);
        }
        self.at += 1;
        Ok(())
    }

    /// Passes leading white space of a line and compares it with the lines before (S43).
    fn indentation(&mut self) -> Result<(), Malformed> {
        self.indent_start = self.at;
        let (mut column, mut narrow) = (0, 0);
        let mut first_column = 0;
        while let Some(c @ (b' ' | b'\t' | b'\x0c' | b'\\')) = self.byte(self.at) {
            self.at += 1;
            match c {
                b' ' => (column, narrow) = (column + 1, narrow + 1),
                b'\t' => (column, narrow) = ((column / 8 + 1) * 8, narrow + 1),
                b'\\' => {
                    first_column = if first_column == 0 { column } else { first_column };
                    self.continuation()?;
                    self.indent_start = self.at;
                }
                _ => (column, narrow) = (0, 0),
            }
        }
        self.line_is_blank = matches!(self.byte(self.at), Some(b'\n' | b'\r'));
        if self.line_is_blank || self.brackets > 0 {
            return Ok(());
        }
        if first_column > 0 {
            (column, narrow) = (first_column, first_column);
        }
        self.compare((column, narrow))
    }

    fn compare(&mut self, found: (usize, usize)) -> Result<(), Malformed> {
        let mut current = self.indents.last().copied().unwrap_or_default();
        if found.0 > current.0 {
            if found.1 <= current.1 || self.indents.len() + 2 > MAX_INDENTS {
                return Err(Malformed);
            }
            self.indents.push(found);
            self.pending += 1;
            return Ok(());
        }
        while found.0 < current.0 {
            self.indents.pop();
            self.pending -= 1;
            current = self.indents.last().copied().unwrap_or_default();
        }
        if found == current { Ok(()) } else { Err(Malformed) }
    }

    fn line_end(&mut self) -> Kind {
        self.at_line_start = true;
        if self.line_is_blank || self.brackets > 0 { Kind::Other } else { Kind::Newline }
    }

    /// A name, a keyword, or the string that it is a prefix of.
    fn word(&mut self, start: usize) -> Result<Option<Token>, Malformed> {
        let mut end = start;
        while self.byte(end).is_some_and(|c| is_word_start(c) || c.is_ascii_digit()) {
            end += 1;
        }
        if !matches!(self.byte(end), Some(b'"' | b'\'')) {
            self.at = end;
            return Ok(Some(Token { kind: Kind::Other, start, end }));
        }
        match prefix(&self.text[start..end]) {
            None => self.at = end,
            Some(Prefix::Plain) => {
                self.at = self.string_end(end)?;
                return Ok(Some(Token { kind: Kind::String, start, end: self.at }));
            }
            Some(Prefix::Formatted { raw }) => self.open_f_string(end, raw)?,
        }
        Ok(Some(Token { kind: Kind::Other, start, end: self.at }))
    }

    /// The end of the string whose first quote is at `at` (S44).
    fn string_end(&self, at: usize) -> Result<usize, Malformed> {
        let quote = self.byte(at).ok_or(Malformed)?;
        let size = self.quotes(at, quote);
        if size == 2 {
            return Ok(at + 2);
        }
        let (mut end, mut closing) = (at + size, 0);
        while closing < size {
            match self.byte(end).ok_or(Malformed)? {
                0 => return Err(Malformed),
                b'\n' if size == 1 => return Err(Malformed),
                c if c == quote => closing += 1,
                b'\\' => {
                    closing = 0;
                    end += 1;
                    end += usize::from(self.byte(end) == Some(b'\r'));
                }
                _ => closing = 0,
            }
            end += 1;
        }
        if end > self.text.len() { Err(Malformed) } else { Ok(end) }
    }

    /// How many quotes begin at `at`: 1, 2 (an empty string) or 3.
    fn quotes(&self, at: usize, quote: u8) -> usize {
        match (self.byte(at + 1) == Some(quote), self.byte(at + 2) == Some(quote)) {
            (false, _) => 1,
            (true, false) => 2,
            (true, true) => 3,
        }
    }

    fn open_f_string(&mut self, at: usize, raw: bool) -> Result<(), Malformed> {
        if self.f_strings.len() + 2 > MAX_F_STRINGS {
            return Err(Malformed);
        }
        let quote = self.byte(at).ok_or(Malformed)?;
        let size = if self.quotes(at, quote) == 3 { 3 } else { 1 };
        let (depth, field) = (0, -1);
        self.f_strings.push(FString { quote, size, raw, depth, field, expression_ended: false, literal: true });
        self.at = at + size;
        Ok(())
    }

    /// The end of the operator `c` at `at`; brackets are counted, whatever their kinds.
    fn operator(&mut self, c: u8, at: usize) -> Result<usize, Malformed> {
        if !matches!(c, b' '..=b'~') {
            return Err(Malformed);
        }
        if self.f_strings.last_mut().is_some_and(|f_string| f_string.punctuation(c)) {
            return Ok(at + 1);
        }
        match c {
            b'(' | b'[' | b'{' => {
                if self.brackets >= MAX_BRACKETS {
                    return Err(Malformed);
                }
                self.brackets += 1;
                if let Some(f_string) = self.f_strings.last_mut() {
                    f_string.depth += 1;
                }
            }
            b')' | b']' | b'}' => {
                if let Some(f_string) = self.f_strings.last_mut() {
                    f_string.close(c)?;
                }
                self.brackets = self.brackets.saturating_sub(1);
            }
            _ => {}
        }
        Ok(at + 1)
    }
}

/// What a word before a quote says about the string.
enum Prefix {
    Plain,
    Formatted { raw: bool },
}

/// Whether `word` is a prefix of strings (S44).
fn prefix(word: &[u8]) -> Option<Prefix> {
    let lower = word.to_ascii_lowercase();
    match lower.as_slice() {
        b"b" | b"u" | b"r" | b"br" | b"rb" => Some(Prefix::Plain),
        b"f" => Some(Prefix::Formatted { raw: false }),
        b"fr" | b"rf" => Some(Prefix::Formatted { raw: true }),
        _ => None,
    }
}

/// Whether a name may begin with this byte, or, beyond ASCII, hold it (S45).
fn is_word_start(c: u8) -> bool {
    c.is_ascii_alphabetic() || c == b'_' || c >= 0x80
}
