//! The error classes of the authors (S96–S106).

use std::collections::BTreeSet;

use bench::ErrorClass;
use bench::pytext::{strip, words};

use super::contents::Contents;
use crate::expression::Expression;

/// Characters that any answer may have, however short the target (S97).
const ALWAYS_ALLOWED: usize = 100;
/// Above this similarity an answer is a near miss (S99).
const NEAR: f64 = 0.8;
/// Up to so many characters or words nothing counts as repetitive (S98).
const BRIEF_CHARACTERS: usize = 30;
const BRIEF_WORDS: usize = 5;

/// The class of the answer `got` that is not an exact match of `expected`; both cleaned for the paper (S8, S11).
///
/// `similarity` is their edit similarity, in 0..=1. An expression is parsed only if length and similarity decide
/// nothing. Tested against the reference implementation on 1,500 pairs.
///
/// ```
/// use bench::ErrorClass;
/// use harness::error_class;
/// assert_eq!(error_class("foo", "bar", 0.0), ErrorClass::WrongIdentifier);
/// assert_eq!(error_class("a.b", "a.c", 0.6), ErrorClass::TypeMismatch);
/// assert_eq!(error_class("foo)", "bar)", 0.25), ErrorClass::Syntax);
/// ```
pub fn error_class(expected: &str, got: &str, similarity: f64) -> ErrorClass {
    let (expected, got) = (strip(expected), strip(got));
    if let Some(class) = at_a_glance(expected, got, words(got), similarity) {
        return class;
    }
    let Some(answer) = Expression::read(got) else { return ErrorClass::Syntax };
    let target = Expression::read(expected);
    Contents::new(target.as_ref(), expected).class_of(&Contents::new(Some(&answer), got))
}

/// The class that lengths, repetition and similarity decide, if they do (S96–S99); `words` are those of `got`.
pub(super) fn at_a_glance<'t>(
    expected: &str,
    got: &str,
    words: impl Iterator<Item = &'t str>,
    similarity: f64,
) -> Option<ErrorClass> {
    if got.is_empty() {
        return Some(ErrorClass::Empty);
    }
    let length = got.chars().count();
    let allowed = ALWAYS_ALLOWED.max(3 * expected.chars().count());
    if length > allowed || (length > BRIEF_CHARACTERS && is_repetitive(words)) {
        return Some(ErrorClass::Hallucination);
    }
    (similarity > NEAR).then_some(ErrorClass::NearMiss)
}

/// Whether there are more than five `words`, fewer than half of them distinct (S98).
fn is_repetitive<'t>(words: impl Iterator<Item = &'t str>) -> bool {
    let mut distinct = BTreeSet::new();
    let count = words.map(|word| distinct.insert(word)).count();
    count > BRIEF_WORDS && 2 * distinct.len() < count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_the_rules() {
        let class = |expected: &str, got: &str, similarity| error_class(expected, got, similarity);
        assert_eq!(class("x", " \u{1c}", 0.0), ErrorClass::Empty);
        assert_eq!(class("x", &"y".repeat(100), 0.0), ErrorClass::WrongIdentifier);
        assert_eq!(class("x", &"y".repeat(101), 1.0), ErrorClass::Hallucination);
        assert_eq!(class(&"é".repeat(40), &"y".repeat(120), 0.0), ErrorClass::WrongIdentifier);
        assert_eq!(class(&"é".repeat(40), &"y".repeat(121), 0.0), ErrorClass::Hallucination);
        let repeated = "abcdef + abcdef + abcdef + abcdef";
        assert_eq!(class("x", repeated, 0.0), ErrorClass::Hallucination);
        assert_eq!(class("x", "a + a + a + a + a + a + a + aa", 0.9), ErrorClass::NearMiss);
        assert_eq!(class("x", "y", 0.8), ErrorClass::WrongIdentifier);
        assert_eq!(class("x", "y z", 0.800_000_1), ErrorClass::NearMiss);
    }

    #[test]
    fn contents_decide_the_rest() {
        use ErrorClass::{Syntax, TypeMismatch, WrongIdentifier, WrongLiteral};
        for (expected, got, class) in [
            ("x", "y z", Syntax),
            ("f(1)", "g(0x1)", WrongIdentifier),
            ("f('a')", "f(\"b\")", WrongLiteral),
            ("1", "1.0", WrongLiteral),
            ("1", "True", WrongLiteral),
            ("f(1)", "g[2]", TypeMismatch),
            ("f(1)", "g(2)", WrongIdentifier),
            ("f(x)", "f(x, x)", TypeMismatch),
            ("f)", "x", WrongIdentifier),
            ("5)", "6", WrongLiteral),
            ("", "6", TypeMismatch),
            ("f(a=1)", "f(b=1)", TypeMismatch),
            ("lambda x: 1", "lambda y: 1", TypeMismatch),
            ("f'{x}a'", "f'{x}b'", WrongLiteral),
            ("'a' 'b'", "'ac'", WrongLiteral),
        ] {
            assert_eq!(error_class(expected, got, 0.5), class, "{expected} {got}");
        }
    }
}
