//! The outline of a module, from its abstract tree.

mod definition;
mod expression;
mod statement;

use std::collections::VecDeque;

use ruff_python_ast::{
    Comprehension, ElifElseClause, ExceptHandler, Expr, InterpolatedElement, InterpolatedStringElement, MatchCase,
    Parameter, Parameters, Stmt, TypeParam, WithItem,
};
use ruff_text_size::TextRange;

use super::lines::LineIndex;
use super::module::Module;
use super::outline::{LineRange, Outline, Span};

/// The outline of `module`, whose lines are `lines`.
pub(super) fn outline(module: &Module<'_>, lines: &LineIndex) -> Outline {
    let mut walk = Walk { text: module.text(), lines, queue: VecDeque::new(), outline: Outline::default() };
    walk.read_module(&module.tree().body);
    walk.body(&module.tree().body);
    while let Some(node) = walk.queue.pop_front() {
        walk.visit(node);
    }
    walk.outline
}

/// How many nodes stand above one another in `module`.
pub(super) fn depth(module: &Module<'_>) -> usize {
    let lines = LineIndex::new(module.text());
    let mut walk = Walk { text: module.text(), lines: &lines, queue: VecDeque::new(), outline: Outline::default() };
    walk.body(&module.tree().body);
    let mut levels = 0;
    while !walk.queue.is_empty() {
        levels += 1;
        for _ in 0..walk.queue.len() {
            if let Some(node) = walk.queue.pop_front() {
                walk.visit(node);
            }
        }
    }
    levels
}

/// A node of CPython's tree that can lead to a call or an `assert`. Names and constants never enter the queue, which
/// leaves the order of the others as it is.
#[derive(Clone, Copy)]
enum Node<'a> {
    Stmt(&'a Stmt),
    /// The remaining clauses of an `if`; an `elif` is an `If` inside its predecessor's `orelse`.
    Elif(&'a [ElifElseClause]),
    Handler(&'a ExceptHandler),
    Case(&'a MatchCase),
    Item(&'a WithItem),
    Expr(&'a Expr),
    Comprehension(&'a Comprehension),
    Parameters(&'a Parameters),
    Parameter(&'a Parameter),
    Keyword(&'a Expr),
    TypeParam(&'a TypeParam),
    /// A `FormattedValue`.
    Interpolation(&'a InterpolatedElement),
    /// The `JoinedStr` of a format specification.
    Format(&'a [InterpolatedStringElement]),
}

struct Walk<'a> {
    text: &'a str,
    lines: &'a LineIndex,
    queue: VecDeque<Node<'a>>,
    outline: Outline,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, node: Node<'a>) {
        match node {
            Node::Stmt(stmt) => self.visit_stmt(stmt),
            Node::Elif(clauses) => self.visit_elif(clauses),
            Node::Handler(ExceptHandler::ExceptHandler(handler)) => {
                self.optional(handler.type_.as_deref());
                self.body(&handler.body);
            }
            // Patterns hold names, attributes and constants only.
            Node::Case(case) => {
                self.optional(case.guard.as_deref());
                self.body(&case.body);
            }
            Node::Item(item) => {
                self.expr(&item.context_expr);
                self.optional(item.optional_vars.as_deref());
            }
            Node::Expr(expr) => self.visit_expr(expr),
            Node::Comprehension(comprehension) => {
                self.expr(&comprehension.target);
                self.expr(&comprehension.iter);
                self.exprs(&comprehension.ifs);
            }
            Node::Parameters(parameters) => self.visit_parameters(parameters),
            Node::Parameter(parameter) => self.optional(parameter.annotation.as_deref()),
            Node::Keyword(value) => self.expr(value),
            Node::TypeParam(TypeParam::TypeVar(variable)) => self.optional(variable.bound.as_deref()),
            Node::TypeParam(_) => {}
            Node::Interpolation(element) => {
                self.expr(&element.expression);
                if let Some(format) = &element.format_spec {
                    self.queue.push_back(Node::Format(&format.elements));
                }
            }
            Node::Format(elements) => self.interpolations(elements),
        }
    }

    fn expr(&mut self, expr: &'a Expr) {
        if !matches!(expr, Expr::Name(_) | Expr::StringLiteral(_) | Expr::NumberLiteral(_)) {
            self.queue.push_back(Node::Expr(expr));
        }
    }

    fn exprs(&mut self, exprs: impl IntoIterator<Item = &'a Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn optional(&mut self, expr: Option<&'a Expr>) {
        self.exprs(expr);
    }

    fn body(&mut self, body: &'a [Stmt]) {
        self.queue.extend(body.iter().map(Node::Stmt));
    }

    fn range(&self, range: TextRange) -> LineRange {
        LineRange { first: self.line(range), last: self.lines.line(range.end().into()) }
    }

    fn line(&self, range: TextRange) -> u32 {
        self.lines.line(range.start().into())
    }
}

fn span(range: TextRange) -> Span {
    Span { start: range.start().into(), end: range.end().into() }
}
