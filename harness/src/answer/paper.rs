//! The target-aware cleaning of the authors (S5–S12), defects included.
//!
//! What looking at the target does to scores (`x` is a target, `x == y` a completion):
//!
//! - Overgeneration after a one-word target is forgiven: `x == y and z` counts as `x`. After longer ones it is not.
//! - A one-word target loses answers that are spaced differently: `foo (x)` becomes `foo` and misses `foo(x)`.
//! - A completion is cut at its first comma when the target has none, inside literals and brackets too.
//! - `#` starts a comment even inside a literal: `"#fff"` and `"#000"` both become `"` and are equal.

use std::borrow::Cow;
use std::marker::PhantomData;

use bench::Altered;
use bench::pytext::{strip, words};

use super::{Answer, Paper, Reference};

/// Deleted from completions in this order, one pass each (S5).
const FIM_MARKERS: [&str; 3] = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];

/// What each of them begins with.
const MARKER_START: &str = "<|fim_";

impl Reference<Paper> {
    /// `target` cut at its first `#` and stripped (S8).
    pub fn clean(target: &str) -> Self {
        Self { text: strip(before(target, '#')).to_owned(), multiline: target.contains('\n'), cleaning: PhantomData }
    }
}

impl Answer<Paper> {
    /// `completion` cut down to what `reference` lets it be (S5–S11).
    ///
    /// ```
    /// use harness::{Answer, Paper, Reference};
    /// let clean = |completion, target| Answer::<Paper>::clean(completion, &Reference::<Paper>::clean(target)).into_text();
    /// assert_eq!(clean("5)\n    assert y == 6", "5)"), "5)");
    /// assert_eq!(clean("foo, bar", "foo"), "foo");
    /// assert_eq!(clean("[1, 2, 3]", "[1,2,3]"), "[1,");
    /// ```
    pub fn clean(completion: &str, reference: &Reference<Paper>) -> Self {
        Self::of(&Cuts::make(&without_markers(completion), reference))
    }

    /// What [`clean`](Self::clean) makes of `completion`, with the text after each step.
    pub fn trace(completion: &str, reference: &Reference<Paper>) -> (Self, CleaningSteps) {
        let unmarked = without_markers(completion);
        let cuts = Cuts::make(&unmarked, reference);
        (Self::of(&cuts), CleaningSteps::of(&cuts))
    }

    /// What [`clean`](Self::clean) makes of `completion`, which cuts changed it, and the answer without those of S9 and
    /// S10.
    pub(crate) fn compared(completion: &str, reference: &Reference<Paper>) -> (Self, Altered, Self) {
        let unmarked = without_markers(completion);
        let cuts = Cuts::make(&unmarked, reference);
        let altered = Altered {
            lines: cuts.line != cuts.unmarked,
            comma: cuts.at_comma != cuts.code,
            words: cuts.word != cuts.at_comma,
        };
        (Self::of(&cuts), altered, Self { text: cuts.code.to_owned(), cleaning: PhantomData })
    }

    fn of(cuts: &Cuts<'_>) -> Self {
        Self { text: strip(cuts.word).to_owned(), cleaning: PhantomData }
    }
}

/// A completion after each step of the authors' cleaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleaningSteps {
    /// Without the markers of fill-in-the-middle, stripped (S5).
    pub unmarked: String,
    /// Its first line, unless the target has several (S6).
    pub line: String,
    /// Up to the first `#`, stripped (S7).
    pub code: String,
    /// Up to the first comma, unless the target has one (S9).
    pub at_comma: String,
    /// Its first word, if the target is one (S10).
    pub word: String,
}

impl CleaningSteps {
    fn of(cuts: &Cuts<'_>) -> Self {
        Self {
            unmarked: cuts.unmarked.to_owned(),
            line: cuts.line.to_owned(),
            code: cuts.code.to_owned(),
            at_comma: cuts.at_comma.to_owned(),
            word: cuts.word.to_owned(),
        }
    }

    /// The steps in order: rule, what it does, and the text after it.
    pub fn listed(&self) -> [(&'static str, &'static str, &str); 5] {
        [
            ("S5", "markers deleted, stripped", &self.unmarked),
            ("S6", "first line, unless the target has several", &self.line),
            ("S7", "up to the first #", &self.code),
            ("S9", "up to the first comma, unless the target has one", &self.at_comma),
            ("S10", "first word, if the target is one", &self.word),
        ]
    }
}

/// [`CleaningSteps`] as parts of one text.
struct Cuts<'a> {
    unmarked: &'a str,
    line: &'a str,
    code: &'a str,
    at_comma: &'a str,
    word: &'a str,
}

impl<'a> Cuts<'a> {
    fn make(unmarked: &'a str, reference: &Reference<Paper>) -> Self {
        let unmarked = strip(unmarked);
        let line = if reference.multiline { unmarked } else { before(unmarked, '\n') };
        let code = strip(before(line, '#'));
        if reference.text.is_empty() {
            return Self { unmarked, line, code, at_comma: code, word: code };
        }
        let at_comma = if reference.text.contains(',') { code } else { strip(before(code, ',')) };
        Self { unmarked, line, code, at_comma, word: as_many_words(at_comma, &reference.text) }
    }
}

/// S5, before stripping.
fn without_markers(completion: &str) -> Cow<'_, str> {
    if !completion.contains(MARKER_START) {
        return Cow::Borrowed(completion);
    }
    Cow::Owned(FIM_MARKERS.iter().fold(completion.to_owned(), |text, marker| text.replace(marker, "")))
}

/// The part of `text` before the first `mark`, or all of it.
fn before(text: &str, mark: char) -> &str {
    text.split_once(mark).map_or(text, |(head, _)| head)
}

/// The first word of `text` if `reference` is one word, else `text` (S10).
fn as_many_words<'a>(text: &'a str, reference: &str) -> &'a str {
    let one_word = words(reference).nth(1).is_none();
    match (one_word, words(text).next()) {
        (true, Some(first)) => first,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(completion: &str, target: &str) -> (String, String) {
        let reference = Reference::<Paper>::clean(target);
        (Answer::<Paper>::clean(completion, &reference).into_text(), reference.into_text())
    }

    #[test]
    fn markers_go_in_order_and_once_each() {
        assert_eq!(clean("<|fim_<|fim_prefix|>middle|>", "x").0, "");
        assert_eq!(clean("<|fim_<|fim_middle|>prefix|>", "x").0, "<|fim_prefix|>");
        assert_eq!(clean("x<|fim_pad|>", "x").0, "x<|fim_pad|>");
        assert_eq!(clean("x", "<|fim_prefix|>x").1, "<|fim_prefix|>x");
    }

    #[test]
    fn lines_are_cut_unless_the_raw_target_has_a_line_feed() {
        assert_eq!(clean("\n x\ny", "x").0, "x");
        assert_eq!(clean("x y\rz", "x y").0, "x y\rz");
        assert_eq!(clean("x y\nz", "x y\n").0, "x y\nz");
        assert_eq!(clean("x y\nz # a\nb", "x y # c\n").0, "x y\nz");
    }

    #[test]
    fn empty_references_cut_neither_commas_nor_words() {
        assert_eq!(clean("a, b c", "# only a comment"), ("a, b c".into(), String::new()));
    }
}
