//! Python text as lexemes, for text that need not be Python: what a tokenizer sees before it judges.
//!
//! Every character belongs to exactly one lexeme, in order. Broken text has lexemes as well: a quote that is never
//! closed ends with its line (or with the text, if triple).

use bench::pytext::is_space;

use crate::literal;

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
        '\'' | '"' => (Kind::Literal, literal::end(rest, 0, false)),
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
    match (literal::prefix(&rest[..end]), rest.as_bytes().get(end)) {
        (Some(formatted), Some(b'\'' | b'"')) => (Kind::Literal, literal::end(rest, end, formatted)),
        _ => (Kind::Word, end),
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
