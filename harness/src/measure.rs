//! The metrics of the paper on cleaned texts, each pair measured once.
//!
//! They depend on nothing but the two cleaned texts, and cleaned answers repeat: half of the pairs of a real run have been
//! there before. So what was measured is kept, within a bound of memory.

use std::collections::HashMap;

use crate::answer::{Answer, Paper, Reference};
use crate::metric::{CodeBleu, CodeBleuComponents, HashSensitivity, Matcher, TokenBleu, em_paper, short_cut};

/// Bytes of texts and values that are kept; beyond that all are forgotten.
const KEPT_BYTES: usize = 8 << 20;

/// The values of one pair.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Measured {
    /// S14.
    pub(crate) exact_match: bool,
    /// S17.
    pub(crate) edit_similarity: f64,
    /// S71.
    pub(crate) token_bleu: f64,
    /// S28, short cuts included.
    pub(crate) code_bleu: f64,
    /// What it is made of; none if a side is blank.
    pub(crate) components: Option<CodeBleuComponents>,
}

/// Measures pairs and remembers them; one per thread.
#[derive(Debug, Default)]
pub(crate) struct Measurer {
    matcher: Matcher,
    code_bleu: CodeBleu,
    token_bleu: TokenBleu,
    /// Only looked up, so that its order reaches nothing. A key is the length of the answer and both texts.
    known: HashMap<Vec<u8>, Measured>,
    known_bytes: usize,
    key: Vec<u8>,
}

impl Measurer {
    /// The values of `answer` for `reference`.
    pub(crate) fn measure(&mut self, answer: &Answer<Paper>, reference: &Reference<Paper>) -> &Measured {
        self.key.clear();
        self.key.extend_from_slice(&answer.text().len().to_le_bytes());
        self.key.extend_from_slice(answer.text().as_bytes());
        self.key.extend_from_slice(reference.text().as_bytes());
        if !self.known.contains_key(&self.key) {
            if self.known_bytes > KEPT_BYTES {
                self.known.clear();
                self.known_bytes = 0;
            }
            let measured = self.fresh(answer, reference);
            self.known_bytes += self.key.len() + size_of::<Measured>();
            self.known.insert(self.key.clone(), measured);
        }
        &self.known[&self.key]
    }

    /// The matcher, for other texts.
    pub(crate) fn matcher(&mut self) -> &mut Matcher {
        &mut self.matcher
    }

    /// What hash secrets change of `measured`, the values of `answer` for `reference` (S66); none if nothing.
    pub(crate) fn sensitivity(
        &mut self,
        measured: &Measured,
        answer: &Answer<Paper>,
        reference: &Reference<Paper>,
    ) -> Option<HashSensitivity> {
        self.code_bleu.sensitivity(measured.components.as_ref()?, answer, reference)
    }

    /// What [`measure`](Self::measure) would find; nothing is remembered.
    pub(crate) fn fresh(&mut self, answer: &Answer<Paper>, reference: &Reference<Paper>) -> Measured {
        let components = self.code_bleu.components(answer, reference);
        let whole = components.map(|components| components.codebleu);
        Measured {
            exact_match: em_paper(answer, reference),
            edit_similarity: self.matcher.similarity(answer, reference),
            token_bleu: self.token_bleu.score(answer, reference),
            code_bleu: short_cut(answer.text(), reference.text()).or(whole).unwrap_or(0.0),
            components,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(measurer: &mut Measurer, prediction: &str, target: &str) -> [u64; 3] {
        let reference = Reference::<Paper>::clean(target);
        let answer = Answer::<Paper>::clean(prediction, &reference);
        let found = measurer.measure(&answer, &reference);
        [found.edit_similarity, found.token_bleu, found.code_bleu].map(f64::to_bits)
    }

    #[test]
    fn what_is_remembered_is_what_would_be_measured() {
        let mut warm = Measurer::default();
        let texts = ["f(a, b)", "f(a,b)", "", "x", "xy", "y", "lambda a=a + b, b=a: a"];
        for _ in 0..2 {
            for (prediction, target) in texts.iter().flat_map(|a| texts.iter().map(move |b| (a, b))) {
                let fresh = values(&mut Measurer::default(), prediction, target);
                assert_eq!(values(&mut warm, prediction, target), fresh, "{prediction} / {target}");
            }
        }
        // The same bytes, parted otherwise.
        assert_ne!(values(&mut warm, "x y", "y"), values(&mut warm, "x", " y y"));
    }
}
