//! BM25 over an inverted index: which texts share the rare words of a query (M97).

use std::collections::BTreeMap;

/// The two constants of BM25.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bm25 {
    /// How soon repetitions of a term in a document stop counting; 0 or more.
    pub(super) k1: f64,
    /// How much long documents are held back, 0..=1.
    pub(super) b: f64,
}

/// A document found by a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    /// The number of the document, from 0, in the order in which the index was built.
    pub(super) document: usize,
    /// Its score, above 0.
    pub(super) score: f64,
}

/// The documents that hold a term, and what the term adds to the score of each.
#[derive(Debug, Clone, Default, PartialEq)]
struct Postings {
    documents: Vec<u32>,
    weights: Vec<f64>,
}

/// An inverted index over documents, ready for queries.
///
/// With N documents, `df` of them holding a term, `tf` the count of the term in a document of `dl` terms and `avgdl`
/// the mean of `dl`, each occurrence of the term in a query adds to the score of that document
///
/// ```text
/// ln((N - df + 0.5) / (df + 0.5) + 1) · tf · (k1 + 1) / (tf + k1 · (1 - b + b · dl / avgdl))
/// ```
///
/// which is computed once, when the index is built: a query only adds. Terms are those of [`terms`].
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Index {
    /// Number of each term, and from it, its postings.
    numbers: BTreeMap<String, usize>,
    postings: Vec<Postings>,
    documents: usize,
}

impl Index {
    /// Indexes `documents`, numbered from 0 in their order.
    pub(super) fn build<'a>(documents: impl IntoIterator<Item = &'a str>, bm25: Bm25) -> Self {
        let mut index = Self::default();
        let mut lengths = Vec::new();
        for document in documents {
            lengths.push(index.count(document));
            index.documents += 1;
        }
        let total: usize = lengths.iter().sum();
        let mean = total as f64 / lengths.len().max(1) as f64;
        for postings in &mut index.postings {
            postings.weigh(&lengths, mean, bm25);
        }
        index
    }

    /// The `count` best documents for `query`, best first, equal scores in the order of the documents. A term that the
    /// query repeats counts repeatedly; a document that shares no term with the query is never found.
    pub(super) fn search(&self, query: &str, count: usize) -> Vec<Hit> {
        let mut repeats: BTreeMap<usize, f64> = BTreeMap::new();
        for term in terms(query) {
            if let Some(&number) = self.numbers.get(&term) {
                *repeats.entry(number).or_default() += 1.0;
            }
        }
        let mut scores = vec![0.0; self.documents];
        for (number, repeat) in repeats {
            let Postings { documents, weights } = &self.postings[number];
            for (&document, weight) in documents.iter().zip(weights) {
                scores[document as usize] += repeat * weight;
            }
        }
        best(&scores, count)
    }

    /// Counts the terms of the next document into the postings (as plain counts) and returns how many there are.
    fn count(&mut self, document: &str) -> usize {
        let mut length = 0;
        let next = u32::try_from(self.documents).expect("because an index of 4 billion documents does not fit memory");
        for term in terms(document) {
            length += 1;
            let fresh = self.postings.len();
            let number = *self.numbers.entry(term).or_insert(fresh);
            if number == fresh {
                self.postings.push(Postings::default());
            }
            self.postings[number].add(next);
        }
        length
    }
}

impl Postings {
    /// Counts one occurrence in `document`, which is the newest one.
    fn add(&mut self, document: u32) {
        if self.documents.last() == Some(&document) {
            *self.weights.last_mut().expect("because there are as many weights as documents") += 1.0;
        } else {
            self.documents.push(document);
            self.weights.push(1.0);
        }
    }

    /// Turns counts into what each adds to a score.
    fn weigh(&mut self, lengths: &[usize], mean: f64, Bm25 { k1, b }: Bm25) {
        let (all, holding) = (lengths.len() as f64, self.documents.len() as f64);
        let idf = ((all - holding + 0.5) / (holding + 0.5) + 1.0).ln();
        for (&document, weight) in self.documents.iter().zip(&mut self.weights) {
            let relative_length = lengths[document as usize] as f64 / mean;
            let count = *weight;
            *weight = idf * count * (k1 + 1.0) / (count + k1 * (1.0 - b + b * relative_length));
        }
    }
}

/// The `count` greatest positive scores, greatest first, ties by position.
fn best(scores: &[f64], count: usize) -> Vec<Hit> {
    let found = |(document, &score): (usize, &f64)| (score > 0.0).then_some(Hit { document, score });
    let mut hits: Vec<Hit> = scores.iter().enumerate().filter_map(found).collect();
    let order = |a: &Hit, b: &Hit| b.score.total_cmp(&a.score).then(a.document.cmp(&b.document));
    if count < hits.len() {
        hits.select_nth_unstable_by(count, order);
        hits.truncate(count);
    }
    hits.sort_unstable_by(order);
    hits
}

/// The terms of `text`: its identifiers and its runs of digits, in lower case.
fn terms(text: &str) -> impl Iterator<Item = String> {
    words(text).map(str::to_lowercase)
}

/// The identifiers and runs of digits of `text`, as they stand there.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| starts_identifier(c) || c.is_ascii_digit())?;
        rest = &rest[start..];
        let continues: fn(char) -> bool =
            if rest.starts_with(starts_identifier) { continues_identifier } else { |c| c.is_ascii_digit() };
        let (term, after) = rest.split_at(rest.find(|c| !continues(c)).unwrap_or(rest.len()));
        rest = after;
        Some(term)
    })
}

fn starts_identifier(c: char) -> bool {
    c == '_' || c.is_alphabetic()
}

fn continues_identifier(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLISHED: Bm25 = Bm25 { k1: 1.5, b: 0.75 };

    /// Lengths 7, 4, 8, 2 and 4 terms, 5 on average.
    const TOY: [&str; 5] = [
        "def area(width, height): return width * height",
        "class Shape: width = 3",
        "def perimeter(width, height): return 2 * (width + height)",
        "TIMEOUT = 30",
        "def Width(): return WIDTH",
    ];

    fn assert_hits(query: &str, expected: &[(usize, f64)]) {
        let hits = Index::build(TOY, PUBLISHED).search(query, TOY.len());
        assert_eq!(
            hits.iter().map(|hit| hit.document).collect::<Vec<_>>(),
            expected.iter().map(|e| e.0).collect::<Vec<_>>()
        );
        for (hit, (document, score)) in hits.iter().zip(expected) {
            assert!((hit.score - score).abs() < 1e-12, "{query}, document {document}: {} is not {score}", hit.score);
        }
    }

    #[test]
    fn m97_scores_are_those_computed_by_hand() {
        // `width` is in 4 of 5 documents: idf = ln(1.5 / 4.5 + 1). Twice in document 4, of 4 terms:
        // idf · 2 · 2.5 / (2 + 1.5 · (0.25 + 0.75 · 4 / 5)) = ln(4 / 3) · 5 / 3.275.
        let idf = (4.0_f64 / 3.0).ln();
        let twice = |length: f64| idf * 5.0 / (2.0 + 1.5 * (0.25 + 0.75 * length / 5.0));
        let once = idf * 2.5 / (1.0 + 1.5 * (0.25 + 0.75 * 4.0 / 5.0));
        assert!((twice(4.0) - 0.439_209_270_918_749_4).abs() < 1e-12);
        assert_hits("width", &[(4, twice(4.0)), (0, twice(7.0)), (2, twice(8.0)), (1, once)]);
        assert_hits("timeout 30", &[(3, 3.798_066_742_794_220_3)]);
    }

    #[test]
    fn m97_repeated_query_terms_count_repeatedly() {
        assert_hits(
            "height height width",
            &[
                (0, 2.580_531_072_353_899_4),
                (2, 2.441_460_535_520_456),
                (4, 0.439_209_270_918_749_4),
                (1, 0.316_134_145_551_407_5),
            ],
        );
    }

    #[test]
    fn terms_that_no_document_holds_add_nothing() {
        assert_hits("assert Shape().perimeter_of == None", &[(1, 1.523_400_396_834_450_5)]);
        assert_hits("", &[]);
        assert_hits("unheard of", &[]);
    }

    #[test]
    fn m97_ties_go_to_the_lower_number_and_only_the_best_are_kept() {
        let index = Index::build(["a b", "b a", "c", "a c", "a b"], PUBLISHED);
        let found = |count| index.search("b", count).iter().map(|hit| hit.document).collect::<Vec<_>>();
        assert_eq!(found(2), [0, 1]);
        assert_eq!(found(9), [0, 1, 4]);
        assert_eq!(found(0), [0; 0]);
        assert!(Index::build([], PUBLISHED).search("a", 3).is_empty());
        assert!(Index::build(["", "()"], PUBLISHED).search("a", 3).is_empty());
    }

    #[test]
    fn terms_are_identifiers_and_digit_runs_in_lower_case() {
        let of = |text| terms(text).collect::<Vec<_>>();
        assert_eq!(of("HTTP_Error(404x) + 1.5e3"), ["http_error", "404", "x", "1", "5", "e3"]);
        assert_eq!(of("__init__ Größe '\u{1F600}'"), ["__init__", "größe"]);
        assert_eq!(of("() . ="), [""; 0]);
    }
}
