//! Plain expressions have the trees that the grammar's parser makes of them.

mod generator;

use bench::Seed;
use bench::python::{Forms, Parser, Place, Syntax, SyntaxNode};

use crate::generator::text;

/// Nodes, forms in a canonical order, and depth.
fn read(syntax: &Syntax) -> (Vec<SyntaxNode>, Vec<bench::python::Form>, usize) {
    let mut forms = syntax.forms().to_vec();
    forms.sort_unstable();
    (syntax.nodes().to_vec(), forms, syntax.depth())
}

#[derive(Default)]
struct Both {
    parser: Parser,
    forms: Forms,
    syntax: Syntax,
}

impl Both {
    /// Whether `text` is plain; if so, it is read in both ways.
    fn agree(&mut self, text: &str) -> bool {
        if !self.syntax.is_plain(text, &mut self.forms) {
            return false;
        }
        self.syntax.read(text, &mut self.parser, &mut self.forms);
        let plain = read(&self.syntax);
        self.syntax.read_with_grammar(text, &mut self.parser, &mut self.forms);
        assert_eq!(plain, read(&self.syntax), "{text:?}");
        true
    }
}

fn generated(seed: u64, texts: usize) {
    let mut rng = Seed(seed).rng();
    let mut both = Both::default();
    let mut plain = 0;
    for _ in 0..texts {
        if both.forms.len() > 1 << 20 {
            both.forms.clear();
        }
        plain += usize::from(both.agree(text(&mut rng).trim()));
    }
    assert!(plain * 2 > texts, "only {plain} of {texts} texts are plain");
}

#[test]
fn generated_texts_have_the_trees_of_the_grammar() {
    generated(0, 20_000);
}

/// Takes a minute or two: `cargo test -p bench --release --test plain -- --ignored`.
#[test]
#[ignore = "long"]
fn a_million_generated_texts_have_the_trees_of_the_grammar() {
    generated(1, 1_000_000);
}

/// Each was read wrongly by some version.
#[test]
fn texts_at_the_borders() {
    let mut both = Both::default();
    let plain = [
        "",
        ")",
        "a)",
        "a))",
        "a, b)",
        "a, b.c)",
        "not a)",
        "not a.b)",
        "a or b)",
        "a or b.c)",
        "a or b or c)",
        "a if b else c)",
        "a if b else 1)",
        "a is not b)",
        "a not in b)",
        "a, )",
        "E, match=\"a\")",
        "E, match=\"a\"",
        "a.E, b, match='a')",
        "f(a",
        "f(x=1",
        "f(x=a",
        "f(type=a).match)",
        "{a: b",
        "{a: 1",
        "a[b:c",
        "f(a, [b, 1",
        "f(",
        "[1,",
        "1.)",
        ".5e-3)",
        "f'a')",
        "rb\"a\"",
        "a ** b)",
    ];
    for text in plain {
        assert!(both.agree(text), "{text:?} is plain");
    }
    let not = [
        " a",
        "a ",
        "())",
        "[])",
        "([]",
        "f(*a",
        "f(type=a",
        "a is not (",
        "(not a",
        "a**-b)",
        "10**2**2)",
        "a=b=1",
        "a=1, b=2)",
        "print(a)",
        "type(a)",
        "(*a,)",
        "a := 1",
        "'a",
        "'''a'''",
        "'\\x00'",
        "r'\\d'",
        "f'{a}'",
        "é",
        "a\n",
        "a]",
        "(a]",
        "1j",
        "0x1",
        "1_000",
        "[[[a",
        "a; b",
        "a b",
        "lambda: a",
        "[a for a in b]",
        "await a",
        "a, b, c == -d.e)",
        "a, b == -'c')",
    ];
    for text in not {
        assert!(!both.agree(text), "{text:?} is left to the grammar");
    }
}

#[test]
fn deep_texts_are_left_to_the_grammar() {
    let mut both = Both::default();
    for (open, close) in [("(", ")"), ("[", "]"), ("f(", ")"), ("-", ""), ("not ", ""), ("{1: ", "}"), ("2**", "")] {
        let nested = |depth: usize| open.repeat(depth) + "a" + &close.repeat(depth);
        assert!(both.agree(&nested(10)) || open == "2**", "{open}");
        for depth in [70, 3_000] {
            assert!(!both.agree(&nested(depth)), "{open}");
        }
    }
    // Chains are no deeper to read than they are long.
    let chain = "a".to_owned() + &".b".repeat(3_000);
    assert!(both.agree(&chain));
    assert_eq!(both.syntax.depth(), 3_003);
}

/// The parser weighs what it skips by its length; where it has a choice, no length may matter.
#[test]
fn lengths_do_not_matter() {
    let mut both = Both::default();
    for length in [1, 10, 30, 100, 300, 1_000] {
        let many = |item: &str| item.repeat(length);
        let texts = [
            format!("[{}1]", many("a, ")),
            format!("{}b.c", many("a, ")),
            format!("{}'b'", many("a + ")),
            format!("a{}", many("[0]")),
            format!("f({})", many("a=1, ")),
            format!("'{}'", many("words of a text ")),
            format!("E, match='{}'", many("words ")),
            many("name"),
            format!("x{}", many(" == y")),
            format!("{{{}1: 2}}", many("'key': value, ")),
        ];
        for text in texts {
            for closed in [text.clone(), text.clone() + ")", text.clone() + ") )"] {
                assert!(both.agree(&closed), "{closed}");
            }
            for opened in
                [format!("f({text}"), format!("a, [{text}"), format!("a.b({{1: {text}"), format!("f(x, y=[{text}")]
            {
                both.agree(&opened);
            }
        }
    }
}

#[test]
fn assignments_have_places() {
    let mut both = Both::default();
    assert!(both.agree("E, match='a')"));
    let places: Vec<(&str, Place)> = both
        .syntax
        .nodes()
        .iter()
        .filter(|node| node.place != Place::Other)
        .map(|node| (node.kind, node.place))
        .collect();
    assert_eq!(places, [("pattern_list", Place::Left), ("string", Place::Right)]);
}
