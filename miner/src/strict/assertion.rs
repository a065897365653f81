//! An assertion as the profile `strict` finds it, before any filter.

use bench::{AssertionKind, Difficulty};

/// An assertion of a [`StrictFile`](super::StrictFile). Offsets are bytes of the file's normalised text, lines count
/// from 1, columns are bytes from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrictAssertion {
    /// The published type.
    pub kind: AssertionKind,
    /// First byte of the `assert` statement or of the call.
    pub start: u32,
    /// First byte of the target, where the source is cut.
    pub cut: u32,
    /// One past the last byte of the expression that starts at `cut`. What follows it in `target`, if anything, is
    /// written anew: named arguments and the closing parenthesis.
    pub cut_end: u32,
    /// Line of `start`.
    pub line: u32,
    /// Column of `start`.
    pub column: u32,
    /// Line of `cut`.
    pub target_line: u32,
    /// Column of `cut`.
    pub target_column: u32,
    /// What a model is asked for.
    pub target: String,
    /// Whether the target held a line feed before it was put on one line (R58).
    pub multiline: bool,
    /// How the target ends.
    pub closing: Closing,
    /// The tier of the target (Q26).
    pub difficulty: Difficulty,
    /// Where it stands among the file's definitions.
    pub(super) place: Option<usize>,
}

/// How a target ends, compared with the source (Q13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closing {
    /// With the operand of an `assert` statement.
    Operand,
    /// With the parenthesis that closes the call in the source as well; at most a comma stands before it there.
    Call,
    /// With a parenthesis, although further arguments follow in the source.
    Early,
}

impl Closing {
    /// Whether the target's parenthesis is the call's own; none where no call is completed.
    pub const fn closes_call(self) -> Option<bool> {
        match self {
            Self::Operand => None,
            Self::Call => Some(true),
            Self::Early => Some(false),
        }
    }
}
