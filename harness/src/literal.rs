//! Where a string literal ends, replacement fields of f-strings included.
//!
//! Fields are read as Python 3.12 does, so a literal inside one may reuse the outer quote; for valid text of older
//! versions this makes no difference.

/// Whether `word` in front of a quote is part of the literal; if so, whether the literal holds replacement fields.
pub(crate) fn prefix(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "r" | "u" | "b" | "br" | "rb" => Some(false),
        "f" | "t" | "fr" | "rf" | "tr" | "rt" => Some(true),
        _ => None,
    }
}

/// How a literal is delimited.
#[derive(Clone, Copy)]
struct Quote {
    byte: u8,
    triple: bool,
}

impl Quote {
    /// The delimiter that `bytes` begin with.
    fn opening(bytes: &[u8]) -> Self {
        Self { byte: bytes[0], triple: bytes.len() > 2 && bytes[1] == bytes[0] && bytes[2] == bytes[0] }
    }

    fn length(self) -> usize {
        if self.triple { 3 } else { 1 }
    }

    fn closes(self, bytes: &[u8]) -> bool {
        bytes.len() >= self.length() && bytes[..self.length()].iter().all(|&byte| byte == self.byte)
    }

    /// Whether the line break `byte` ends the literal unclosed.
    fn breaks(self, byte: u8) -> bool {
        !self.triple && matches!(byte, b'\n' | b'\r')
    }
}

/// Where the scan of a literal stands. Replacement fields hold code, which holds literals, which hold fields.
enum Inside {
    /// The characters of a literal.
    Literal { quote: Quote, formatted: bool },
    /// A replacement field, with its own bracket depth.
    Field { quote: Quote, depth: usize },
    /// The format of a field, after its colon.
    Format { quote: Quote },
}

/// The end in bytes of the literal whose quote stands at `at`. Delimiters are ASCII, so bytes suffice.
pub(crate) fn end(text: &str, at: usize, formatted: bool) -> usize {
    let bytes = text.as_bytes();
    let quote = Quote::opening(&bytes[at..]);
    let mut at = at + quote.length();
    let mut stack = vec![Inside::Literal { quote, formatted }];
    while let (Some(inside), Some(&byte)) = (stack.pop(), bytes.get(at)) {
        at += match inside {
            Inside::Literal { quote, formatted } => in_literal(&bytes[at..], quote, formatted, &mut stack),
            Inside::Field { quote, depth } => in_field(bytes, at, quote, depth, &mut stack),
            Inside::Format { quote } if quote.closes(&bytes[at..]) || quote.breaks(byte) || byte == b'}' => {
                usize::from(byte == b'}')
            }
            Inside::Format { quote } => {
                stack.push(Inside::Format { quote });
                if byte == b'{' {
                    stack.push(Inside::Field { quote, depth: 0 });
                }
                1
            }
        };
        if stack.is_empty() {
            return at.min(bytes.len());
        }
    }
    bytes.len()
}

/// One step in the characters of a literal: its length, with `stack` set for the next.
fn in_literal(bytes: &[u8], quote: Quote, formatted: bool, stack: &mut Vec<Inside>) -> usize {
    if quote.closes(bytes) {
        return quote.length();
    }
    if quote.breaks(bytes[0]) {
        return 0;
    }
    stack.push(Inside::Literal { quote, formatted });
    match bytes {
        [b'\\', b'\r', b'\n', ..] => 3,
        [b'\\', b'N', b'{', ..] if formatted => 3,
        [b'\\', b'{' | b'}', ..] if formatted => 1,
        [b'\\', _, ..] => 2,
        [b'{', b'{', ..] | [b'}', b'}', ..] if formatted => 2,
        [b'{', ..] if formatted => {
            stack.push(Inside::Field { quote, depth: 0 });
            1
        }
        _ => 1,
    }
}

/// One step in a replacement field: its length, with `stack` set for the next.
fn in_field(text: &[u8], at: usize, quote: Quote, depth: usize, stack: &mut Vec<Inside>) -> usize {
    let stay = |depth| Inside::Field { quote, depth };
    match text[at] {
        b'}' if depth == 0 => return 1,
        b':' if depth == 0 => stack.push(Inside::Format { quote }),
        b')' | b']' | b'}' => stack.push(stay(depth.saturating_sub(1))),
        b'(' | b'[' | b'{' => stack.push(stay(depth + 1)),
        b'\'' | b'"' => {
            stack.push(stay(depth));
            let quote = Quote::opening(&text[at..]);
            stack.push(Inside::Literal { quote, formatted: is_formatted(&text[..at]) });
            return quote.length();
        }
        _ => stack.push(stay(depth)),
    }
    1
}

/// Whether a quote after `before` opens a literal with replacement fields.
fn is_formatted(before: &[u8]) -> bool {
    let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').take(3).count();
    let word = str::from_utf8(&before[before.len() - letters..]).unwrap_or("");
    prefix(word) == Some(true)
}
