//! The target-aware cleaning of the authors (S5–S12), defects included.
//!
//! What looking at the target does to scores (`x` is a target, `x == y` a completion):
//!
//! - Overgeneration after a one-word target is forgiven: `x == y and z` counts as `x`. After longer ones it is not.
//! - A one-word target loses answers that are spaced differently: `foo (x)` becomes `foo` and misses `foo(x)`.
//! - A completion is cut at its first comma when the target has none, inside literals and brackets too.
//! - `#` starts a comment even inside a literal: `"#fff"` and `"#000"` both become `"` and are equal.

use std::marker::PhantomData;

use bench::pytext::{strip, words};

use super::{Answer, Paper, Reference};

/// Deleted from completions in this order, one pass each (S5).
const FIM_MARKERS: [&str; 3] = ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"];

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
        let unmarked = without_markers(completion);
        let mut text = strip(&unmarked);
        if !reference.multiline {
            text = before(text, '\n');
        }
        text = strip(before(text, '#'));
        if !reference.text.is_empty() {
            if !reference.text.contains(',') {
                text = strip(before(text, ','));
            }
            text = as_many_words(text, &reference.text);
        }
        Self { text: strip(text).to_owned(), cleaning: PhantomData }
    }
}

/// S5, before stripping.
fn without_markers(completion: &str) -> String {
    FIM_MARKERS.iter().fold(
        completion.to_owned(),
        |text, marker| {
            if text.contains(marker) { text.replace(marker, "") } else { text }
        },
    )
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
