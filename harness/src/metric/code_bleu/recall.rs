//! The two scores over white-space separated tokens (S31–S41).

use bench::pytext::words;

use crate::metric::ngram::{NGrams, ORDERS, geometric_mean, grams};

/// Tokens of weight 1 (S37).
const KEYWORDS: [&str; 38] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "case", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "try", "type", "while", "with", "yield",
];

/// The weight of every other token.
const PLAIN_WEIGHT: f64 = 0.2;

/// Takes the place of a count of zero (S34).
const SMOOTHED: f64 = 0.1;

/// The reference length that the weighted score takes for every reference (S40).
const WEIGHTED_LENGTH: usize = 2;

/// The n-gram and the weighted n-gram score of two texts, neither of which is blank.
pub(super) fn n_gram_scores(prediction: &str, reference: &str, ngrams: &mut NGrams) -> (f64, f64) {
    let different = ngrams.load(words(prediction), words(reference));
    let shared = ngrams.all_shared();
    if shared[0] == 0 {
        return (0.0, 0.0);
    }
    let (length, reference_length) = (ngrams.prediction.len(), ngrams.reference.len());
    let plain = quotients(shared, length);
    let mut weighted = quotients(shared, reference_length);
    weighted[0] = weighted_recall(ngrams, &different);
    (
        brevity(length, reference_length) * geometric_mean(plain),
        brevity(length, WEIGHTED_LENGTH) * geometric_mean(weighted),
    )
}

/// Shared n-grams over the n-grams of a text of `tokens` tokens.
fn quotients(shared: [usize; ORDERS], tokens: usize) -> [f64; ORDERS] {
    let mut quotients = [0.0; ORDERS];
    for (n, slot) in (1..).zip(&mut quotients) {
        let count = if shared[n - 1] == 0 { SMOOTHED } else { shared[n - 1] as f64 };
        *slot = count / grams(tokens, n).max(1) as f64;
    }
    quotients
}

/// S38 for n = 1; `different` holds the reference's tokens by number.
fn weighted_recall(ngrams: &NGrams, different: &[&str]) -> f64 {
    let counts = |tokens: &[u32]| {
        let mut counts = vec![0_u32; different.len()];
        tokens
            .iter()
            .filter_map(|&token| Some(token as usize).filter(|&at| at < different.len()))
            .for_each(|token| counts[token] += 1);
        counts
    };
    let (found, wanted) = (counts(&ngrams.prediction), counts(&ngrams.reference));
    let (mut shared, mut all) = (0.0, 0.0);
    for (at, token) in different.iter().enumerate() {
        let weight = if KEYWORDS.binary_search(token).is_ok() { 1.0 } else { PLAIN_WEIGHT };
        shared += weight * f64::from(found[at].min(wanted[at]));
        all += weight * f64::from(wanted[at]);
    }
    shared / f64::max(1.0, all)
}

/// S35.
fn brevity(length: usize, reference: usize) -> f64 {
    if length > reference { 1.0 } else { (1.0 - reference as f64 / length as f64).exp() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scores(prediction: &str, reference: &str) -> (f64, f64) {
        n_gram_scores(prediction, reference, &mut NGrams::default())
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    /// The examples of S36 and S41.
    #[test]
    fn a_word_against_itself() {
        let (plain, weighted) = scores("foo", "foo");
        assert!((plain - 0.001_f64.powf(0.25)).abs() < 1e-15);
        assert!((weighted - (-1.0_f64).exp() * (0.2 * 0.001_f64).powf(0.25)).abs() < 1e-15);
    }

    #[test]
    fn nothing_shared_is_zero() {
        assert_eq!(scores("foo", "bar"), (0.0, 0.0));
        assert_eq!(scores("foo", "foo)"), (0.0, 0.0));
    }
}
