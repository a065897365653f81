//! Why an answer is wrong: the words of two classifications. The harness decides which word fits.

use crate::closed::closed_set;

closed_set! {
    /// The class of a wrong answer, in the order in which they are tried (S96–S106).
    pub enum ErrorClass as "error class" {
        /// Nothing was answered (S96).
        Empty = "Empty/Truncated",
        /// Far too long, or the same few words over and over (S97, S98).
        Hallucination = "Hallucination",
        /// More than 0.8 similar (S99).
        NearMiss = "Near-Miss",
        /// Not one Python expression (S100).
        Syntax = "Syntax Error",
        /// Other names (S101, S104).
        WrongIdentifier = "Wrong Identifier",
        /// Other constants (S102, S105).
        WrongLiteral = "Wrong Literal",
        /// Another kind of expression, or the same parts put together otherwise (S103, S106).
        TypeMismatch = "Type Mismatch",
    }
}

closed_set! {
    /// How the text of a wrong answer relates to the target's, in the order in which they are tried (S109).
    pub enum FailureMode as "failure mode" {
        /// Nothing was answered.
        EmptyPrediction = "empty_prediction",
        /// Equal but for white space at the ends.
        WhitespaceMismatch = "whitespace_mismatch",
        /// Equal but for case.
        CaseMismatch = "case_mismatch",
        /// Holds the target.
        Overgeneration = "overgeneration",
        /// Part of the target.
        Undergeneration = "undergeneration",
        /// A literal or display of the same type.
        WrongValueRightType = "wrong_value_right_type",
        /// None of these.
        CompletelyWrong = "completely_wrong",
    }
}
