//! Subtrees are told apart exactly as their S-expressions are (S50).

use std::collections::HashMap;

use bench::python::{Form, Forms, Parser, Syntax};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    prediction: String,
    target: String,
}

/// The S-expressions of the root and of every node with children, children before parents.
///
/// Nodes come from cursors that begin at their parents, as Python's binding takes them: the kind of a renamed parent then
/// passes to errors below it.
fn printed(parser: &mut Parser, text: &str) -> Vec<String> {
    let tree = parser.parse(text);
    let mut found = Vec::new();
    let mut stack = vec![(tree.root_node(), false)];
    while let Some((node, is_done)) = stack.pop() {
        if is_done {
            found.push(node.to_sexp());
            continue;
        }
        stack.push((node, true));
        let children: Vec<_> = node.children(&mut node.walk()).filter(|child| child.child_count() > 0).collect();
        stack.extend(children.into_iter().rev().map(|child| (child, false)));
    }
    found
}

#[derive(Default)]
struct Pairing {
    parser: Parser,
    forms: Forms,
    syntax: Syntax,
    form_of: HashMap<String, Form>,
    text_of: HashMap<Form, String>,
}

impl Pairing {
    fn add(&mut self, text: &str) {
        self.syntax.read(text, &mut self.parser, &mut self.forms);
        let printed = printed(&mut self.parser, text);
        assert_eq!(printed.len(), self.syntax.forms().len(), "{text:?}");
        for (shown, &form) in printed.into_iter().zip(self.syntax.forms()) {
            assert_eq!(*self.form_of.entry(shown.clone()).or_insert(form), form, "{text:?}: {shown}");
            assert_eq!(*self.text_of.entry(form).or_insert_with(|| shown.clone()), shown, "{text:?}");
        }
    }
}

#[test]
fn forms_are_equal_where_s_expressions_are() {
    let mut pairing = Pairing::default();
    pairing.add("{* ,b}");
    for line in [include_str!("../golden/metrics.jsonl"), include_str!("../golden/hard.jsonl")]
        .iter()
        .flat_map(|file| file.lines())
    {
        let row: Row = serde_json::from_str(line).unwrap();
        pairing.add(&row.prediction);
        pairing.add(&row.target);
    }
    assert!(pairing.text_of.len() > 10_000);
    let shown = |what: &str| pairing.form_of.keys().any(|shown| shown.contains(what));
    assert!(shown("MISSING _newline") && shown("(MISSING \"") && shown("UNEXPECTED '") && shown("(ERROR)"));
    assert!(pairing.form_of.contains_key("(list_splat)"));
}
