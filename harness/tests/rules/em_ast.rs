//! `em_ast`, in tables and laws.

use harness::{Answer, Reference, Slot, Strict, em_ast, em_strict};
use proptest::prelude::*;

fn equal(target: &str, completion: &str, slot: Slot) -> bool {
    em_ast(&Answer::<Strict>::clean(completion, slot), &Reference::<Strict>::clean(target, slot), slot)
}

#[test]
fn spelling_does_not_matter() {
    for (target, completion) in [
        ("'a'", "\"a\""),
        ("'a'", "u'''a'''"),
        (r"'\x61\n'", "\"a\\n\""),
        ("'ab'", "'a' \"b\""),
        ("b'a'", "B\"a\""),
        ("16", "0x1_0"),
        ("18446744073709551616", "0x1_0000_0000_0000_0000"),
        ("1000.0", "1e3"),
        ("f(a,b=1)", "(f)(a, b = (1),)"),
        ("[1, 2]", "[\n    1,  # one\n    2,\n]"),
        ("x[1, 2]", "x[(1, 2)]"),
        ("a + b * c", "a + (b * c)"),
        ("a and b and c", "(a and b and c)"),
        ("f(x for x in y)", "f((x for x in y))"),
        ("f'a{x}b'", "'a' f\"{x}\" 'b'"),
        ("f'{x=}'", "f'x={x!r}'"),
        ("f'{ x }{{'", "f\"{x}{{\""),
        ("x[:]", "x[::]"),
        ("not x", "not(x)"),
        ("ﬁ", "fi"),
    ] {
        assert!(equal(target, completion, Slot::Comparand), "{target} {completion}");
        assert!(equal(completion, target, Slot::Comparand), "{target} {completion}");
        assert!(equal(&format!("{target})"), completion, Slot::Argument), "{target} {completion}");
    }
}

#[test]
fn meaning_does() {
    for (target, completion) in [
        ("1", "1.0"),
        ("1", "True"),
        ("1.0", "(1+0j)"),
        ("0.0", "-0.0"),
        ("'a'", "b'a'"),
        ("'a'", "f'a'"),
        ("'1'", "1"),
        (r"'\ud800'", r"'\udfff'"),
        ("f(a=1, b=2)", "f(b=2, a=1)"),
        ("{1, 2}", "{2, 1}"),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}"),
        ("(1,)", "(1)"),
        ("[1]", "(1,)"),
        ("a and b and c", "a and (b and c)"),
        ("a - b - c", "a - (b - c)"),
        ("a < b < c", "(a < b) < c"),
        ("f'{x}'", "f'{x!s}'"),
        ("f'{x}'", "f'{x:}'"),
        ("lambda x: x", "lambda y: y"),
        ("lambda x, /: x", "lambda x: x"),
        ("a.b", "a.c"),
        ("x is not y", "x is (not y)"),
    ] {
        assert!(!equal(target, completion, Slot::Comparand), "{target} {completion}");
        assert!(!equal(&format!("{target})"), completion, Slot::Argument), "{target} {completion}");
    }
}

#[test]
fn slots_of_calls_hold_arguments() {
    assert!(equal("E, match='x')", "(E), match=\"x\") as e:\n    f()", Slot::Arguments));
    assert!(!equal("E, match='x', id=1)", "E, id=1, match='x')", Slot::Arguments));
    assert!(equal("E, 'x')", "E, \"x\"):\n", Slot::Pair));
    assert!(equal("*rest)", "*(rest))", Slot::Argument) && !equal("*rest", "*(rest)", Slot::Comparand));
    assert!(!equal("E)", "E, match='x')", Slot::Arguments));
}

#[test]
fn what_does_not_parse_is_compared_by_lexemes() {
    assert!(equal("f(x", "f( x", Slot::Comparand) && !equal("f('x'", "f(\"x\"", Slot::Comparand));
    assert!(!equal("", "", Slot::Argument) && !equal(")", ")", Slot::Argument) && !equal("x)", ")", Slot::Argument));
    assert!(!equal("[1, # one 2]", "[1, # two 2]", Slot::Argument));
}

#[test]
fn hostile_nesting_is_no_tree() {
    let pieces = [
        "(",
        "[",
        "{",
        "not ",
        "-",
        "~",
        "*",
        "**",
        "lambda: ",
        "lambda x=",
        "lambda *a, b=",
        "a if b else ",
        "f(",
        "a[",
        "f'{",
        "a**",
        "await ",
        "yield ",
        "(yield ",
        "a:=",
        "a if ",
        "*a, ",
        "f'{x:{",
        "[a for a in ",
        "{a: ",
        "async ",
        "lambda x=(",
    ];
    let texts = pieces.map(|piece| piece.repeat(65_536 / piece.len()));
    let chains = [" + a", ".a", "()", "[0]", " if b else a", " a"]
        .map(|piece| format!("a{}", piece.repeat(65_536 / piece.len())));
    for text in texts.iter().map(|text| format!("{text}a")).chain(chains) {
        for slot in [Slot::Comparand, Slot::Argument] {
            assert!(!equal(&text, &format!("({text})"), slot), "{}", &text[..9]);
        }
    }
    let joined = format!("a{}", " and a".repeat(10_000));
    assert!(equal(&joined, &format!("({joined})"), Slot::Comparand));
}

/// Text made of pieces that parse often enough.
fn text() -> impl Strategy<Value = String> {
    let pieces = [
        "x", "y.z", "1", "0x1", "'a'", "\"a\"", " + ", ", ", "(", ")", "[", "]", "f(", "k=", " not ", "f'{x}'", "\n",
        "# c", "{", "}", ":",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..9).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })]

    #[test]
    fn equal_lexemes_are_equal_trees(target in text(), completion in text()) {
        for slot in [Slot::Comparand, Slot::Argument, Slot::Pair, Slot::Arguments] {
            for completion in [&completion, &target, &format!(" ({target}) ")] {
                let answer = Answer::<Strict>::clean(completion, slot);
                let reference = Reference::<Strict>::clean(&target, slot);
                prop_assert!(em_ast(&answer, &reference, slot) || !em_strict(&answer, &reference));
                prop_assert_eq!(em_ast(&answer, &reference, slot), equal(completion, &target, slot));
            }
        }
    }
}
