//! What the hashed encoder sees in a text: words, parts of words, and pairs of words, as 64-bit numbers.

use crate::context::words;

/// The words of a text and what each contributes.
#[derive(Debug, Default)]
pub(super) struct Features {
    /// The features of all words, word by word.
    hashes: Vec<u64>,
    /// Where those of each word begin in `hashes`.
    starts: Vec<usize>,
}

/// Kinds of features, so that a part is not taken for a word.
#[derive(Clone, Copy)]
enum Kind {
    Word = 1,
    Part = 2,
    Pair = 3,
}

impl Features {
    /// The features of `text`. A word is an identifier or a run of digits, whatever its case; its parts are what
    /// underscores and capitals divide it into; a pair is a word and the one before it.
    pub(super) fn of(text: &str) -> Self {
        let mut features = Self::default();
        let mut before = None;
        for word in words(text) {
            features.starts.push(features.hashes.len());
            let whole = folded(word);
            features.hashes.push(mixed(whole, Kind::Word));
            let parts = parts(word);
            if parts.clone().nth(1).is_some() {
                features.hashes.extend(parts.map(|part| mixed(folded(part), Kind::Part)));
            }
            if let Some(before) = before.replace(whole) {
                features.hashes.push(mixed(scrambled(before) ^ whole, Kind::Pair));
            }
        }
        features
    }

    /// Words of the text.
    pub(super) fn words(&self) -> usize {
        self.starts.len()
    }

    /// The features of the words in `range`, ascending, each with how often it occurs.
    pub(super) fn counted(&self, range: std::ops::Range<usize>) -> Vec<(u64, usize)> {
        let end = self.starts.get(range.end).copied().unwrap_or(self.hashes.len());
        let mut hashes = self.starts.get(range.start).map_or(&[][..], |&start| &self.hashes[start..end]).to_vec();
        hashes.sort_unstable();
        hashes.chunk_by(|a, b| a == b).map(|equal| (equal[0], equal.len())).collect()
    }
}

/// The parts of an identifier: between underscores, and before a capital that follows something else.
fn parts(word: &str) -> impl Iterator<Item = &str> + Clone {
    word.split('_').flat_map(|piece| {
        let mut rest = piece;
        std::iter::from_fn(move || {
            let mut lower = false;
            let cut = rest.char_indices().find(|(_, c)| {
                let begins = lower && c.is_uppercase();
                lower = !c.is_uppercase();
                begins
            });
            let (part, after) = rest.split_at(cut.map_or(rest.len(), |(at, _)| at));
            rest = after;
            (!part.is_empty()).then_some(part)
        })
    })
}

/// FNV-1a over the bytes of `word` in lower case: the same on every machine.
fn folded(word: &str) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    let start = 0xcbf2_9ce4_8422_2325;
    if word.is_ascii() {
        return word.bytes().fold(start, |hash, byte| step(hash, byte.to_ascii_lowercase()));
    }
    let mut buffer = [0; 4];
    word.chars().flat_map(char::to_lowercase).fold(start, |hash, c| c.encode_utf8(&mut buffer).bytes().fold(hash, step))
}

fn mixed(hash: u64, kind: Kind) -> u64 {
    scrambled(hash.wrapping_add((kind as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// A bijection after which every bit depends on all (the finaliser of `SplitMix64`).
pub(super) fn scrambled(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_fall_apart_at_underscores_and_capitals() {
        let of = |word| parts(word).collect::<Vec<_>>();
        assert_eq!(of("readHTTPResponse_code2"), ["read", "HTTPResponse", "code2"]);
        assert_eq!(of("__init__"), ["init"]);
        assert_eq!(of("größeÄndern"), ["größe", "Ändern"]);
        assert_eq!(of("_"), [""; 0]);
    }

    #[test]
    fn case_does_not_matter_and_order_does_in_pairs_alone() {
        let of = |text| Features::of(text).counted(0..2);
        assert_eq!(of("Alpha beta"), of("alpha BETA"));
        let (ab, ba) = (of("a b"), of("b a"));
        assert_eq!((ab.len(), ab.iter().filter(|feature| ba.contains(feature)).count()), (3, 2));
        assert_eq!(of("a a").iter().map(|(_, count)| count).max(), Some(&2));
    }

    #[test]
    fn a_range_has_the_features_of_its_words() {
        let features = Features::of("alpha beta_gamma delta");
        assert_eq!(features.words(), 3);
        let count = |range| features.counted(range).len();
        assert_eq!([count(0..1), count(1..2), count(2..3), count(0..3)], [1, 4, 2, 7]);
        assert_eq!(Features::of("()").counted(0..0), []);
    }

    /// What a word is hashed to is part of every stored vector.
    #[test]
    fn hashes_are_fixed() {
        assert_eq!(folded(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(folded("A"), 0xaf63_dc4c_8601_ec8c, "the published value for `a`");
        assert_eq!(scrambled(0), 0);
    }
}
