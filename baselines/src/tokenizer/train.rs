//! Learning a byte-level BPE vocabulary from texts.
//!
//! The trainer of the tokenizer library keeps its queue in the order of randomly seeded hash maps, and where one token
//! can arise from two different pairs the outcome may depend on it. Here every choice has a total order: the most
//! frequent pair, and among equals the one whose ids are smallest. So equal texts give equal bytes, on any machine and
//! at any number of threads.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use rayon::prelude::*;
use tokenizers::decoders::byte_level::ByteLevel;
use tokenizers::models::bpe::{BPE, Vocab};
use tokenizers::pre_tokenizers::PreTokenizerWrapper;
use tokenizers::pre_tokenizers::sequence::Sequence;
use tokenizers::pre_tokenizers::split::{Split, SplitPattern};
use tokenizers::{AddedToken, OffsetReferential, OffsetType, PreTokenizedString, PreTokenizer, SplitDelimiterBehavior};

use super::{SPECIAL, Tokenizer};
use crate::error::{Error, Result};

/// How the Qwen2 family cuts text into words before merging: contractions, letters with the character before them,
/// single digits, punctuation, line ends, other space.
const WORDS: &str =
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";
/// Single bytes, which come first.
const BYTES: usize = 256;

/// A pair of neighbouring tokens.
type Pair = (u32, u32);

/// Learns a tokenizer of `vocab_size` tokens (256 bytes, merges, then [`SPECIAL`]); fewer if the texts hold too few
/// different pairs. Texts are not normalised, so that decoding gives back every byte.
///
/// # Errors
/// If `vocab_size` has no room for bytes and special tokens.
pub fn train(texts: &[&str], vocab_size: usize) -> Result<Tokenizer> {
    let Some(merges) = vocab_size.checked_sub(BYTES + SPECIAL.len()) else {
        let reason = format!("{BYTES} bytes and {} special tokens need room", SPECIAL.len());
        return Err(Error::option("vocab_size", vocab_size, reason));
    };
    let failed = |error: tokenizers::Error| Error::tokenizer("make a tokenizer", &*error);
    let words = pre_tokenizer().map_err(failed)?;
    let counts = count_words(&words, texts)?;
    let (tokens, merges) = learn(&counts, merges);
    let vocabulary: Vocab = tokens.iter().cloned().zip(0..).collect();
    let named = merges.iter().map(|&(a, b)| (tokens[a as usize].clone(), tokens[b as usize].clone())).collect();
    let model = BPE::builder().vocab_and_merges(vocabulary, named).build().map_err(failed)?;
    let mut inner = tokenizers::Tokenizer::new(model);
    inner.with_pre_tokenizer(Some(words));
    inner.with_decoder(Some(ByteLevel::new(false, false, false)));
    let special = SPECIAL.map(|token| AddedToken::from(token, true).normalized(false));
    inner.add_special_tokens(special).map_err(failed)?;
    let end = u32::try_from(tokens.len()).expect("because ids fit in 32 bits");
    Tokenizer::new(inner, end, end)
}

fn pre_tokenizer() -> tokenizers::Result<PreTokenizerWrapper> {
    let split = Split::new(SplitPattern::Regex(WORDS.to_owned()), SplitDelimiterBehavior::Isolated, false)?;
    let bytes = ByteLevel::new(false, false, false);
    Ok(Sequence::new(vec![split.into(), bytes.into()]).into())
}

/// How often each word occurs, words in the alphabet of [`alphabet`].
fn count_words(words: &PreTokenizerWrapper, texts: &[&str]) -> Result<BTreeMap<String, i64>> {
    let count = |text: &&str| -> Result<BTreeMap<String, i64>> {
        let mut cut = PreTokenizedString::from(*text);
        words.pre_tokenize(&mut cut).map_err(|error| Error::tokenizer("cut a text into words", &*error))?;
        let mut counts = BTreeMap::new();
        for (word, _, _) in cut.get_splits(OffsetReferential::Original, OffsetType::None) {
            *counts.entry(word.to_owned()).or_default() += 1;
        }
        Ok(counts)
    };
    let sum = |mut all: BTreeMap<String, i64>, some: BTreeMap<String, i64>| {
        for (word, count) in some {
            *all.entry(word).or_default() += count;
        }
        all
    };
    texts.par_iter().map(count).try_reduce(BTreeMap::new, |a, b| Ok(sum(a, b)))
}

/// The printable stand-in of each byte, in the order of the ids: printable Latin-1 stands for itself, the others for
/// the characters from U+0100 on.
fn alphabet() -> Vec<char> {
    let printable = |byte: &u32| matches!(byte, 0x21..=0x7e | 0xa1..=0xac | 0xae..=0xff);
    let others = (0..).take((0..256).filter(|byte| !printable(byte)).count()).map(|index| 0x100 + index);
    (0..256)
        .filter(printable)
        .chain(others)
        .map(|code| char::from_u32(code).expect("because these are letters"))
        .collect()
}

/// The words while they are merged, and where each pair occurs.
struct Corpus {
    words: Vec<Vec<u32>>,
    counts: Vec<i64>,
    pairs: BTreeMap<Pair, i64>,
    places: BTreeMap<Pair, BTreeSet<usize>>,
    queue: BinaryHeap<(i64, Reverse<Pair>)>,
}

/// At most `limit` merges: all tokens by id, and the merges in the order in which they apply.
fn learn(words: &BTreeMap<String, i64>, limit: usize) -> (Vec<String>, Vec<Pair>) {
    let mut tokens: Vec<String> = alphabet().into_iter().map(String::from).collect();
    let mut ids: BTreeMap<String, u32> = tokens.iter().cloned().zip(0..).collect();
    let mut corpus = Corpus::new(words, &ids);
    let mut merges = Vec::with_capacity(limit);
    while tokens.len() < BYTES + limit {
        let Some(pair) = corpus.most_frequent() else { break };
        let text = format!("{}{}", tokens[pair.0 as usize], tokens[pair.1 as usize]);
        let next = u32::try_from(tokens.len()).expect("because ids fit in 32 bits");
        let id = *ids.entry(text.clone()).or_insert(next);
        if id == next {
            tokens.push(text);
        }
        merges.push(pair);
        corpus.merge(pair, id);
    }
    (tokens, merges)
}

impl Corpus {
    fn new(words: &BTreeMap<String, i64>, ids: &BTreeMap<String, u32>) -> Self {
        let mut letter = String::new();
        let mut spell = |word: &String| -> Vec<u32> {
            let of = |character: char| {
                letter.clear();
                letter.push(character);
                ids[letter.as_str()]
            };
            word.chars().map(of).collect()
        };
        let mut corpus = Self {
            words: words.keys().map(&mut spell).collect(),
            counts: words.values().copied().collect(),
            pairs: BTreeMap::new(),
            places: BTreeMap::new(),
            queue: BinaryHeap::new(),
        };
        for word in 0..corpus.words.len() {
            corpus.count(word, 1);
        }
        corpus.queue = corpus.pairs.iter().map(|(&pair, &count)| (count, Reverse(pair))).collect();
        corpus
    }

    /// Adds (`sign` 1) or takes away (−1) the pairs of a word.
    fn count(&mut self, word: usize, sign: i64) {
        for pair in self.words[word].windows(2).map(|pair| (pair[0], pair[1])) {
            *self.pairs.entry(pair).or_default() += sign * self.counts[word];
            let places = self.places.entry(pair).or_default();
            if sign > 0 {
                places.insert(word);
            } else {
                places.remove(&word);
            }
        }
    }

    /// The pair to merge next, if one occurs at least twice: a merge that is used once saves nothing. The queue holds
    /// outdated counts; those are skipped, because every change of a count has queued the pair anew.
    fn most_frequent(&mut self) -> Option<Pair> {
        while let Some((count, Reverse(pair))) = self.queue.pop() {
            if count < 2 {
                return None;
            }
            if self.pairs.get(&pair) == Some(&count) {
                return Some(pair);
            }
        }
        None
    }

    /// Replaces `pair` by `id` everywhere.
    fn merge(&mut self, pair: Pair, id: u32) {
        let mut changed = BTreeSet::new();
        for word in self.places.get(&pair).cloned().unwrap_or_default() {
            changed.extend(self.words[word].windows(2).map(|pair| (pair[0], pair[1])));
            self.count(word, -1);
            self.words[word] = join(&self.words[word], pair, id);
            self.count(word, 1);
            changed.extend(self.words[word].windows(2).map(|pair| (pair[0], pair[1])));
        }
        for pair in changed {
            match self.pairs[&pair] {
                0 => {
                    self.pairs.remove(&pair);
                    self.places.remove(&pair);
                }
                count => self.queue.push((count, Reverse(pair))),
            }
        }
    }
}

/// `word` with each occurrence of `pair`, from the left, replaced by `id`.
fn join(word: &[u32], pair: Pair, id: u32) -> Vec<u32> {
    let mut joined = Vec::with_capacity(word.len());
    let mut rest = word;
    while let [first, tail @ ..] = rest {
        if tail.first().is_some_and(|&second| (*first, second) == pair) {
            joined.push(id);
            rest = &tail[1..];
        } else {
            joined.push(*first);
            rest = tail;
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(of: &[(&str, i64)]) -> BTreeMap<String, i64> {
        of.iter().map(|&(word, count)| (word.to_owned(), count)).collect()
    }

    /// The example that introduced BPE for words: `est` is learnt before `low`.
    #[test]
    fn merges_follow_frequency_and_then_ids() {
        let counts = words(&[("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)]);
        let (tokens, merges) = learn(&counts, 4);
        let named: Vec<_> =
            merges.iter().map(|&(a, b)| (tokens[a as usize].as_str(), tokens[b as usize].as_str())).collect();
        // e+s and s+t occur 9 times each; `e` has the smaller id. Then lo and ow, 7 each; `l` is smaller.
        assert_eq!(named, [("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w")]);
    }

    #[test]
    fn overlapping_pairs_are_joined_from_the_left() {
        assert_eq!(join(&[7, 7, 7], (7, 7), 9), [9, 7]);
        assert_eq!(join(&[1, 7, 7, 7, 7, 2], (7, 7), 9), [1, 9, 9, 2]);
        assert_eq!(join(&[], (7, 7), 9), [0_u32; 0]);
    }

    #[test]
    fn alphabet_is_that_of_the_library() {
        let ours: BTreeSet<char> = alphabet().into_iter().collect();
        let theirs: BTreeSet<char> = ByteLevel::alphabet().into_iter().collect();
        assert_eq!((ours.len(), &ours), (BYTES, &theirs));
    }

    #[test]
    fn vocabulary_has_bytes_merges_and_special_tokens_in_this_order() {
        let text = "def test_one():\n    assert one() == 1\n".repeat(20);
        let tokenizer = train(&[&text], 275).unwrap();
        assert_eq!(tokenizer.rows(), 275);
        assert_eq!(tokenizer.eos(), 266);
        assert_eq!(tokenizer.bos(), 266, "M7");
        assert_eq!(tokenizer.banned(), [267, 268, 269, 270, 271, 272, 273, 274], "M40");
        assert_eq!(tokenizer.encode(super::super::END).unwrap(), [266]);
        assert!(train(&[&text], 200).unwrap_err().to_string().contains("vocab_size"));
    }
}
