//! What went wrong with an answer: names only; the classification is the harness's.

use crate::closed::closed_set;

closed_set! {
    /// The class of a failure by the published taxonomy (S96–S106).
    pub enum ErrorClass as "error class" {
        /// Nothing was answered (S96).
        Empty = "Empty/Truncated",
        /// Far too long, or repetitive (S97, S98).
        Hallucination = "Hallucination",
        /// Edit similarity over 0.8 (S99).
        NearMiss = "Near-Miss",
        /// No Python expression (S100).
        Syntax = "Syntax Error",
        /// Other identifiers (S101, S104).
        WrongIdentifier = "Wrong Identifier",
        /// Other constants (S102, S105).
        WrongLiteral = "Wrong Literal",
        /// Another form (S103, S106).
        TypeMismatch = "Type Mismatch",
    }
}

closed_set! {
    /// The mode of a failure by the second script (S109).
    pub enum FailureMode as "failure mode" {
        /// Nothing was answered.
        EmptyPrediction = "empty_prediction",
        /// Equal once stripped.
        WhitespaceMismatch = "whitespace_mismatch",
        /// Equal in lower case.
        CaseMismatch = "case_mismatch",
        /// The target and more.
        Overgeneration = "overgeneration",
        /// A part of the target.
        Undergeneration = "undergeneration",
        /// Of the same coarse type.
        WrongValueRightType = "wrong_value_right_type",
        /// Nothing of the above.
        CompletelyWrong = "completely_wrong",
    }
}
