//! Why an assertion or a file gives no task; every rejection is one of these and is counted (R67).

use bench::{paper, pytext};

/// The reason for which something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// The target is empty.
    EmptyTarget,
    /// The target starts with a comma.
    CommaLeadingTarget,
    /// The target is nothing but closing brackets.
    ParenOnlyTarget,
    /// The target has more than [`paper::MAX_TARGET_CHARS`] characters.
    TargetTooLong,
    /// No function holds the assertion.
    NoEnclosingFunction,
    /// The last line of the prefix holds `(,`.
    MalformedPrefixComma,
    /// The prefixes of the repository fill [`MAX_PREFIX_BYTES`](crate::MAX_PREFIX_BYTES) without this one.
    OverBudget,
    /// A test file that Python 3.12 does not parse (R8).
    FileInvalid,
    /// A file beyond the size limit, not read.
    FileTooLarge,
    /// A file whose object the clone does not hold, as in partial clones.
    FileAbsent,
    /// A symbolic link to something that is not a test file of the same tree.
    LinkUnresolved,
    /// A path that is not UTF-8, or that the benchmark cannot name.
    PathUnusable,
    /// `strict`: a comparison with several operators (Q11).
    ChainedComparison,
    /// `strict`: a call with a starred positional argument (Q12).
    StarredArgument,
    /// `strict`: an assertion about the calls of a mock (Q15).
    MockAssertion,
    /// `strict`: the target holds another assertion, which is taken instead (Q17).
    EnclosesAssertion,
    /// `strict`: the target is nothing but punctuation (C9).
    PunctuationOnlyTarget,
    /// `strict`: the target is a single character (C9).
    SingleCharacterTarget,
    /// `strict`: an earlier assertion of the same function has the same target (C9, Q23).
    DuplicateTarget,
    /// `strict`: a file that is not UTF-8 (Q20).
    FileNotUtf8,
}

impl SkipReason {
    /// The name under which the reason is counted; the first six are the reference's.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EmptyTarget => "empty_target",
            Self::CommaLeadingTarget => "comma_leading_target",
            Self::ParenOnlyTarget => "paren_only_target",
            Self::TargetTooLong => "target_too_long",
            Self::NoEnclosingFunction => "no_enclosing_function",
            Self::MalformedPrefixComma => "malformed_prefix_comma",
            Self::OverBudget => "over_budget",
            Self::FileInvalid => "file_invalid",
            Self::FileTooLarge => "file_too_large",
            Self::FileAbsent => "file_absent",
            Self::LinkUnresolved => "link_unresolved",
            Self::PathUnusable => "path_unusable",
            Self::ChainedComparison => "chained_comparison",
            Self::StarredArgument => "starred_argument",
            Self::MockAssertion => "mock_assertion",
            Self::EnclosesAssertion => "encloses_assertion",
            Self::PunctuationOnlyTarget => "punctuation_only_target",
            Self::SingleCharacterTarget => "single_character_target",
            Self::DuplicateTarget => "duplicate_target",
            Self::FileNotUtf8 => "file_not_utf8",
        }
    }
}

/// Filters 1 to 4 of R67, in order; the first that hits.
pub(crate) fn check_target(target: &str) -> Result<(), SkipReason> {
    let bare = pytext::strip(target);
    if bare.is_empty() {
        Err(SkipReason::EmptyTarget)
    } else if bare.starts_with(',') {
        Err(SkipReason::CommaLeadingTarget)
    } else if matches!(bare, ")" | "))" | ")))" | "]" | "]]" | "}") {
        Err(SkipReason::ParenOnlyTarget)
    } else if bare.chars().nth(paper::MAX_TARGET_CHARS).is_some() {
        Err(SkipReason::TargetTooLong)
    } else {
        Ok(())
    }
}

/// Filter 6 of R67.
pub(crate) fn check_prefix(prefix: &str) -> Result<(), SkipReason> {
    let last = pytext::strip_end(prefix).rsplit('\n').next().unwrap_or("");
    if last.contains("(,") { Err(SkipReason::MalformedPrefixComma) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_follow_their_order() {
        let cases = [("", "empty_target"), (" , 1", "comma_leading_target"), (" ))", "paren_only_target")];
        for (target, reason) in cases {
            assert_eq!(check_target(target).map_err(SkipReason::name), Err(reason), "{target:?}");
        }
        assert_eq!(check_target(&"é".repeat(501)), Err(SkipReason::TargetTooLong));
        assert!(check_target(&"é".repeat(500)).is_ok() && check_target("))))").is_ok());
    }

    #[test]
    fn commas_behind_brackets_spoil_the_last_line_only() {
        assert_eq!(check_prefix("def f():\n  x(, \n\n"), Err(SkipReason::MalformedPrefixComma));
        assert!(check_prefix("x(,\n  assert y").is_ok());
    }
}
