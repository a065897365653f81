//! Python texts that are legal, or nearly so, and expensive.

use std::fmt::Write as _;

const TEST: &str = "def test_a():\n    assert f(1) == 12\n";

/// A test file, and what must come of it.
pub(crate) struct Text {
    pub(crate) name: &'static str,
    pub(crate) source: String,
    pub(crate) fate: Fate,
}

/// What becomes of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Python 3.12 refuses it.
    Invalid,
    /// At least this many assertions are found, some of which may not fit into the budget.
    Found(usize),
    /// It is larger than any source file.
    TooLarge,
}

/// The texts, whose repeated pieces number about `size`.
pub(crate) fn texts(size: usize) -> Vec<Text> {
    let text = |name, source, fate| Text { name, source, fate };
    let beyond = size.max(5_000);
    // A hundred times as many repetitions are ten thousand times as many here: up to the largest file that is read.
    let dense = size * size / 2_000;
    let deep = |open: &str, close: &str| {
        format!("def test_a():\n    assert {}x{} == 1\n", open.repeat(beyond), close.repeat(beyond))
    };
    vec![
        text("many", many(size), Fate::Found(size)),
        text("one_line", one_line(size / 10), Fate::Found(size / 10)),
        text("one_function", one_function(size), Fate::Found(size)),
        text("methods", methods(size / 4), Fate::Found(size / 4)),
        text("fixtures", fixtures(size / 4), Fate::Found(size / 4)),
        text("fields", fields(size), Fate::Found(size)),
        text("classes", classes(), Fate::Found(90)),
        text("chain", chain(1_450), Fate::Found(1_450)),
        text("long_chain", chain(beyond), Fate::Invalid),
        text("nested_calls", nested_calls(190), Fate::Found(190)),
        text("targets", targets(size), Fate::Found(0)),
        text("brackets", deep("[", "]"), Fate::Invalid),
        text("minus", deep("-", ""), Fate::Invalid),
        text("not", deep("not ", ""), Fate::Invalid),
        text("lambda", deep("lambda: ", ""), Fate::Invalid),
        text("power", deep("a ** ", ""), Fate::Invalid),
        text("ternary", deep("a if b else ", ""), Fate::Invalid),
        text("await", deep("await ", ""), Fate::Invalid),
        text("walrus", deep("(a := ", ")"), Fate::Invalid),
        text("f_strings", format_strings(200), Fate::Invalid),
        text("indents", indents(size.min(3_000)), Fate::Invalid),
        text("open_string", format!("def test_a():\n    assert a == 1\n'''{}", "\n\"".repeat(size)), Fate::Invalid),
        text("flat_and", flat(" and a", size), Fate::Found(1)),
        text("flat_compare", flat(" < a", size), Fate::Found(1)),
        text("flat_sum", flat(" + a", beyond), Fate::Invalid),
        text("elif", elif(size.min(2_000)), Fate::Found(1)),
        text("long_elif", elif(beyond), Fate::Invalid),
        text("decorators", format!("{}def test_a():\n    assert f(1) == 1\n", "@d\n".repeat(size)), Fate::Found(1)),
        text("parameters", parameters(size), Fate::Found(1)),
        text("comments", format!("def test_a():\n{}    assert f(1) == 1\n", "    #\n".repeat(size)), Fate::Found(1)),
        text("continued", format!("def test_a():\n    assert f(1) ==\\\n{} 1\n", "\\\n".repeat(size)), Fate::Found(1)),
        text("dense", format!("{TEST}x = [{}]\n", "a,".repeat(3 * dense / 4)), Fate::Found(1)),
        text("dense_calls", format!("{TEST}{}\n", "f();".repeat(37 * dense / 100)), Fate::Found(1)),
        text("dense_strings", format!("{TEST}x = [{}]\n", "'',".repeat(dense / 2)), Fate::Found(1)),
        text("dense_formats", format!("{TEST}x = [{}]\n", "f'{a}',".repeat(dense / 5)), Fate::Found(1)),
        text(
            "dense_asserts",
            format!("def test_a():\n{}", " assert a==1\n".repeat(12 * dense / 100)),
            Fate::Found(12 * dense / 100),
        ),
        text("digits", format!("def test_a():\n    assert a == {}\n", "1".repeat(beyond)), Fate::Invalid),
        text("nul", "def test_a():\n    assert a == 1\n\0".to_owned(), Fate::Invalid),
        text("byte_order_mark", "\u{feff}def test_a():\n    assert a == 1\n".to_owned(), Fate::Invalid),
        text("form_feeds", format!("def test_a():\n{}    assert f(1) == 1\n", "\u{c}\n".repeat(size)), Fate::Found(1)),
        text(
            "separators",
            format!("x = '{}'\ndef test_a():\n    assert f(1) == 1\n", "\u{2028}".repeat(size)),
            Fate::Found(1),
        ),
        text("soft_keywords", soft_keywords(size / 10), Fate::Found(size / 10)),
        text("names", names(size), Fate::Found(1)),
        text("long_line", format!("import pytest; x = '{}'\n", "x".repeat(50 << 20)), Fate::TooLarge),
    ]
}

fn many(count: usize) -> String {
    (0..count).fold(String::new(), |mut text, at| {
        let _ = writeln!(text, "def test_{at}(): assert f({at}) == {at}");
        text
    })
}

fn one_line(count: usize) -> String {
    format!("def test_a(): {}\n", "assert a == 12;".repeat(count))
}

fn one_function(count: usize) -> String {
    format!("def test_a():\n{}", "    assert a == 12\n".repeat(count))
}

/// A class of helpers, fixtures and versions of one test, each with an assertion.
fn methods(count: usize) -> String {
    let names = ["test_a", "setUp", "help"];
    (0..count).fold("class TestA:\n".to_owned(), |mut text, at| {
        let _ = writeln!(text, "    def {}(self): self.assertEqual({at}, 1)", names[at % names.len()]);
        text
    })
}

fn fixtures(count: usize) -> String {
    format!("class TestA:\n{}", "    def setUp(self): assert self.a == 1\n".repeat(count))
}

/// Assignments of a class and of the module, all on one line each, and as many assertions.
fn fields(count: usize) -> String {
    let (fields, tests) = ("a = 1;".repeat(count), "        assert a == 12\n".repeat(count));
    format!("{fields}\nclass TestA:\n    {fields}\n    def test_a(self):\n{tests}")
}

/// Classes inside each other, as deep as Python takes them.
fn classes() -> String {
    (0..90).fold(String::new(), |mut text, depth| {
        let blank = " ".repeat(depth);
        let _ = write!(text, "{blank}class A{depth}:\n{blank} def test_a(self): self.assertEqual(a, 1)\n");
        text
    })
}

fn chain(count: usize) -> String {
    format!("def test_a():\n    a{}\n", ".assert_x(1)".repeat(count))
}

fn nested_calls(depth: usize) -> String {
    format!("def test_a():\n    {}1{}\n", "assert_x(".repeat(depth), ")".repeat(depth))
}

/// Calls inside each other whose targets are as long as the text.
fn targets(size: usize) -> String {
    let depth = 150;
    format!("def test_a():\n    {}'{}'{}\n", "assert_x(\n".repeat(depth), "x".repeat(size), ")".repeat(depth))
}

fn format_strings(depth: usize) -> String {
    format!("def test_a():\n    assert a == {}1{}\n", "f'{".repeat(depth), "}'".repeat(depth))
}

fn indents(depth: usize) -> String {
    let lines = (0..depth).map(|level| format!("{}if a:\n", " ".repeat(level)));
    lines.collect::<String>() + &" ".repeat(depth) + "assert a == 1\n"
}

fn flat(piece: &str, count: usize) -> String {
    format!("def test_a():\n    assert a{} == 1\n    assert f(1) == 1\n", piece.repeat(count))
}

fn elif(count: usize) -> String {
    format!("def test_a():\n    if a:\n        assert f(1) == 1\n{}", "    elif a:\n        pass\n".repeat(count))
}

fn parameters(count: usize) -> String {
    let list = (0..count).fold(String::new(), |list, at| list + &format!("a{at}=lambda: 0,"));
    format!("def test_a({list}):\n    assert f(1) == 1\n")
}

fn soft_keywords(count: usize) -> String {
    let case = "    match match:\n        case [case, *_]: assert type == 12\n    type type = type\n";
    format!("def test_a():\n{}", case.repeat(count))
}

/// Names that Python normalises.
fn names(count: usize) -> String {
    format!("def test_a():\n    {} = 1\n    assert f(1) == 1\n", "\u{fb01}".repeat(count))
}
