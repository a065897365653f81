//! A module's abstract tree in walk order (R9), and the outline made of that walk.

mod definition;
mod expression;
mod outline;
mod statement;

use std::collections::VecDeque;

use ruff_python_ast::{
    Comprehension, ElifElseClause, ExceptHandler, Expr, ExprCall, InterpolatedElement, InterpolatedStringElement,
    MatchCase, Parameter, Parameters, Stmt, StmtAssert, StmtClassDef, StmtFunctionDef, TypeParam, WithItem,
};

use super::module::Module;

pub(crate) use expression::argument_range;
pub(super) use outline::outline;
pub(crate) use outline::{class_lines, function_lines};

/// The nodes of a module that the benchmark looks at, each list in walk order (R9).
#[derive(Default)]
pub(crate) struct Trace<'a> {
    /// What may be an assertion (R46).
    pub(crate) sites: Vec<Met<'a>>,
    /// Function definitions, async or not.
    pub(crate) functions: Vec<&'a StmtFunctionDef>,
    /// Class definitions.
    pub(crate) classes: Vec<&'a StmtClassDef>,
    /// How many nodes stand above one another; statements of the module are on level 1.
    pub(crate) levels: u32,
}

/// A node that may be an assertion.
pub(crate) struct Met<'a> {
    /// The level it was met on: nodes of a lower level come first.
    pub(crate) level: u32,
    /// The node.
    pub(crate) node: SiteNode<'a>,
}

/// The two kinds of nodes that can be assertions.
#[derive(Clone, Copy)]
pub(crate) enum SiteNode<'a> {
    /// An `assert` statement.
    Assert(&'a StmtAssert),
    /// A call whose callee can be an assertion's.
    Call(&'a ExprCall),
}

impl<'a> Trace<'a> {
    /// Walks `module`.
    pub(crate) fn of(module: &'a Module<'_>) -> Self {
        let mut walk = Walk { queue: VecDeque::new(), trace: Self::default() };
        walk.body(&module.tree().body);
        while !walk.queue.is_empty() {
            walk.trace.levels += 1;
            for _ in 0..walk.queue.len() {
                if let Some(node) = walk.queue.pop_front() {
                    walk.visit(node);
                }
            }
        }
        walk.trace
    }
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
    queue: VecDeque<Node<'a>>,
    trace: Trace<'a>,
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
}
