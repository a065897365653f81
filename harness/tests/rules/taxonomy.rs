//! The second classification (S108), by the table of its documentation, and limits of the first.

use bench::ErrorClass::{self, Empty, Hallucination, NearMiss, Syntax, TypeMismatch, WrongIdentifier, WrongLiteral};
use harness::{Answer, Matcher, Paper, Reference, Slot, Strict, error_class, slot_error_class};

/// The classes of the authors and ours.
fn classes(target: &str, completion: &str, slot: Slot) -> (ErrorClass, ErrorClass) {
    let mut matcher = Matcher::default();
    let reference = Reference::<Paper>::clean(target);
    let answer = Answer::<Paper>::clean(completion, &reference);
    let similarity = matcher.similarity(&answer, &reference);
    let paper = error_class(reference.text(), answer.text(), similarity);
    let reference = Reference::<Strict>::clean(target, slot);
    let answer = Answer::<Strict>::clean(completion, slot);
    (paper, slot_error_class(&answer, &reference, slot, &mut matcher))
}

#[test]
fn brackets_of_the_slot_are_no_errors() {
    for (slot, target, completion, paper, ours) in [
        (Slot::Argument, "x)", "y)", Syntax, WrongIdentifier),
        (Slot::Argument, "len(x))", "3)", Syntax, TypeMismatch),
        (Slot::Argument, "x)", "f(y", Syntax, Syntax),
        (Slot::Argument, "x)", ")", Syntax, Empty),
        (Slot::Comparand, "a.b", "a.c", TypeMismatch, WrongIdentifier),
        (Slot::Comparand, "[]", "f(x, y)", Syntax, TypeMismatch),
        (Slot::Arguments, "E, match=\"m\")", "E)", Syntax, TypeMismatch),
        (Slot::Arguments, "E, match=\"m\")", "E, match=\"no match at all\")", Syntax, WrongLiteral),
        (Slot::Argument, "1)", "2)\n        self.f(1)", Syntax, WrongLiteral),
        (Slot::Argument, "5)", "'a#b')", Syntax, WrongLiteral),
        (Slot::Argument, "", "x)", Syntax, TypeMismatch),
        (Slot::Comparand, "value_of_this", "value_of_that", NearMiss, NearMiss),
    ] {
        assert_eq!(classes(target, completion, slot), (paper, ours), "{target} {completion}");
    }
}

#[test]
fn repetition_is_counted_in_words_not_in_punctuation() {
    let ours = |completion: &str| classes("x", completion, Slot::Comparand).1;
    assert_eq!(ours("foo(x.a, x.b, x.c, x.d, x.e, x.f, x.g)"), WrongIdentifier);
    assert_eq!(ours(&format!("foo({}1)", "abc, ".repeat(7))), Hallucination);
    assert_eq!(ours(&"y".repeat(101)), Hallucination);
    assert_eq!(ours(&"(((((((".repeat(15)), Hallucination);
}
