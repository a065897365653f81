//! What form a target has, in two schemes that scores are sliced by: the composition table's and the analysis script's.

use crate::closed::closed_set;
use crate::pytext;

closed_set! {
    /// The form of a target by its text, closing brackets of calls included (S91).
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

impl TargetType {
    /// The type of `target`, first match in the order of the members; none if it is blank.
    ///
    /// ```
    /// use bench::TargetType;
    /// assert_eq!(TargetType::of(" 5 "), Some(TargetType::NumericLiteral));
    /// assert_eq!(TargetType::of("5)"), Some(TargetType::ComplexExpr));
    /// assert_eq!(TargetType::of("1.5)"), Some(TargetType::Variable));
    /// ```
    pub fn of(target: &str) -> Option<Self> {
        let text = pytext::strip(target);
        Some(if text.is_empty() {
            return None;
        } else if matches!(text, "True" | "False") {
            Self::BoolLiteral
        } else if text == "None" {
            Self::NoneLiteral
        } else if pytext::starts_string(text) {
            Self::StringLiteral
        } else if pytext::is_int(text) || pytext::is_float(text) {
            Self::NumericLiteral
        } else if text.starts_with(['[', '(', '{']) {
            Self::Collection
        } else if text.contains('(') && text.contains(')') {
            Self::FuncCall
        } else if pytext::is_identifier(text) || text.contains('.') {
            Self::Variable
        } else {
            Self::ComplexExpr
        })
    }
}

closed_set! {
    /// The form of a cleaned target as the authors' analysis tells it (S92). Not the [`Difficulty`](crate::Difficulty)
    /// that tasks are selected by (R69).
    pub enum AnalysisDifficulty as "difficulty of the analysis" {
        /// `True` or `False`.
        LiteralBool = "literal_bool",
        /// `None`.
        LiteralNone = "literal_none",
        /// Starts with a quote, or with a lower-case `b` or `f` and a quote.
        LiteralStr = "literal_str",
        /// Nothing but digits once `-`, `.` and `e` are removed.
        LiteralInt = "literal_int",
        /// Holds an opening parenthesis.
        FunctionCall = "function_call",
        /// An identifier.
        Variable = "variable",
        /// Everything else, nothing included.
        ComplexExpr = "complex_expr",
    }
}

impl AnalysisDifficulty {
    /// The difficulty of `reference`, a cleaned target (S8); first match in the order of the members.
    ///
    /// ```
    /// use bench::AnalysisDifficulty;
    /// assert_eq!(AnalysisDifficulty::of("1.5e-3"), AnalysisDifficulty::LiteralInt);
    /// assert_eq!(AnalysisDifficulty::of("5)"), AnalysisDifficulty::ComplexExpr);
    /// ```
    pub fn of(reference: &str) -> Self {
        let mut digits = reference.chars().filter(|c| !matches!(c, '-' | '.' | 'e')).peekable();
        if matches!(reference, "True" | "False") {
            Self::LiteralBool
        } else if reference == "None" {
            Self::LiteralNone
        } else if pytext::starts_string(reference) {
            Self::LiteralStr
        } else if digits.peek().is_some() && digits.all(pytext::is_digit) {
            Self::LiteralInt
        } else if reference.contains('(') {
            Self::FunctionCall
        } else if pytext::is_identifier(reference) {
            Self::Variable
        } else {
            Self::ComplexExpr
        }
    }
}
