//! What a target is by its text (S91).

use crate::closed::closed_set;

closed_set! {
    /// The type of a target by the words of its text (S91).
    pub enum TargetType as "target type" {
        /// `True` or `False`.
        BoolLiteral = "bool_literal",
        /// `None`.
        NoneLiteral = "none_literal",
        /// Starts with a quote, or with a lower-case `b` or `f` and a quote.
        StringLiteral = "string_literal",
        /// What Python's `int` or `float` accepts.
        NumericLiteral = "numeric_literal",
        /// Starts with an opening bracket.
        Collection = "collection",
        /// Holds both parentheses.
        FuncCall = "func_call",
        /// An identifier, or anything with a dot.
        Variable = "variable",
        /// Everything else.
        ComplexExpr = "complex_expr",
    }
}
