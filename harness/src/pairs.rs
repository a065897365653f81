//! Every metric of one pair of texts, without tasks: for scoring arbitrary predictions against arbitrary targets.

use std::collections::HashMap;

use serde::Serialize;

use crate::answer::{Answer, Paper, Reference};
use crate::measure::Measurer;
use crate::metric::CodeBleuComponents;

/// What the authors' metrics say of a prediction and a target (S5–S72).
///
/// A value that does not exist is null: the components of CodeBLEU where a side is blank. Numbers are written so that they
/// are read back as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairScores {
    /// The prediction after cleaning (S11).
    pub pred_clean: String,
    /// The target after cleaning (S8).
    pub ref_clean: String,
    /// Whether both have one normal form (S14).
    pub exact_match: bool,
    /// The gestalt ratio (S17).
    pub edit_similarity: f64,
    /// CodeBLEU proper (S24–S68).
    pub code_bleu: f64,
    /// Token BLEU, which the paper prints as CodeBLEU (S69–S73).
    pub code_bleu_fallback: f64,
    /// What CodeBLEU is made of, without the short cut for equal texts; null if a side is blank.
    pub codebleu_components: Option<CodeBleuComponents>,
    /// Whether the reference gives different values from run to run, because it takes texts out of hash sets (S66).
    pub hash_sensitive: bool,
    /// If so, the values of `code_bleu` it can give, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_bleu_admissible: Option<Vec<f64>>,
    /// If so, the values of the data-flow score it can give, ascending.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataflow_match_admissible: Option<Vec<f64>>,
    /// Present and true if the texts were too large to try as many orders as usual, so that the lists may be incomplete.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub admissible_cut_short: bool,
}

/// Bytes of texts and values that are kept; beyond that all are forgotten.
const KEPT_BYTES: usize = 16 << 20;

/// Scores pairs, remembering what it has seen; one per thread.
///
/// ```
/// let mut scorer = harness::PairScorer::default();
/// let scores = scorer.score("foo (x)", "foo(x)");
/// assert_eq!((scores.pred_clean.as_str(), scores.exact_match), ("foo", false));
/// assert_eq!(scores.code_bleu, 0.25);
/// ```
#[derive(Debug, Default)]
pub struct PairScorer {
    measurer: Measurer,
    /// Scores as they are written. Only looked up, so that its order reaches nothing. A key is the length of the answer and
    /// both cleaned texts, on which alone scores depend.
    written: HashMap<Vec<u8>, Box<[u8]>>,
    written_bytes: usize,
    key: Vec<u8>,
}

impl PairScorer {
    /// The scores of `prediction` for `target`, both raw; they depend on nothing else.
    pub fn score(&mut self, prediction: &str, target: &str) -> PairScores {
        let reference = Reference::<Paper>::clean(target);
        let answer = Answer::<Paper>::clean(prediction, &reference);
        self.scores(answer, reference)
    }

    /// Appends the same as the members of a JSON object, without its brackets.
    ///
    /// ```
    /// let (mut scorer, mut written) = (harness::PairScorer::default(), Vec::new());
    /// scorer.write("x", "x", &mut written);
    /// assert!(written.starts_with(br#""pred_clean":"x","ref_clean":"x","exact_match":true,"#));
    /// ```
    pub fn write(&mut self, prediction: &str, target: &str, out: &mut Vec<u8>) {
        let reference = Reference::<Paper>::clean(target);
        let answer = Answer::<Paper>::clean(prediction, &reference);
        self.key.clear();
        self.key.extend_from_slice(&answer.text().len().to_le_bytes());
        self.key.extend_from_slice(answer.text().as_bytes());
        self.key.extend_from_slice(reference.text().as_bytes());
        if let Some(known) = self.written.get(&self.key) {
            out.extend_from_slice(known);
            return;
        }
        let from = out.len();
        let scores = self.scores(answer, reference);
        serde_json::to_writer(&mut *out, &scores).expect("because numbers, texts and lists can be written to memory");
        out.pop();
        out.remove(from);
        let members: Box<[u8]> = out[from..].into();
        if self.written_bytes > KEPT_BYTES {
            self.written.clear();
            self.written_bytes = 0;
        }
        self.written_bytes += self.key.len() + members.len();
        self.written.insert(self.key.clone(), members);
    }

    fn scores(&mut self, answer: Answer<Paper>, reference: Reference<Paper>) -> PairScores {
        let measured = self.measurer.fresh(&answer, &reference);
        let sensitivity = self.measurer.sensitivity(&measured, &answer, &reference);
        PairScores {
            exact_match: measured.exact_match,
            edit_similarity: measured.edit_similarity,
            code_bleu: measured.code_bleu,
            code_bleu_fallback: measured.token_bleu,
            codebleu_components: measured.components,
            hash_sensitive: sensitivity.is_some(),
            admissible_cut_short: sensitivity.as_ref().is_some_and(|found| found.is_cut_short),
            code_bleu_admissible: sensitivity.as_ref().map(|found| found.code_bleu.clone()),
            dataflow_match_admissible: sensitivity.map(|found| found.dataflow_match),
            pred_clean: answer.into_text(),
            ref_clean: reference.into_text(),
        }
    }
}
