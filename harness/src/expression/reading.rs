//! A text read as Python.

use std::collections::BTreeSet;

use bench::pytext::{strip, universal_newlines};
use bench::python::AbstractTree;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{Expr, ExprCall, ModExpression};
use ruff_text_size::Ranged;

use super::constant::Constant;
use super::mark::Mark;
use super::shape::Shape;
use super::walk::{argument_marks, marks};
use crate::answer::Slot;

/// Stands for what is called when arguments are read.
const CALLEE: &str = "_";

/// A text that is Python, by its tree. Two are equal if CPython's trees are, apart from the prefix `u` of strings.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Expression {
    marks: Vec<Mark>,
    shape: Shape,
}

impl Expression {
    /// `text` as one expression, or none if CPython refuses it (S100). White space around it does not matter.
    ///
    /// ```
    /// use harness::Expression;
    /// assert_eq!(Expression::read("(f('a', 0x10))"), Expression::read(r#"f("a", 16,)"#));
    /// assert_ne!(Expression::read("1"), Expression::read("1.0"));
    /// assert!(Expression::read("x, *y").is_none());
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        Self::read_if(text, |_| true)
    }

    /// `text`, strictly cleaned, as what fills `slot`: an expression or arguments, without a comment. What a comment
    /// that no line break ends would hide cannot be judged.
    pub(crate) fn in_slot(text: &str, slot: Slot) -> Option<Self> {
        match slot {
            Slot::Comparand => Self::read_if(text, has_no_comment),
            Slot::Argument | Slot::Pair | Slot::Arguments => Self::read_arguments(text),
        }
    }

    fn read_if(text: &str, accepts: fn(&AbstractTree<'_, ModExpression>) -> bool) -> Option<Self> {
        let text = universal_newlines(strip(text));
        let tree = AbstractTree::expression(&text).filter(accepts)?;
        let expr = &*tree.root().body;
        Some(Self { marks: marks(expr, &text)?, shape: Shape::of(expr) })
    }

    /// `text`, without a comment, as the arguments of a call, its brackets not included.
    ///
    /// ```
    /// use harness::Expression;
    /// assert_eq!(Expression::read_arguments("E, match='x'"), Expression::read_arguments("(E), match=\"x\","));
    /// assert_ne!(Expression::read_arguments("a=1, b=2"), Expression::read_arguments("b=2, a=1"));
    /// assert!(Expression::read_arguments("x)(y").is_none());
    /// ```
    pub fn read_arguments(text: &str) -> Option<Self> {
        if strip(text).is_empty() {
            return None;
        }
        let text = format!("{CALLEE}({}\n)", universal_newlines(text));
        let tree = AbstractTree::expression(&text).filter(has_no_comment)?;
        let call = whole_call(&tree.root().body)?;
        Some(Self { marks: argument_marks(call, &text)?, shape: Shape::of_arguments(call) })
    }

    /// The kind of the top node.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The names that are looked up or bound (S101): not those of attributes, of arguments or of a lambda's parameters.
    pub fn identifiers(&self) -> BTreeSet<&str> {
        self.pick(|mark| if let Mark::Name(name) = mark { Some(&**name) } else { None })
    }

    /// The names of attributes.
    pub fn attributes(&self) -> BTreeSet<&str> {
        self.pick(|mark| if let Mark::Attribute(name) = mark { Some(&**name) } else { None })
    }

    /// The constants by type and value (S101), literal pieces of f-strings included.
    pub fn constants(&self) -> BTreeSet<&Constant> {
        self.pick(|mark| if let Mark::Constant(constant) = mark { Some(constant) } else { None })
    }

    fn pick<'e, T: Ord>(&'e self, choice: fn(&'e Mark) -> Option<T>) -> BTreeSet<T> {
        self.marks.iter().filter_map(choice).collect()
    }
}

fn has_no_comment(tree: &AbstractTree<'_, ModExpression>) -> bool {
    tree.tokens().iter().all(|token| token.kind() != TokenKind::Comment)
}

/// `expr` as the call of [`CALLEE`] with all that was read.
fn whole_call(expr: &Expr) -> Option<&ExprCall> {
    let call = expr.as_call_expr()?;
    (call.func.is_name_expr() && call.func.range().end().to_usize() == CALLEE.len()).then_some(call)
}
