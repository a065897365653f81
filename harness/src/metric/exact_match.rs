//! Exact match: whether two cleaned texts are the same up to spelling that does not count.

use bench::pytext::{collapse, is_space, strip};

use crate::answer::{Answer, Paper, Reference, Slot, Strict};
use crate::expression::Expression;

/// Whether `answer` equals `reference` as the authors compare (S13, S14).
///
/// Trailing colons and commas never matter, one blank beside a comma neither; two do, and so does a line break after a
/// comma. White space inside literals is treated like any other. Two empty texts match. Tested against the reference
/// implementation on 3,000 pairs.
pub fn em_paper(answer: &Answer<Paper>, reference: &Reference<Paper>) -> bool {
    let (answer, reference) = (answer.text(), reference.text());
    answer == reference || (may_match(answer, reference) && normal_form(answer) == normal_form(reference))
}

/// Whether `answer` and `reference` are the same lexemes, and at least one.
///
/// An empty answer is never right, even where cleaning leaves nothing of the target.
pub fn em_strict(answer: &Answer<Strict>, reference: &Reference<Strict>) -> bool {
    !answer.text().is_empty() && answer.text() == reference.text()
}

/// Whether `answer` and `reference` are the same Python in `slot`, and not empty.
///
/// Both are parsed as CPython 3.12 does, a comparand as an expression, everything else as the arguments of a call, and
/// their trees compared. Quotes, spacing, the spelling of numbers, redundant brackets, trailing commas and the
/// concatenation of literals do not matter; the order of named arguments does, and `1`, `1.0` and `True` differ, as do
/// `0.0` and `-0.0`. F-strings are compared by their literal pieces and fields. If either text does not parse, this is
/// [`em_strict`]; so it is never false where that is true. Tested against `ast.dump` of CPython on 10,000 pairs.
///
/// ```
/// use harness::{Answer, Reference, Slot, Strict, em_ast};
/// let equal = |target, completion, slot| {
///     em_ast(&Answer::<Strict>::clean(completion, slot), &Reference::<Strict>::clean(target, slot), slot)
/// };
/// assert!(equal("['a', 0x10]", "[\"a\", 16,]", Slot::Comparand));
/// assert!(equal("E, match='x')", "(E), match=\"x\"):", Slot::Arguments));
/// assert!(!equal("f(a=1, b=2)", "f(b=2, a=1)", Slot::Comparand));
/// ```
pub fn em_ast(answer: &Answer<Strict>, reference: &Reference<Strict>, slot: Slot) -> bool {
    if answer.text() == reference.text() {
        return em_strict(answer, reference);
    }
    let tree = |text| Expression::in_slot(text, slot);
    tree(answer.text()).is_some_and(|answer| tree(reference.text()) == Some(answer))
}

/// Whether two texts are the same but for what normal forms may lack, which most texts are not from early on.
fn may_match(answer: &str, reference: &str) -> bool {
    let kept = |c: &char| !is_space(*c) && !matches!(c, ':' | ',');
    answer.chars().filter(kept).eq(reference.chars().filter(kept))
}

/// S13.
fn normal_form(text: &str) -> String {
    let trimmed = strip(text).trim_end_matches([':', ',', ' ', '\t']);
    collapse(&trimmed.replace(", ", ",").replace(" ,", ","))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn equal(a: &str, b: &str) -> bool {
        let equal = normal_form(a) == normal_form(b);
        assert!(!equal || may_match(a, b));
        equal
    }

    #[test]
    fn corner_cases_of_s15() {
        assert!(equal("x:", "x") && equal("x ,", "x") && equal(" : ,", ""));
        assert!(equal("a , b", "a,b"));
        assert!(!equal("a,  b", "a,b") && equal("a,  b", "a, \n b"));
        assert_eq!(normal_form("a,  b"), "a, b");
        assert_eq!(normal_form("[1,\n 2]"), "[1, 2]");
        assert!(!equal("[1,\n 2]", "[1, 2]"));
        assert!(equal("'a  b'", "'a b'") && equal("'a, b'", "'a,b'"));
    }
}
