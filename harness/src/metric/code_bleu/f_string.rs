//! f-strings as Python's tokenizer splits them (S47): none of the pieces is a string token.

use super::token::{FString, Kind, Malformed, Token, Tokenizer};

impl FString {
    /// Notes an operator of a field; whether it is the colon after which literal text begins again.
    pub(super) fn punctuation(&mut self, c: u8) -> bool {
        if self.field < 0 || !matches!(c, b':' | b'}' | b'!' | b'{') {
            return false;
        }
        let depth = self.depth - i32::from(c != b'{');
        if depth == 0 {
            self.expression_ended = c != b'{';
        }
        let is_end = c == b':' && depth == self.field;
        self.literal |= is_end;
        is_end
    }

    /// Counts a closing bracket; the brace that ends a field leads back to literal text.
    pub(super) fn close(&mut self, c: u8) -> Result<(), Malformed> {
        if self.depth == 0 && c == b'}' {
            return Err(Malformed);
        }
        self.depth -= 1;
        if c == b'}' && self.depth == self.field {
            self.field -= 1;
            self.literal = true;
        }
        Ok(())
    }

    /// Whether literal text is a format specification.
    fn is_specification(&self) -> bool {
        self.expression_ended && self.field >= 0
    }
}

impl Tokenizer<'_> {
    fn f_string(&mut self) -> &mut FString {
        self.f_strings.last_mut().expect("because one is open")
    }

    /// The next token where the innermost f-string is literal text.
    pub(super) fn literal_part(&mut self) -> Result<Token, Malformed> {
        let start = self.at;
        if self.byte(start) == Some(b'{') && self.byte(start + 1) != Some(b'{') {
            return self.open_field();
        }
        let (quote, size) = (self.f_string().quote, self.f_string().size);
        let closes = (start..start + size).all(|at| self.byte(at) == Some(quote));
        let (end, next) = if closes {
            self.f_strings.pop();
            (start + size, start + size)
        } else {
            self.literal_end(start)?
        };
        self.at = next;
        Ok(Token { kind: Kind::Other, start, end })
    }

    /// The brace that opens a field; the next token is one of its expression.
    fn open_field(&mut self) -> Result<Token, Malformed> {
        let f_string = self.f_string();
        f_string.field += 1;
        f_string.literal = false;
        self.next()?.ok_or(Malformed)
    }

    /// Where literal text that begins at `at` ends, and where the next token may begin.
    fn literal_end(&mut self, at: usize) -> Result<(usize, usize), Malformed> {
        let FString { quote, size, raw, depth, .. } = *self.f_string();
        let is_specification = self.f_string().is_specification();
        let (mut at, mut closing, mut in_name) = (at, 0, false);
        while closing < size {
            let c = self.byte(at).ok_or(Malformed)?;
            at += 1;
            if c == quote {
                closing += 1;
                continue;
            }
            closing = 0;
            match c {
                0 => return Err(Malformed),
                b'\n' if size == 1 && !is_specification => return Err(Malformed),
                b'\n' if size == 1 => {
                    self.f_string().literal = false;
                    return Ok((at - 1, at - 1));
                }
                b'{' if self.byte(at) == Some(b'{') && !is_specification => return Ok((at, at + 1)),
                b'{' => {
                    let f_string = self.f_string();
                    f_string.field += 1;
                    f_string.literal = false;
                    f_string.expression_ended = false;
                    return Ok((at - 1, at - 1));
                }
                b'}' if in_name => return Ok((at, at)),
                b'}' if self.byte(at) == Some(b'}') && !is_specification && depth == 0 => return Ok((at, at + 1)),
                b'}' => {
                    self.f_string().literal = false;
                    return Ok((at - 1, at - 1));
                }
                b'\\' => (at, in_name) = self.escape(at, raw, in_name),
                _ => {}
            }
        }
        if at > self.text.len() { Err(Malformed) } else { Ok((at - size, at - size)) }
    }

    /// Where literal text goes on after the backslash before `at`, and whether a named character begins there.
    fn escape(&self, mut at: usize, raw: bool, in_name: bool) -> (usize, bool) {
        at += usize::from(self.byte(at) == Some(b'\r'));
        match self.byte(at) {
            Some(b'{' | b'}') => (at, in_name),
            Some(b'N') if !raw && self.byte(at + 1) == Some(b'{') => (at + 2, true),
            _ => (at + 1, in_name),
        }
    }
}
