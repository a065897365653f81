//! Expressions of the abstract tree.

use ruff_python_ast::{
    Arguments, Comprehension, Expr, ExprCall, ExprGenerator, FStringPart, InterpolatedStringElement,
};
use ruff_text_size::{Ranged, TextRange};

use super::{Met, Node, SiteNode, Walk};
use crate::syntax::outline::{Callee, Receiver};

impl<'a> Walk<'a> {
    pub(super) fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::BoolOp(node) => self.exprs(&node.values),
            Expr::Named(node) => self.exprs([&*node.target, &*node.value]),
            Expr::BinOp(node) => self.exprs([&*node.left, &*node.right]),
            Expr::UnaryOp(node) => self.expr(&node.operand),
            Expr::Lambda(node) => {
                if let Some(parameters) = &node.parameters {
                    self.parameters(parameters);
                }
                self.expr(&node.body);
            }
            Expr::If(node) => self.exprs([&*node.test, &*node.body, &*node.orelse]),
            Expr::Dict(node) => {
                self.exprs(node.items.iter().filter_map(|item| item.key.as_ref()));
                self.exprs(node.items.iter().map(|item| &item.value));
            }
            Expr::Set(node) => self.exprs(&node.elts),
            Expr::List(node) => self.exprs(&node.elts),
            Expr::Tuple(node) => self.exprs(&node.elts),
            Expr::ListComp(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::SetComp(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::Generator(node) => self.comprehension([Some(&*node.elt)], &node.generators),
            Expr::DictComp(node) => self.comprehension([node.key.as_deref(), Some(&*node.value)], &node.generators),
            Expr::Await(node) => self.expr(&node.value),
            Expr::Yield(node) => self.optional(node.value.as_deref()),
            Expr::YieldFrom(node) => self.expr(&node.value),
            Expr::Compare(node) => {
                self.expr(&node.left);
                self.exprs(&node.comparators);
            }
            Expr::Call(node) => self.visit_call(node),
            Expr::FString(node) => {
                for part in &node.value {
                    if let FStringPart::FString(part) = part {
                        self.interpolations(&part.elements);
                    }
                }
            }
            Expr::Attribute(node) => self.expr(&node.value),
            Expr::Subscript(node) => self.exprs([&*node.value, &*node.slice]),
            Expr::Starred(node) => self.expr(&node.value),
            Expr::Slice(node) => {
                self.exprs([&node.lower, &node.upper, &node.step].into_iter().filter_map(Option::as_deref));
            }
            Expr::TString(_)
            | Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::Name(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
    }

    fn visit_call(&mut self, node: &'a ExprCall) {
        if is_named(&node.func) && callee(&node.func).as_ref().is_some_and(Callee::is_candidate) {
            self.trace.sites.push(Met { level: self.trace.levels, node: SiteNode::Call(node) });
        }
        self.expr(&node.func);
        self.arguments(&node.arguments);
    }

    pub(super) fn arguments(&mut self, arguments: &'a Arguments) {
        self.exprs(&arguments.args);
        self.queue.extend(arguments.keywords.iter().map(|keyword| Node::Keyword(&keyword.value)));
    }

    fn comprehension<const N: usize>(&mut self, elements: [Option<&'a Expr>; N], generators: &'a [Comprehension]) {
        self.exprs(elements.into_iter().flatten());
        self.queue.extend(generators.iter().map(Node::Comprehension));
    }

    pub(super) fn interpolations(&mut self, elements: &'a [InterpolatedStringElement]) {
        self.queue.extend(elements.iter().filter_map(|element| match element {
            InterpolatedStringElement::Interpolation(element) => Some(Node::Interpolation(element)),
            InterpolatedStringElement::Literal(_) => None,
        }));
    }
}

/// Whether the last name of `func` begins as a candidate's does; most calls end here, before anything is copied.
fn is_named(func: &Expr) -> bool {
    let name = match func {
        Expr::Name(name) => &*name.id,
        Expr::Attribute(attribute) => &*attribute.attr.id,
        _ => return false,
    };
    name.starts_with("assert") || matches!(name, "raises" | "approx")
}

pub(super) fn callee(func: &Expr) -> Option<Callee> {
    match func {
        Expr::Name(name) => Some(Callee::Name(name.id.to_string())),
        Expr::Attribute(attribute) => {
            let receiver = match &*attribute.value {
                Expr::Name(name) => Receiver::Name(name.id.to_string()),
                Expr::Attribute(inner) => Receiver::Attribute(inner.attr.id.to_string()),
                _ => Receiver::Other,
            };
            Some(Callee::Attribute(receiver, attribute.attr.id.to_string()))
        }
        _ => None,
    }
}

/// Where a positional argument stands: a generator without parentheses of its own takes the call's (R10).
pub(crate) fn argument_range(argument: &Expr, arguments: &Arguments) -> TextRange {
    match argument {
        Expr::Generator(ExprGenerator { parenthesized: false, .. }) => arguments.range,
        _ => argument.range(),
    }
}
