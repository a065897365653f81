//! The strict cleaning, case by case (M46).

use bench::AssertionKind;
use harness::Slot::{self, Argument, Arguments, Comparand, Pair};
use harness::{Answer, Reference, Strict, em_strict};

fn right(target: &str, completion: &str, slot: Slot) -> bool {
    em_strict(&Answer::<Strict>::clean(completion, slot), &Reference::<Strict>::clean(target, slot))
}

fn clean(text: &str, slot: Slot) -> String {
    Answer::<Strict>::clean(text, slot).into_text()
}

/// The consequences a to m that the paper's cleaning has, in the order of the scoring rules, then more.
#[test]
fn the_table_of_the_definition() {
    for (target, completion, slot, expected) in [
        ("x", "x == y and z", Comparand, false),
        ("x", "not x", Comparand, false),
        ("foo(x)", "foo (x)", Comparand, true),
        ("foo", "foo, \"message\"", Comparand, true),
        ("'a b'", "'a, b'", Comparand, false),
        ("f(a)", "f(a, b)", Comparand, false),
        ("\"#fff\"", "\"#000\"", Comparand, false),
        ("\"a#b\"", "\"a#c\"", Comparand, false),
        ("# only a comment", "", Comparand, false),
        ("f(a, b) + 1", "f(a, b) + 1; g()", Comparand, true),
        ("{\n}", "{\n}\ng()", Comparand, true),
        ("foo)", "foo", Argument, true),
        ("f(x, 1))", "f(x, 1))\ng()", Argument, true),
        ("3)", "3, places=2)", Argument, true),
        ("E, match=\"m\")", "E, match = \"m\") as e:", Arguments, true),
        ("E)", "E, match=\"m\")", Arguments, false),
        ("E)", "E, f, 1)", Arguments, true),
    ] {
        assert_eq!(right(target, completion, slot), expected, "{target} / {completion}");
    }
}

#[test]
fn a_comparand_ends_with_its_logical_line() {
    assert_eq!(clean("\n  x\ny", Comparand), "x");
    assert_eq!(clean("a + \\\n  b\nc", Comparand), "a + b");
    assert_eq!(clean("[\n  1,  # one (\n  2,\n]\nc", Comparand), "[ 1 , 2 , ]");
    assert_eq!(clean("x  # comment, with (brackets\n", Comparand), "x");
    assert_eq!(clean("x # comment", Comparand), "x");
    assert_eq!(clean("x; y", Comparand), "x");
    assert_eq!(clean("x), y", Comparand), "x");
    assert_eq!(clean("x]\n", Comparand), "x");
    assert_eq!(clean("'''a\nb''', 'message'", Comparand), "'''a b'''");
    assert_eq!(clean("\"a, b; c # d) \\\" e\"", Comparand), "\"a, b; c # d) \\\" e\"");
    assert_eq!(clean("f'{x, ')'}#'.strip()", Comparand), "f'{x, ')'}#' . strip ( )");
    assert_eq!(clean("{\"a\": lambda x, y: x}[k](1, 2)", Comparand), "{ \"a\" : lambda x , y : x } [ k ] ( 1 , 2 )");
}

#[test]
fn an_argument_ends_with_its_call_or_at_its_comma() {
    assert_eq!(clean("x, msg='m')", Argument), "x");
    assert_eq!(clean("f(a, b), msg)", Argument), "f ( a , b )");
    assert_eq!(clean("lambda a, b=lambda c, d: 1: a, msg)", Argument), "lambda a , b = lambda c , d : 1 : a");
    assert_eq!(clean("'a'\n    'b',\n    msg)", Argument), "'a' 'b'");
    assert_eq!(clean("'a'\n    'b'\n)", Argument), "'a' 'b'");
    assert_eq!(clean("x)\n    y, z)", Argument), "x");
    assert_eq!(clean("*rest)", Argument), "* rest");
    assert_eq!(clean("x  # why\n)", Argument), "x");
}

#[test]
fn an_argument_whose_call_stays_open_ends_with_its_line() {
    assert_eq!(clean("x\n    y = a, b\n", Argument), "x");
    assert_eq!(clean("\nx\ny", Argument), "x");
    assert_eq!(clean("E, match='m'\nx = [1]\n", Arguments), "E , match = 'm'");
}

#[test]
fn parentheses_opened_before_the_cut_hold_lines_together() {
    assert_eq!(clean("'a'  # one\n  'b'\n), 'message'\nf()", Comparand), "'a' 'b'");
    assert_eq!(clean("'a'\n  'b'\nf()", Comparand), "'a'");
    assert_eq!(clean("a\n  + b, c)", Comparand), "a + b");
    assert_eq!(clean("a; b\n)", Comparand), "a");
}

#[test]
fn arguments_are_those_a_target_holds() {
    assert_eq!(clean("E, f, 1, match='m', **rest)", Arguments), "E , match = 'm'");
    assert_eq!(clean("E, 're', f, msg='m')", Pair), "E , 're'");
    assert_eq!(clean("E, expected_regex='re')", Pair), "E");
    assert_eq!(clean("(A, B), g(x=1))", Arguments), "( A , B )");
    assert_eq!(clean("E, match=a == b)", Arguments), "E , match = a == b");
}

#[test]
fn arguments_keep_their_commas_but_the_last() {
    assert!(right("E, match=\"a, b\")", "E, match=\"a, b\",\n)", Arguments));
    assert!(right("(A, B))", "(A, B), )", Arguments));
    assert!(!right("(A, B))", "(A, B,))", Arguments));
    assert!(right("1.0, rel=1e-5)", "1.0, rel = 1e-5)", Arguments));
    assert!(!right("1.0, rel=1e-5)", "1.0, rel=1e-6)", Arguments));
}

#[test]
fn spacing_between_lexemes_is_free_and_inside_literals_is_not() {
    assert!(right("[1, 2]", "[ 1,2 ]", Comparand));
    assert!(right("a if b else-c", "a  if b\telse -c", Comparand));
    assert!(!right("notx", "not x", Comparand));
    assert!(!right("a<=b", "a< =b", Comparand));
    assert!(!right("1.5", "1 .5", Comparand));
    assert!(!right("b'x'", "b 'x'", Comparand));
    assert!(!right("'a b'", "'a  b'", Comparand));
    assert!(!right("'a'", "\"a\"", Comparand));
}

/// Targets that spanned lines were collapsed, inside literals and comments too (R58).
#[test]
fn collapsed_targets_meet_their_uncollapsed_answers() {
    assert!(right("\"\"\"a b\"\"\"", "\"\"\"a\n     b\"\"\"", Comparand));
    assert!(right("['a b']", "[\n    'a  b'\n]", Comparand));
    assert!(!right("['a b']", "['a  b']\n", Comparand));
    assert!(!right("'a b'", "\n'a  b'", Comparand), "the break stands before the answer");
    assert!(right("'a  b')", "\n    'a  b')", Argument));
    assert!(right("['a b']", "\n['a  b',\n]", Comparand) == right("['a b']", "['a  b',\n]", Comparand));
    assert!(right("a + \\ b", "a + \\\n    b", Comparand));
    assert!(right("[1, 2])", "[\n    1,\n    2\n])", Argument) == right("[ 1, 2 ])", "[1, 2])", Argument));
    // A comment swallowed by its line cannot be told from text: only the same text matches, never a stump.
    assert!(right("[1, # one 2]", "[1, # one 2]", Comparand));
    assert!(!right("[1, # one 2]", "[1,", Comparand));
    assert!(!right("\"a\" # one \"b\")", "\"a\")", Argument));
}

#[test]
fn nothing_matches_an_empty_answer() {
    for slot in [Comparand, Argument, Pair, Arguments] {
        for text in ["", "   ", "\n\n", ")", "# x", ","] {
            assert!(!right(text, "", slot), "{text:?}");
            assert!(!right("x", text, slot), "{text:?}");
        }
    }
}

#[test]
fn every_kind_has_its_slot() {
    assert_eq!(Slot::of(AssertionKind::Assert), Comparand);
    assert_eq!(Slot::of(AssertionKind::AssertEqual), Argument);
    assert_eq!(Slot::of(AssertionKind::AssertRaises), Argument);
    assert_eq!(Slot::of(AssertionKind::AssertRaisesRegex), Pair);
    assert_eq!(Slot::of(AssertionKind::PytestRaises), Arguments);
    assert_eq!(Slot::of(AssertionKind::PytestApprox), Arguments);
    assert_eq!(Slot::of(AssertionKind::AssertStar), Argument);
}
