//! What kind of expression a text is.

use ruff_python_ast::{Expr, ExprCall};

/// The kind of the top node of a text (S103).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Nothing but white space.
    Empty,
    /// Not one expression.
    Unparseable,
    /// `True` or `False`.
    Bool,
    /// An integer, float or imaginary number without sign.
    Number,
    /// A string without replacement fields.
    String,
    /// `None`.
    None,
    /// Bytes or `...`.
    Constant,
    /// A name.
    Identifier,
    /// `x.y`.
    Attribute,
    /// `f(x)`.
    Call,
    /// A list, tuple or set; `x, y` is a tuple.
    Collection,
    /// A dictionary.
    Dict,
    /// `and`, `or`, an operation or a comparison; `-1` is one.
    Expression,
    /// `x[y]`.
    Subscript,
    /// A lambda, condition, comprehension, f-string, `await`, `yield`, a bracketed `:=`, an unpacking.
    Other,
    /// Several arguments of a call, or a named one. Only what is read as arguments has this shape.
    Arguments,
}

impl Shape {
    /// The shape of `expr`.
    pub(super) fn of(expr: &Expr) -> Self {
        match expr {
            Expr::BooleanLiteral(_) => Self::Bool,
            Expr::NumberLiteral(_) => Self::Number,
            Expr::StringLiteral(_) => Self::String,
            Expr::NoneLiteral(_) => Self::None,
            Expr::BytesLiteral(_) | Expr::EllipsisLiteral(_) => Self::Constant,
            Expr::Name(_) => Self::Identifier,
            Expr::Attribute(_) => Self::Attribute,
            Expr::Call(_) => Self::Call,
            Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) => Self::Collection,
            Expr::Dict(_) => Self::Dict,
            Expr::BoolOp(_) | Expr::BinOp(_) | Expr::UnaryOp(_) | Expr::Compare(_) => Self::Expression,
            Expr::Subscript(_) => Self::Subscript,
            _ => Self::Other,
        }
    }

    /// The shape of the arguments of `call`: that of a sole one without a name, else [`Shape::Arguments`].
    pub(super) fn of_arguments(call: &ExprCall) -> Self {
        match (&*call.arguments.args, call.arguments.keywords.is_empty()) {
            ([only], true) => Self::of(only),
            _ => Self::Arguments,
        }
    }
}
