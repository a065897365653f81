//! Texts as tokens: what leaks are told by.
//!
//! A token is a longest run of word characters or any other single character; white space separates tokens and is none.
//! String literals are cut like everything else, so that a text is the same in and out of quotes. That is coarser than
//! Python's lexemes and needs none of their context: any piece of a text, a diff included, can be cut.

use crate::pytext::{is_space, is_word};

/// The tokens of `text`.
pub(super) fn tokens(text: &str) -> Tokens<'_> {
    Tokens { rest: text }
}

/// The tokens of a text that are still to come.
#[derive(Debug, Clone)]
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let text = self.rest.trim_start_matches(is_space);
        let bytes = text.as_bytes();
        // Nearly all text is ASCII, where a byte is enough to tell.
        let run = bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
        let end = match bytes.get(run) {
            Some(next) if next.is_ascii() => run.max(1),
            _ => run + text[run..].find(|c| !is_word(c)).unwrap_or(text.len() - run),
        };
        let end = if end == 0 { text.chars().next()?.len_utf8() } else { end };
        let (token, rest) = text.split_at(end);
        self.rest = rest;
        Some(token)
    }
}

/// A number for a token or a line; the same on every machine. Two share one by chance only: once in 2^64 pairs.
pub(super) fn number(text: &str) -> u64 {
    // FNV-1a, then the finaliser of SplitMix64, because the upper bits of the former are weak.
    let sum = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |sum: u64, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mixed(sum)
}

/// `value` with all bits depending on all bits.
pub(super) fn mixed(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// A number for a list of texts that only lists made in order to deceive share by more than chance.
pub(crate) fn key(texts: &[&str]) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for text in texts {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    }
    let mut bytes = [0; 8];
    hasher.finalize_xof().fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_and_marks() {
        let cut: Vec<&str> = tokens(" a_1.b(\"é x\", -2)\n\u{1c}#").collect();
        assert_eq!(cut, ["a_1", ".", "b", "(", "\"", "é", "x", "\"", ",", "-", "2", ")", "#"]);
        assert_eq!(tokens("\n \t").count(), 0);
        assert_eq!(tokens("aé_1€é€ab").collect::<Vec<_>>(), ["aé_1", "€", "é", "€", "ab"]);
    }

    proptest! {
        /// What is told by bytes is what is told by characters.
        #[test]
        fn bytes_tell_as_much_as_characters(text in "[a_1( é€²\u{301}\u{1c}\n]{0,12}") {
            let mut cut = Vec::new();
            let mut rest = text.trim_start_matches(is_space);
            while let Some(first) = rest.chars().next() {
                let word = || rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let (token, more) = rest.split_at(if is_word(first) { word() } else { first.len_utf8() });
                cut.push(token);
                rest = more.trim_start_matches(is_space);
            }
            prop_assert_eq!(tokens(&text).collect::<Vec<_>>(), cut);
        }
    }

    #[test]
    fn numbers_are_the_same_everywhere() {
        assert_eq!(number(""), mixed(0xcbf2_9ce4_8422_2325));
        assert_ne!(number("ab"), number("ba"));
        assert_ne!(key(&["a", "b"]), key(&["ab"]));
    }
}
