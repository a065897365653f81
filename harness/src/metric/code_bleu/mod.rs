//! CodeBLEU as the Python package `codebleu` 0.7.0 computes it, defects included (S24–S68).
//!
//! Four scores of equal weight: n-grams of words, the same with keywords weighing more, subtrees of the concrete syntax
//! tree, and data flow. The last two are of the *pruned* texts, from which the package removes what it takes for
//! docstrings; every target that is one plain string is empty then. A data-flow score of 0, which nearly all targets of
//! assertions have, counts as 1, so that 0.25 is the practical floor (S29).

mod f_string;
mod flow;
mod graph;
mod hash_order;
mod leaf;
mod number;
mod prune;
mod quiet;
mod recall;
mod source;
mod token;

use std::collections::HashMap;

use bench::pytext::strip;
use bench::python::{Form, Forms, Parser, Syntax};
use serde::Serialize;

use self::graph::Flow;
use self::source::Arena;
use crate::answer::{Answer, Paper, Reference};
use crate::metric::ngram::NGrams;

/// The weight of each of the four scores.
const WEIGHT: f64 = 0.25;

/// The sum of the lengths of texts, in bytes, whose trees are kept; beyond that all are forgotten.
const KEPT_BYTES: usize = 1 << 22;

/// CodeBLEU and what it is made of, each in 0..=1, higher is better.
///
/// These are the package's own values, without the short cut for equal texts that [`CodeBleu::score`] takes: a short text
/// against itself is far from 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CodeBleuComponents {
    /// N, the n-gram score (S31–S36).
    pub ngram_match: f64,
    /// W, the n-gram score in which keywords weigh more (S37–S41).
    pub weighted_ngram_match: f64,
    /// X, the share of the reference's subtrees that the answer has (S49–S51).
    pub syntax_match: f64,
    /// D, the share of the reference's data-flow edges that the answer has; 0 if it has none (S52–S68).
    pub dataflow_match: f64,
    /// Their mean, where a data-flow score of 0 counts as 1 (S28).
    pub codebleu: f64,
}

impl CodeBleuComponents {
    /// The same with another data-flow score.
    fn with_dataflow(mut self, dataflow: f64) -> Self {
        let counted = if dataflow == 0.0 { 1.0 } else { dataflow };
        self.dataflow_match = dataflow;
        self.codebleu = WEIGHT * self.ngram_match
            + WEIGHT * self.weighted_ngram_match
            + WEIGHT * self.syntax_match
            + WEIGHT * counted;
        self
    }
}

/// The values that the package gives for one pair under one hash secret of Python or another (S66).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HashSensitivity {
    /// CodeBLEU, different values, ascending.
    pub code_bleu: Vec<f64>,
    /// The data-flow score, different values, ascending.
    pub dataflow_match: Vec<f64>,
    /// Whether the texts were so large that fewer secrets were tried than usual, so that values may be missing.
    pub is_cut_short: bool,
}

/// Computes CodeBLEU, keeping parser and buffers, and the trees of texts seen before; one per thread.
///
/// Texts nested deeper than 990 nodes have no data flow, as the reference has none where it reaches the recursion limit
/// of Python; nor have those with so many nested loops that it would not come back (S64).
#[derive(Debug, Default)]
pub struct CodeBleu {
    parser: Parser,
    syntax: Syntax,
    forms: Forms,
    arena: Arena,
    ngrams: NGrams,
    /// Which of `shapes` is a text's. Only looked up, so that its order reaches nothing.
    known: HashMap<String, usize>,
    known_bytes: usize,
    shapes: Vec<Shape>,
}

/// What the tree-based scores need of a text.
#[derive(Debug)]
struct Shape {
    /// Forms of all subtrees, ascending (S50).
    subtrees: Vec<Form>,
    flow: Flow,
}

impl CodeBleu {
    /// CodeBLEU: 0 if a side is blank, 1 if both are equal, else the package's value (S27, S28).
    pub fn score(&mut self, answer: &Answer<Paper>, reference: &Reference<Paper>) -> f64 {
        short_cut(answer.text(), reference.text())
            .or_else(|| self.components(answer, reference).map(|components| components.codebleu))
            .unwrap_or(0.0)
    }

    /// The package's values; none if a side is blank, for which it gives none.
    pub fn components(&mut self, answer: &Answer<Paper>, reference: &Reference<Paper>) -> Option<CodeBleuComponents> {
        let (answer, reference) = (strip(answer.text()), strip(reference.text()));
        if answer.is_empty() || reference.is_empty() {
            return None;
        }
        let (ngram_match, weighted_ngram_match) = recall::n_gram_scores(answer, reference, &mut self.ngrams);
        let (answer, reference) = self.shapes(answer, reference);
        let parts = CodeBleuComponents {
            ngram_match,
            weighted_ngram_match,
            syntax_match: syntax_match(&answer.subtrees, &reference.subtrees),
            dataflow_match: 0.0,
            codebleu: 0.0,
        };
        Some(parts.with_dataflow(answer.flow.graph.matched(&reference.flow.graph)))
    }

    /// The package's values under other hash secrets; none if they are all the same, or a side is blank.
    pub fn hash_sensitivity(
        &mut self,
        answer: &Answer<Paper>,
        reference: &Reference<Paper>,
    ) -> Option<HashSensitivity> {
        let components = self.components(answer, reference)?;
        self.sensitivity(&components, answer, reference)
    }

    /// [`Self::hash_sensitivity`] of a pair whose components are known.
    pub(crate) fn sensitivity(
        &mut self,
        components: &CodeBleuComponents,
        answer: &Answer<Paper>,
        reference: &Reference<Paper>,
    ) -> Option<HashSensitivity> {
        let short_cut = short_cut(answer.text(), reference.text());
        let (answer, reference) = self.shapes(strip(answer.text()), strip(reference.text()));
        let possible = hash_order::possible(&answer.flow, &reference.flow).filter(|found| found.values.len() > 1)?;
        let code_bleu = |dataflow: &f64| short_cut.unwrap_or(components.with_dataflow(*dataflow).codebleu);
        let mut values: Vec<f64> = possible.values.iter().map(code_bleu).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.dedup();
        Some(HashSensitivity {
            code_bleu: values,
            dataflow_match: possible.values,
            is_cut_short: possible.is_cut_short,
        })
    }

    /// Both texts' shapes, whose forms can be compared with each other.
    fn shapes(&mut self, answer: &str, reference: &str) -> (&Shape, &Shape) {
        if self.known_bytes > KEPT_BYTES {
            self.known.clear();
            self.shapes.clear();
            self.forms.clear();
            self.known_bytes = 0;
        }
        let (answer, reference) = (self.shape(answer), self.shape(reference));
        (&self.shapes[answer], &self.shapes[reference])
    }

    /// The place of a text's shape.
    fn shape(&mut self, text: &str) -> usize {
        if let Some(&known) = self.known.get(text) {
            return known;
        }
        let pruned = prune::prune(text);
        self.syntax.read(&pruned, &mut self.parser, &mut self.forms);
        let mut subtrees = self.syntax.forms().to_vec();
        subtrees.sort_unstable();
        let flow = Flow::new(&self.syntax, &pruned, &mut self.arena);
        let place = self.shapes.len();
        self.shapes.push(Shape { subtrees, flow });
        self.known_bytes += text.len() + size_of::<Shape>();
        self.known.insert(text.to_owned(), place);
        place
    }
}

/// S27; none where the package decides. Shared by both metrics that go by the name of CodeBLEU.
pub(crate) fn short_cut(answer: &str, reference: &str) -> Option<f64> {
    let (answer, reference) = (strip(answer), strip(reference));
    if answer.is_empty() || reference.is_empty() { Some(0.0) } else { (answer == reference).then_some(1.0) }
}

/// S51.
fn syntax_match(answer: &[Form], reference: &[Form]) -> f64 {
    let found = reference.iter().filter(|form| answer.binary_search(form).is_ok()).count();
    found as f64 / reference.len() as f64
}
