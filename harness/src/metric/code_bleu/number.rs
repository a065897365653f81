//! Numbers as Python's tokenizer reads them (S46.5).

use super::token::{Malformed, Tokenizer};

/// The end of the number at `at`, which begins with a digit, or a dot before one.
///
/// Letters directly after it begin another token.
pub(super) fn end(tokens: &Tokenizer<'_>, at: usize) -> Result<usize, Malformed> {
    let number = Number(tokens);
    match (number.0.byte(at), number.0.byte(at + 1)) {
        (Some(b'.'), _) => number.after_digits(at),
        (Some(b'0'), Some(b'x' | b'X')) => number.groups(at + 2, |c| c.is_ascii_hexdigit()),
        (Some(b'0'), Some(b'o' | b'O')) => number.based(at + 2, b'7'),
        (Some(b'0'), Some(b'b' | b'B')) => number.based(at + 2, b'1'),
        _ => number.after_digits(number.digits(at)?),
    }
}

struct Number<'a>(&'a Tokenizer<'a>);

impl Number<'_> {
    fn is(&self, at: usize, test: impl Fn(u8) -> bool) -> bool {
        self.0.byte(at).is_some_and(test)
    }

    fn is_digit(&self, at: usize) -> bool {
        self.is(at, |c| c.is_ascii_digit())
    }

    /// Groups of digits, each of which an underscore may precede.
    fn groups(&self, mut at: usize, test: impl Fn(u8) -> bool) -> Result<usize, Malformed> {
        loop {
            at += usize::from(self.is(at, |c| c == b'_'));
            if !self.is(at, &test) {
                return Err(Malformed);
            }
            while self.is(at, &test) {
                at += 1;
            }
            if !self.is(at, |c| c == b'_') {
                return Ok(at);
            }
        }
    }

    /// Digits up to `last`; no higher one may follow.
    fn based(&self, at: usize, last: u8) -> Result<usize, Malformed> {
        let end = self.groups(at, |c| (b'0'..=last).contains(&c))?;
        if self.is_digit(end) { Err(Malformed) } else { Ok(end) }
    }

    /// Decimal digits, of which `at` is one.
    fn digits(&self, at: usize) -> Result<usize, Malformed> {
        self.groups(at, |c| c.is_ascii_digit())
    }

    /// Fraction, exponent and imaginary unit, where there are any.
    fn after_digits(&self, mut at: usize) -> Result<usize, Malformed> {
        if self.is(at, |c| c == b'.') {
            at += 1;
            if self.is_digit(at) {
                at = self.digits(at)?;
            }
        }
        if self.is(at, |c| matches!(c, b'e' | b'E')) {
            let signed = self.is(at + 1, |c| matches!(c, b'+' | b'-'));
            match (self.is_digit(at + 1 + usize::from(signed)), signed) {
                (true, _) => at = self.digits(at + 1 + usize::from(signed))?,
                (false, true) => return Err(Malformed),
                (false, false) => return Ok(at),
            }
        }
        Ok(at + usize::from(self.is(at, |c| matches!(c, b'j' | b'J'))))
    }
}
