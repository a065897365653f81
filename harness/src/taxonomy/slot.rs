//! The error classes of strictly cleaned texts in their slots (S108).

use bench::ErrorClass;

use super::contents::Contents;
use super::error_class::at_a_glance;
use crate::answer::{Answer, Reference, Slot, Strict};
use crate::expression::Expression;
use crate::lexeme::{Kind, Lexeme, lexemes};
use crate::metric::Matcher;

/// The class of `answer`, which is not an exact match of `reference`, as filling `slot`.
///
/// `matcher` lends its buffers. The classes are tried in the order of [`error_class`](crate::error_class), but:
///
/// 1. The brackets that the slot supplies are gone from both texts, which end where their expressions end.
/// 2. Lengths and similarity (S97–S99) are those of the lexemes in one spacing: a blank between two that would otherwise
///    run together, and nowhere else. The words of S98 are names, keywords, numbers and literals.
/// 3. A comparand parses if it is an expression, anything else if it is a list of arguments (S100). Several arguments, or
///    a named one, are a shape of their own. A text with a comment does not parse: it hides what it was followed by.
/// 4. Attribute names are identifiers (S101, S104).
///
/// ```
/// use bench::ErrorClass;
/// use harness::{Answer, Matcher, Reference, Slot, Strict, slot_error_class};
/// let class = |target, completion, slot| {
///     let (reference, answer) = (Reference::<Strict>::clean(target, slot), Answer::<Strict>::clean(completion, slot));
///     slot_error_class(&answer, &reference, slot, &mut Matcher::default())
/// };
/// assert_eq!(class("total)", "count)", Slot::Argument), ErrorClass::WrongIdentifier);
/// assert_eq!(class("a.b", "a.c", Slot::Comparand), ErrorClass::WrongIdentifier);
/// ```
pub fn slot_error_class(
    answer: &Answer<Strict>,
    reference: &Reference<Strict>,
    slot: Slot,
    matcher: &mut Matcher,
) -> ErrorClass {
    let (expected, got) = (spaced(reference.text()), spaced(answer.text()));
    let words = lexemes(answer.text()).filter(is_word).map(|lexeme| lexeme.text);
    let similarity = matcher.ratio(&got, &expected);
    if let Some(class) = at_a_glance(&expected, &got, words, similarity) {
        return class;
    }
    let Some(got) = Expression::in_slot(answer.text(), slot) else { return ErrorClass::Syntax };
    let expected = Expression::in_slot(reference.text(), slot);
    let target = Contents::new(expected.as_ref(), reference.text()).with_attributes(expected.as_ref());
    target.class_of(&Contents::new(Some(&got), answer.text()).with_attributes(Some(&got)))
}

/// The lexemes of a strictly cleaned text with as few blanks as tell them apart.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut after_word = false;
    for lexeme in lexemes(text).filter(|lexeme| lexeme.kind != Kind::Blank) {
        let word = is_word(&lexeme);
        if word && after_word {
            out.push(' ');
        }
        out.push_str(lexeme.text);
        after_word = word;
    }
    out
}

fn is_word(lexeme: &Lexeme<'_>) -> bool {
    matches!(lexeme.kind, Kind::Word | Kind::Literal)
}
