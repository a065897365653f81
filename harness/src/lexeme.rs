//! Python text as lexemes, for text that need not be Python: what a tokenizer sees before it judges.
//!
//! Every character belongs to exactly one lexeme, in order. Broken text has lexemes as well: a quote that is never
//! closed ends with its line (or with the text, if triple).

use bench::pytext::is_space;

/// What a lexeme is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space within a line, or a backslash that joins lines (its line break may have been collapsed to a blank).
    Blank,
    /// LF, CR LF or CR.
    LineBreak,
    /// From `#` up to a line break. A `#` that no line break follows is an [`Kind::Operator`].
    Comment,
    /// A string literal with its prefix.
    Literal,
    /// A name, keyword or number.
    Word,
    /// `(`, `[` or `{`.
    Open,
    /// `)`, `]` or `}`.
    Close,
    /// An operator, or any other single character.
    Operator,
}

/// A piece of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lexeme<'a> {
    /// What it is.
    pub(crate) kind: Kind,
    /// The piece.
    pub(crate) text: &'a str,
}

/// Operators of more than one character, longest first.
const OPERATORS: [&str; 25] = [
    "**=", "//=", "<<=", ">>=", "...", "**", "//", "<<", ">>", "<=", ">=", "==", "!=", ":=", "->", "+=", "-=", "*=",
    "/=", "%=", "&=", "|=", "^=", "@=", "<>",
];

/// The lexemes of `text`.
pub(crate) fn lexemes(text: &str) -> impl Iterator<Item = Lexeme<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let (kind, length) = next(rest, first);
        let (piece, tail) = rest.split_at(length);
        rest = tail;
        Some(Lexeme { kind, text: piece })
    })
}

/// Kind and length in bytes of the lexeme that `rest` begins with.
fn next(rest: &str, first: char) -> (Kind, usize) {
    match first {
        '\n' => (Kind::LineBreak, 1),
        '\r' => (Kind::LineBreak, if rest.starts_with("\r\n") { 2 } else { 1 }),
        '\\' => backslash(rest),
        '#' => rest.find(['\n', '\r']).map_or((Kind::Operator, 1), |end| (Kind::Comment, end)),
        '(' | '[' | '{' => (Kind::Open, 1),
        ')' | ']' | '}' => (Kind::Close, 1),
        '\'' | '"' => (Kind::Literal, literal_end(rest, 0, false)),
        c if is_space(c) => {
            (Kind::Blank, rest.find(|c| !is_space(c) || matches!(c, '\n' | '\r')).unwrap_or(rest.len()))
        }
        c if c.is_ascii_digit() || starts_fraction(rest) => (Kind::Word, number_end(rest)),
        c if is_word(c) => word(rest),
        c => (Kind::Operator, operator_length(rest).unwrap_or(c.len_utf8())),
    }
}

fn is_word(c: char) -> bool {
    unicode_ident::is_xid_continue(c)
}

fn starts_fraction(rest: &str) -> bool {
    rest.as_bytes()[0] == b'.' && rest.as_bytes().get(1).is_some_and(u8::is_ascii_digit)
}

fn operator_length(rest: &str) -> Option<usize> {
    OPERATORS.iter().find(|operator| rest.starts_with(**operator)).map(|operator| operator.len())
}

fn backslash(rest: &str) -> (Kind, usize) {
    let tail = &rest[1..];
    if tail.starts_with("\r\n") {
        return (Kind::Blank, 3);
    }
    match tail.chars().next() {
        Some('\n' | '\r') => (Kind::Blank, 2),
        Some(c) if !is_space(c) => (Kind::Operator, 1),
        _ => (Kind::Blank, 1),
    }
}

fn word(rest: &str) -> (Kind, usize) {
    let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    match (prefix(&rest[..end]), rest.as_bytes().get(end)) {
        (Some(formatted), Some(b'\'' | b'"')) => (Kind::Literal, literal_end(rest, end, formatted)),
        _ => (Kind::Word, end),
    }
}

/// Whether `word` in front of a quote is part of the literal; if so, whether the literal holds replacement fields.
fn prefix(word: &str) -> Option<bool> {
    match word.to_ascii_lowercase().as_str() {
        "r" | "u" | "b" | "br" | "rb" => Some(false),
        "f" | "t" | "fr" | "rf" | "tr" | "rt" => Some(true),
        _ => None,
    }
}

/// The end of a number: a based integer, or digits with an optional fraction, exponent and imaginary unit.
fn number_end(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let digits = |from: usize| from + bytes[from..].iter().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
    if let [b'0', b'x' | b'X' | b'o' | b'O' | b'b' | b'B', ..] = bytes {
        return 2 + bytes[2..].iter().take_while(|byte| byte.is_ascii_hexdigit() || **byte == b'_').count();
    }
    let mut end = digits(0);
    if bytes.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    end = match &bytes[end..] {
        [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..] => digits(end + 2),
        [b'e' | b'E', b'0'..=b'9', ..] => digits(end + 1),
        _ => end,
    };
    end + usize::from(matches!(bytes.get(end), Some(b'j' | b'J')))
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
fn literal_end(text: &str, at: usize, formatted: bool) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str) -> Vec<&str> {
        let dropped = [Kind::Blank, Kind::LineBreak, Kind::Comment];
        lexemes(text).filter(|lexeme| !dropped.contains(&lexeme.kind)).map(|lexeme| lexeme.text).collect()
    }

    #[derive(serde::Deserialize)]
    struct Row {
        text: String,
        tokens: Vec<String>,
    }

    #[test]
    fn lexemes_are_the_tokens_of_python() {
        let rows = include_str!("../tests/golden/lexemes.jsonl").lines();
        let rows: Vec<Row> = rows.map(|line| serde_json::from_str(line).unwrap()).collect();
        let different: Vec<String> = rows
            .iter()
            .filter(|row| kept(&format!("{}\n", row.text)) != row.tokens)
            .map(|row| format!("{}\n  {:?}\n  {:?}", row.text, kept(&row.text), row.tokens))
            .collect();
        assert!(different.is_empty(), "{} of {}:\n{}", different.len(), rows.len(), different.join("\n"));
    }

    #[test]
    fn literals_are_one_lexeme() {
        for text in [
            "'a'",
            r"'\''",
            r"r'\''",
            "\"\"\"a\n\"b\"\"\"",
            "rb'x'",
            "F'{x}'",
            "f'{d[\"a\"]}'",
            "f'{d['a']}'",
            "f'{{'",
            "''",
            "f'{x:{w}}'",
            "f'{x:%H:%M}'",
            "f'{f'{f'{1}'}'}'",
            "f\"{x!r:>{w['a']}}\"",
            "f'\\N{BULLET}'",
            "\"\"\"#\"\"\"",
        ] {
            assert_eq!(kept(text), [text], "{text}");
        }
    }

    #[test]
    fn unclosed_literals_end_with_their_line() {
        assert_eq!(kept("'ab\ncd"), ["'ab", "cd"]);
        assert_eq!(kept("'''ab\ncd"), ["'''ab\ncd"]);
        assert_eq!(kept("'ab\\\ncd' e"), ["'ab\\\ncd'", "e"]);
        assert_eq!(kept("'é\\"), ["'é\\"]);
    }

    #[test]
    fn words_numbers_and_operators() {
        assert_eq!(
            kept("a.b**-1e-5//0xe-1if 2.j.x"),
            ["a", ".", "b", "**", "-", "1e-5", "//", "0xe", "-", "1", "if", "2.j", ".", "x"]
        );
        assert_eq!(kept("x in'a' if.5<=y"), ["x", "in", "'a'", "if", ".5", "<=", "y"]);
        assert_eq!(kept("a \\\n + b \\ c \\d"), ["a", "+", "b", "c", "\\", "d"]);
    }

    #[test]
    fn comments_need_a_line_break() {
        assert_eq!(kept("[1, # one\n 2]"), ["[", "1", ",", "2", "]"]);
        assert_eq!(kept("[1, # one 2]"), ["[", "1", ",", "#", "one", "2", "]"]);
    }
}
