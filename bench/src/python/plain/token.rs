//! The tokens of plain expressions.

use super::kinds::Kind;

/// A token, in bytes of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
    /// Whether it is a name that could begin a statement of its own elsewhere.
    pub(super) is_soft: bool,
}

/// Words that the grammar gives a meaning that plain expressions do not have.
const REFUSED: [&[u8]; 25] = [
    b"as",
    b"assert",
    b"async",
    b"await",
    b"break",
    b"case",
    b"class",
    b"continue",
    b"def",
    b"del",
    b"elif",
    b"except",
    b"finally",
    b"for",
    b"from",
    b"global",
    b"import",
    b"lambda",
    b"nonlocal",
    b"pass",
    b"raise",
    b"return",
    b"try",
    b"while",
    b"with",
];

/// Words of some statements, which are names where no statement can begin.
const SOFT: [&[u8]; 4] = [b"exec", b"match", b"print", b"type"];

/// Fills `tokens` with those of `text`; `None` if it has any that is not plain.
///
/// Plain are ASCII names, decimal numbers, one-line strings without replacement fields, operators and blanks. Strings may
/// hold any character but a line feed.
pub(super) fn tokenise(text: &str, tokens: &mut Vec<Token>) -> Option<()> {
    tokens.clear();
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        if first == b' ' {
            at += 1;
            continue;
        }
        let after_dot = tokens.last().is_some_and(|token| token.kind == Kind::DOT);
        let (kind, end) = token(bytes, at, first, after_dot)?;
        let is_soft = kind == Kind::IDENTIFIER && SOFT.contains(&&bytes[at..end]);
        tokens.push(Token { kind, start: place(at)?, end: place(end)?, is_soft });
        at = end;
    }
    Some(())
}

fn place(at: usize) -> Option<u32> {
    u32::try_from(at).ok()
}

fn token(bytes: &[u8], at: usize, first: u8, after_dot: bool) -> Option<(Kind, usize)> {
    match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'_' => word(bytes, at, after_dot),
        b'0'..=b'9' => number(bytes, at),
        b'.' if bytes.get(at + 1).is_some_and(u8::is_ascii_digit) => number(bytes, at),
        b'"' | b'\'' => Some((Kind::STRING, string_end(bytes, at)?)),
        _ => operator(bytes, at, first),
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn word(bytes: &[u8], at: usize, after_dot: bool) -> Option<(Kind, usize)> {
    let length = bytes[at..].iter().take_while(|&&byte| is_word(byte)).count();
    let end = at + length;
    match bytes.get(end) {
        Some(0x80..) => return None,
        Some(b'"' | b'\'') => {
            return Some((Kind::STRING, prefixed_end(bytes, at, end)?));
        }
        _ => {}
    }
    let kind = match &bytes[at..end] {
        b"in" => Kind::WORD_IN,
        b"is" => Kind::WORD_IS,
        b"if" => Kind::WORD_IF,
        b"or" => Kind::WORD_OR,
        b"and" => Kind::WORD_AND,
        b"not" => Kind::WORD_NOT,
        b"else" => Kind::WORD_ELSE,
        b"None" => Kind::NONE,
        b"True" => Kind::TRUE,
        b"False" => Kind::FALSE,
        b"yield" => return None,
        word if SOFT.contains(&word) => (after_dot || is_assigned(bytes, end)).then_some(Kind::IDENTIFIER)?,
        word if length < 9 && REFUSED.contains(&word) => return None,
        _ => Kind::IDENTIFIER,
    };
    Some((kind, end))
}

/// Whether `=` follows.
fn is_assigned(bytes: &[u8], at: usize) -> bool {
    let mut rest = bytes[at..].iter().skip_while(|&&byte| byte == b' ');
    rest.next() == Some(&b'=') && rest.next() != Some(&b'=')
}

fn number(bytes: &[u8], at: usize) -> Option<(Kind, usize)> {
    let digits = |from: usize| from + bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(at);
    let mut kind = Kind::INTEGER;
    if bytes.get(end) == Some(&b'.') {
        kind = Kind::FLOAT;
        end = digits(end + 1);
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        kind = Kind::FLOAT;
        end += 1 + usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        bytes.get(end).filter(|byte| byte.is_ascii_digit())?;
        end = digits(end);
    }
    match bytes.get(end) {
        Some(&byte) if is_word(byte) || byte == b'.' || byte >= 0x80 => None,
        _ => Some((kind, end)),
    }
}

/// The end of the string whose prefix is at `at` and whose quote is at `quote`.
fn prefixed_end(bytes: &[u8], at: usize, quote: usize) -> Option<usize> {
    let end = string_end(bytes, quote)?;
    let holds = |refused: &[u8]| bytes[quote..end].iter().any(|byte| refused.contains(byte));
    let is_plain = match bytes[at..quote].to_ascii_lowercase().as_slice() {
        b"b" | b"u" => true,
        b"r" | b"br" | b"rb" => !holds(b"\\"),
        b"f" => !holds(b"{}\\"),
        _ => false,
    };
    is_plain.then_some(end)
}

/// The end of the string whose quote is at `at`, if it ends in its line and is not one of three quotes.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let quote = bytes[at];
    if bytes.get(at + 1) == Some(&quote) {
        return (bytes.get(at + 2) != Some(&quote)).then_some(at + 2);
    }
    let mut end = at + 1;
    loop {
        match *bytes.get(end)? {
            byte if byte == quote => return Some(end + 1),
            b'\n' | b'\r' | 0 => return None,
            b'\\' => {
                // The escapes whose length is known; the grammar reads others in ways of its own.
                matches!(bytes.get(end + 1)?, b'n' | b't' | b'r' | b'\\' | b'\'' | b'"').then_some(())?;
                end += 2;
            }
            _ => end += 1,
        }
    }
}

fn operator(bytes: &[u8], at: usize, first: u8) -> Option<(Kind, usize)> {
    let second = bytes.get(at + 1).copied().unwrap_or(0);
    let third = bytes.get(at + 2).copied().unwrap_or(0);
    let (kind, length) = match (first, second, third) {
        (b'*', b'*', b'=') | (b'/', b'/', b'=') | (b'<', b'<', b'=') | (b'>', b'>', b'=') => return None,
        (b'.', b'.', b'.') => (Kind::ELLIPSIS, 3),
        (b'*', b'*', _) => (Kind::POWER, 2),
        (b'/', b'/', _) => (Kind::FLOOR, 2),
        (b'<', b'<', _) => (Kind::LEFT, 2),
        (b'>', b'>', _) => (Kind::RIGHT, 2),
        (b'<', b'=', _) => (Kind::LESS_EQUAL, 2),
        (b'>', b'=', _) => (Kind::GREATER_EQUAL, 2),
        (b'=', b'=', _) => (Kind::EQUAL, 2),
        (b'!', b'=', _) => (Kind::NOT_EQUAL, 2),
        (b'<', b'>', _)
        | (b'-', b'>' | b'=', _)
        | (b'+' | b'*' | b'/' | b'%' | b'@' | b'|' | b'&' | b'^' | b':', b'=', _) => {
            return None;
        }
        (b'(', ..) => (Kind::OPEN, 1),
        (b')', ..) => (Kind::CLOSE, 1),
        (b'[', ..) => (Kind::OPEN_SQUARE, 1),
        (b']', ..) => (Kind::CLOSE_SQUARE, 1),
        (b'{', ..) => (Kind::OPEN_CURLY, 1),
        (b'}', ..) => (Kind::CLOSE_CURLY, 1),
        (b',', ..) => (Kind::COMMA, 1),
        (b'.', ..) => (Kind::DOT, 1),
        (b':', ..) => (Kind::COLON, 1),
        (b'=', ..) => (Kind::ASSIGN, 1),
        (b'+', ..) => (Kind::PLUS, 1),
        (b'-', ..) => (Kind::MINUS, 1),
        (b'*', ..) => (Kind::TIMES, 1),
        (b'/', ..) => (Kind::DIVIDE, 1),
        (b'%', ..) => (Kind::MODULO, 1),
        (b'@', ..) => (Kind::AT, 1),
        (b'|', ..) => (Kind::OR_BITS, 1),
        (b'&', ..) => (Kind::AND_BITS, 1),
        (b'^', ..) => (Kind::XOR, 1),
        (b'~', ..) => (Kind::TILDE, 1),
        (b'<', ..) => (Kind::LESS, 1),
        (b'>', ..) => (Kind::GREATER, 1),
        _ => return None,
    };
    Some((kind, at + length))
}
