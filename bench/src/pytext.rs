//! Text as Python sees it: white space, line splits, number and identifier tests (R1–R3, R70, S2, S91).
//!
//! Everything here imitates CPython exactly, because prefixes, targets and scores are defined by it. It is the only
//! place that does; no other module tests for white space or parses a number by hand.

use std::borrow::Cow;

/// Whether Python counts `c` as white space: Unicode `White_Space` plus U+001C–U+001F (R1, S2).
///
/// ```
/// assert!(bench::pytext::is_space('\u{1c}'));
/// assert!(!bench::pytext::is_space('\u{200b}'));
/// ```
pub fn is_space(c: char) -> bool {
    matches!(c, '\u{1c}'..='\u{1f}') || c.is_whitespace()
}

/// `text` without white space at either end, as `str.strip()` does.
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `text` without white space at its start, as `str.lstrip()` does.
pub fn strip_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

/// `text` without white space at its end, as `str.rstrip()` does.
pub fn strip_end(text: &str) -> &str {
    text.trim_end_matches(is_space)
}

/// The pieces of `text` between maximal runs of white space, never empty, as `str.split()` yields them.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|piece| !piece.is_empty())
}

/// `text` with every run of white space replaced by one blank and none at the ends (R2).
///
/// ```
/// assert_eq!(bench::pytext::collapse(" a\n\t b\u{1d}"), "a b");
/// ```
pub fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in words(text) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(piece);
    }
    out
}

/// The lines of `text` with their breaks, as `str.splitlines(keepends=True)` yields them (R3).
///
/// Breaks are LF, CR LF, CR, VT, FF, U+001C–U+001E, NEL, U+2028 and U+2029; a trailing break starts no empty line.
///
/// ```
/// let lines: Vec<_> = bench::pytext::lines_keepends("a\r\nb\u{c}c").collect();
/// assert_eq!(lines, ["a\r\n", "b\u{c}", "c"]);
/// ```
pub fn lines_keepends(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = rest.char_indices().find(|&(_, c)| is_line_break(c)).map_or(rest.len(), |(at, c)| {
            let after = at + c.len_utf8();
            if c == '\r' && rest[after..].starts_with('\n') { after + 1 } else { after }
        });
        let (line, tail) = rest.split_at(end);
        rest = tail;
        Some(line)
    })
}

/// The lines of `text` without their breaks, as `str.splitlines()` yields them (R3).
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    lines_keepends(text)
        .map(|line| line.strip_suffix("\r\n").unwrap_or_else(|| line.strip_suffix(is_line_break).unwrap_or(line)))
}

/// `text` with CR LF and lone CR turned into LF, as files opened in text mode arrive (R5).
pub fn universal_newlines(text: &str) -> Cow<'_, str> {
    if !text.contains('\r') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
}

/// `bytes` decoded as UTF-8 with invalid bytes dropped, as `errors="ignore"` does (R5).
///
/// ```
/// assert_eq!(bench::pytext::decode_ignore(b"a\xffb\xe2\x82"), "ab");
/// ```
pub fn decode_ignore(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()),
    }
}

/// `bytes` decoded as UTF-8 with every invalid sequence replaced by U+FFFD, as `errors="replace"` does (R5).
///
/// A sequence is as long as it could still have become a character; a byte-order mark stays.
///
/// ```
/// assert_eq!(bench::pytext::decode_replace(b"a\xffb\xe2\x82\xf0\x80"), "a\u{fffd}b\u{fffd}\u{fffd}\u{fffd}");
/// ```
pub fn decode_replace(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// The first `count` characters of `text`, or all of it (R6: a slice beyond the end is the whole line).
pub fn first_chars(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(at, _)| &text[..at])
}

/// Whether `text` is an identifier by Python's Unicode rules; keywords count (R69).
pub fn is_identifier(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c))
        && chars.all(unicode_ident::is_xid_continue)
}

/// Whether Python's `float(text)` accepts `text` (R70).
///
/// ```
/// use bench::pytext::is_float;
/// assert!(is_float(" 1_000.5e-3 ") && is_float("nan") && is_float("-Infinity") && is_float("٣.٥"));
/// assert!(!is_float("0x10") && !is_float("1__0") && !is_float("1j") && !is_float("_1"));
/// ```
pub fn is_float(text: &str) -> bool {
    let digits = normalise_digits(strip(text));
    let unsigned = digits.strip_prefix(['+', '-']).unwrap_or(&digits);
    let lower = unsigned.to_ascii_lowercase();
    if matches!(lower.as_str(), "inf" | "infinity" | "nan") {
        return true;
    }
    let (mantissa, exponent) = match lower.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (lower.as_str(), None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let fraction = fraction.unwrap_or("");
    if whole.is_empty() && fraction.is_empty() {
        return false;
    }
    [whole, fraction].iter().all(|part| part.is_empty() || is_digit_groups(part))
        && exponent.is_none_or(|e| is_digit_groups(e.strip_prefix(['+', '-']).unwrap_or(e)))
}

/// Whether Python's `int(text)` accepts `text` in base 10 (S91).
pub fn is_int(text: &str) -> bool {
    let digits = normalise_digits(strip(text));
    is_digit_groups(digits.strip_prefix(['+', '-']).unwrap_or(&digits))
}

/// Whether `c` is a decimal digit of any script, as `str.isdecimal()` and `\d` have it (S70).
pub fn is_decimal(c: char) -> bool {
    decimal_value(c).is_some()
}

/// Whether `c` is a word character, as `\w` has it (S70): a letter, any number, or `_`; combining marks are not.
///
/// Letters are those of the Unicode version of this toolchain.
///
/// ```
/// use bench::pytext::is_word;
/// assert!(is_word('é') && is_word('²') && is_word('Ⅷ') && is_word('\u{e33}'));
/// assert!(!is_word('\u{301}') && !is_word('Ⓐ') && !is_word('€'));
/// ```
pub fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    c.is_numeric() || c.is_alphabetic() && is_letter(c)
}

/// Whether an alphabetic character is a letter. Identifiers begin with letters, except those below; two marks also do.
fn is_letter(c: char) -> bool {
    let begins_none = matches!(
        c,
        '\u{37a}' | '\u{e33}' | '\u{eb3}' | '\u{2e2f}' | '\u{fc5e}'
            ..='\u{fc63}'
                | '\u{fdfa}'
                | '\u{fdfb}'
                | '\u{fe70}'
                | '\u{fe72}'
                | '\u{fe74}'
                | '\u{fe76}'
                | '\u{fe78}'
                | '\u{fe7a}'
                | '\u{fe7c}'
                | '\u{fe7e}'
                | '\u{ff9e}'
                | '\u{ff9f}'
    );
    begins_none || unicode_ident::is_xid_start(c) && !matches!(c, '\u{1885}' | '\u{1886}')
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Decimal digits of any script as ASCII digits; every other character unchanged.
fn normalise_digits(text: &str) -> String {
    text.chars().map(|c| decimal_value(c).map_or(c, |d| char::from(b'0' + d))).collect()
}

/// The value of a Unicode decimal digit (general category Nd). Nd characters come in runs of ten from zero to nine.
fn decimal_value(c: char) -> Option<u8> {
    if c.is_ascii_digit() {
        return Some(c as u8 - b'0');
    }
    let code = c as u32;
    let at = DIGIT_ZEROS.partition_point(|&zero| zero <= code);
    let zero = *DIGIT_ZEROS.get(at.checked_sub(1)?)?;
    u8::try_from(code - zero).ok().filter(|d| *d < 10)
}

/// Non-empty groups of ASCII digits joined by single underscores.
fn is_digit_groups(text: &str) -> bool {
    !text.is_empty() && text.split('_').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()))
}

/// The zero of every run of decimal digits beyond ASCII, ascending (Unicode 15.0, the data of CPython 3.12).
const DIGIT_ZEROS: &[u32] = &[
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0, 0xf20,
    0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0,
    0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x104a0, 0x10d30, 0x11066, 0x110f0, 0x11136, 0x111d0, 0x112f0,
    0x11450, 0x114d0, 0x11650, 0x116c0, 0x11730, 0x118e0, 0x11950, 0x11c50, 0x11d50, 0x11da0, 0x11f50, 0x16a60,
    0x16ac0, 0x16b50, 0x1d7ce, 0x1d7d8, 0x1d7e2, 0x1d7ec, 0x1d7f6, 0x1e140, 0x1e2f0, 0x1e4f0, 0x1e950, 0x1fbf0,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_python() {
        for text in ["1", "1_000", ".5", "5.", "1e5", "+1.5E-3", " inf ", "iNfInItY", "-nan", "٣"] {
            assert!(is_float(text), "{text}");
        }
        for text in ["", ".", "e5", "1e", "1_", "_1", "1__0", "0x1", "1_.5", "1._5", "1e_5", "infin", "+-1", "1 2"] {
            assert!(!is_float(text), "{text}");
        }
        assert!(is_int("-007") && is_int("1_0") && !is_int("1.0") && !is_int("- 5") && !is_int("0x1F"));
    }

    #[test]
    fn splitlines_follows_python() {
        assert_eq!(lines("a\u{b}b\u{2028}c\n").collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(lines("a\n\nb\r").collect::<Vec<_>>(), ["a", "", "b"]);
        assert_eq!(lines("").count(), 0);
    }

    /// What CPython 3.12 answers.
    #[test]
    fn invalid_sequences_are_replaced_one_by_one() {
        let cases: [(&[u8], &str); 9] = [
            (b"\xe2\x82", "\u{fffd}"),
            (b"\xe2\x82a", "\u{fffd}a"),
            (b"\xed\xa0\x80", "\u{fffd}\u{fffd}\u{fffd}"),
            (b"\xf4\x90\x80\x80", "\u{fffd}\u{fffd}\u{fffd}\u{fffd}"),
            (b"\xc0\xaf", "\u{fffd}\u{fffd}"),
            (b"\xf1\x80\x80x\r\n", "\u{fffd}x\r\n"),
            (b"\xef\xbb\xbfa", "\u{feff}a"),
            (b"\xe0\x80", "\u{fffd}\u{fffd}"),
            (b"\xc3\xc3\xa9", "\u{fffd}\u{e9}"),
        ];
        for (bytes, text) in cases {
            assert_eq!(decode_replace(bytes), text, "{bytes:x?}");
        }
    }

    #[test]
    fn slices_count_characters() {
        assert_eq!(first_chars("aéb", 2), "aé");
        assert_eq!(first_chars("aé", 9), "aé");
    }
}
