//! The outline of a module, from its concrete tree.
//!
//! tree-sitter's tree has the shape of the text: parentheses are nodes, `a and b and c` nests, `elif` lies flat,
//! decorators wrap. This module visits it in the shape of CPython's tree, where only the *depth* of a node and the
//! order of its children matter (R9). Where the grammar reads a construct in a way that cannot be mapped with
//! certainty, there is no outline, and the abstract tree answers.

mod definition;
mod expression;
mod parameter;
mod statement;

use std::collections::VecDeque;

use tree_sitter::{Node, Tree};

use super::lines::LineIndex;
use super::outline::{Outline, Span};

/// The outline of `tree`, which was made of `text` with the line starts `lines`; none where the grammar falls short.
pub(super) fn outline(tree: &Tree, text: &str, lines: &LineIndex) -> Option<Outline> {
    if tree.root_node().has_error() {
        return None;
    }
    let mut walk = Walk { text, lines, queue: VecDeque::new(), outline: Outline::default(), uncertain: false };
    walk.read_module(tree.root_node());
    walk.block(tree.root_node());
    while let Some(item) = walk.queue.pop_front() {
        walk.visit(item);
        if walk.uncertain {
            return None;
        }
    }
    Some(walk.outline)
}

/// A node of CPython's tree, by the concrete nodes that it stands for. Names and constants never enter the queue.
enum Item<'t> {
    Stmt(Node<'t>),
    /// The remaining `elif` and `else` clauses of an `if`, the next one last; that one is an `elif`.
    Elif(Vec<Node<'t>>),
    Handler(Node<'t>),
    Case(Node<'t>),
    /// A `with` item: its context expression and target in one node.
    With(Node<'t>),
    Expr(Node<'t>),
    /// A tuple without parentheses, by the node whose children are its elements.
    Tuple(Node<'t>),
    /// The same, by its elements.
    Elements(Vec<Node<'t>>),
    /// A `for` clause and the `if` clauses behind it.
    Comprehension(Node<'t>, Vec<Node<'t>>),
    Parameters(Node<'t>),
    /// A parameter, a keyword argument or a type variable: a node around one expression.
    Around(Node<'t>),
    Interpolation(Node<'t>),
    Format(Node<'t>),
}

struct Walk<'t> {
    text: &'t str,
    lines: &'t LineIndex,
    queue: VecDeque<Item<'t>>,
    outline: Outline,
    /// Set when something was met that the grammar may have misread.
    uncertain: bool,
}

impl<'t> Walk<'t> {
    fn visit(&mut self, item: Item<'t>) {
        match item {
            Item::Stmt(node) => self.visit_stmt(node),
            Item::Elif(clauses) => self.visit_elif(clauses),
            Item::Handler(node) => self.visit_handler(node),
            Item::Case(node) => self.visit_case(node),
            Item::With(node) => self.visit_with_item(node),
            Item::Expr(node) => self.visit_expr(node),
            Item::Tuple(node) => self.exprs(children(node)),
            Item::Elements(nodes) => self.exprs(nodes),
            Item::Comprehension(clause, conditions) => self.visit_comprehension(clause, conditions),
            Item::Parameters(node) => self.visit_parameters(node),
            Item::Around(node) => self.expr(node),
            Item::Interpolation(node) => self.visit_interpolation(node),
            Item::Format(node) => self.interpolations(node),
        }
    }

    fn expr(&mut self, node: Node<'t>) {
        let node = unwrapped(node);
        if !matches!(node.kind(), "identifier" | "integer" | "float" | "true" | "false" | "none" | "ellipsis") {
            self.queue.push_back(Item::Expr(node));
        }
    }

    fn exprs(&mut self, nodes: impl IntoIterator<Item = Node<'t>>) {
        nodes.into_iter().for_each(|node| self.expr(node));
    }

    fn field(&mut self, node: Node<'t>, name: &str) {
        self.exprs(node.child_by_field_name(name));
    }

    fn fields<const N: usize>(&mut self, node: Node<'t>, names: [&str; N]) {
        for name in names {
            self.field(node, name);
        }
    }

    /// The statements of a block.
    fn block(&mut self, block: Node<'t>) {
        self.queue.extend(children(block).into_iter().map(Item::Stmt));
    }

    fn block_field(&mut self, node: Node<'t>, name: &str) {
        if let Some(block) = node.child_by_field_name(name) {
            self.block(block);
        }
    }

    /// Passes over a node that the rules know no shape for, unless an assertion may hide in it.
    fn unknown(&mut self, node: Node<'t>) {
        let text = self.text_of(node);
        self.uncertain |= text.contains("assert") || text.contains("pytest");
    }

    fn text_of(&self, node: Node<'_>) -> &'t str {
        &self.text[node.byte_range()]
    }

    /// The name written as `node`. Python normalises names beyond ASCII, the concrete tree does not.
    fn name(&mut self, node: Node<'_>) -> String {
        let name = self.text_of(node);
        self.uncertain |= !name.is_ascii();
        name.to_owned()
    }
}

/// The named children of `node`, comments and line continuations left out.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    node.named_children(&mut node.walk()).filter(|child| !child.is_extra()).collect()
}

fn first_child(node: Node<'_>) -> Option<Node<'_>> {
    node.named_children(&mut node.walk()).find(|child| !child.is_extra())
}

/// Whether a comma stands among the direct children of `node`.
fn has_comma(node: Node<'_>) -> bool {
    node.children(&mut node.walk()).any(|child| child.kind() == ",")
}

/// `node` without the parentheses and wrappers that CPython's tree does not have.
fn unwrapped(mut node: Node<'_>) -> Node<'_> {
    while matches!(node.kind(), "parenthesized_expression" | "type" | "as_pattern_target") {
        match first_child(node) {
            Some(inner) => node = inner,
            None => break,
        }
    }
    node
}

fn offset(byte: usize) -> u32 {
    u32::try_from(byte).unwrap_or(u32::MAX)
}

/// The segment of an expression (R10).
fn span(node: Node<'_>) -> Span {
    let node = unwrapped(node);
    Span { start: offset(node.start_byte()), end: offset(node.end_byte()) }
}
