//! How hard a target is by its form: the eight tiers of R69.

use crate::closed::closed_set;
use crate::pytext;

closed_set! {
    /// The difficulty tier of a target (R69).
    pub enum Difficulty as "difficulty" {
        /// `True` or `False`.
        BoolLiteral = "bool_literal",
        /// `None`.
        NoneLiteral = "none_literal",
        /// Starts with a quote, or with a lower-case `b` or `f` and a quote.
        StringLiteral = "string_literal",
        /// What Python's `float` accepts.
        NumericLiteral = "numeric_literal",
        /// Starts with an opening bracket.
        Collection = "collection",
        /// Holds an opening parenthesis.
        FuncCall = "func_call",
        /// An identifier.
        Variable = "variable",
        /// Everything else.
        ComplexExpr = "complex_expr",
    }
}

impl Difficulty {
    /// The tier of `target`, first match in the order of the members.
    ///
    /// ```
    /// use bench::Difficulty;
    /// assert_eq!(Difficulty::of("True))"), Difficulty::BoolLiteral);
    /// assert_eq!(Difficulty::of("1-2"), Difficulty::NumericLiteral); // Q26
    /// ```
    pub fn of(target: &str) -> Self {
        let bare = pytext::strip(target).trim_end_matches(')');
        if matches!(bare, "True" | "False") {
            Self::BoolLiteral
        } else if bare == "None" {
            Self::NoneLiteral
        } else if pytext::starts_string(bare) {
            Self::StringLiteral
        } else if pytext::is_float(&bare.replacen('-', "", 1)) {
            Self::NumericLiteral
        } else if bare.starts_with(['[', '(', '{']) {
            Self::Collection
        } else if target.contains('(') {
            Self::FuncCall
        } else if pytext::is_identifier(bare) {
            Self::Variable
        } else {
            Self::ComplexExpr
        }
    }
}
