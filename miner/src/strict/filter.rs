//! The filters of R67 and the paper's own, which the reference leaves out (C9).

use std::collections::BTreeSet;

use bench::pytext;

use crate::filter::{self, SkipReason};

/// Filters 1 to 4 of R67 and the two of C9 that look at the target alone; the first that hits. As there, the
/// parenthesis that closes a call counts.
pub(super) fn check_target(target: &str) -> Result<(), SkipReason> {
    filter::check_target(target)?;
    let bare = pytext::strip(target);
    if bare.bytes().all(|byte| byte.is_ascii_punctuation()) {
        Err(SkipReason::PunctuationOnlyTarget)
    } else if bare.chars().nth(1).is_none() {
        Err(SkipReason::SingleCharacterTarget)
    } else {
        Ok(())
    }
}

/// The targets met so far in each function of a file (C9, Q23); `S` names functions.
#[derive(Debug)]
pub struct Duplicates<'a, S = Option<usize>>(BTreeSet<(S, &'a str)>);

impl<S> Default for Duplicates<'_, S> {
    fn default() -> Self {
        Self(BTreeSet::new())
    }
}

impl<'a, S: Ord> Duplicates<'a, S> {
    /// Refuses a target that was met before in the same scope.
    pub(super) fn check(&mut self, scope: S, target: &'a str) -> Result<(), SkipReason> {
        if self.0.insert((scope, target)) { Ok(()) } else { Err(SkipReason::DuplicateTarget) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_paper_and_reference_are_joined() {
        for (target, reason) in [
            ("", SkipReason::EmptyTarget),
            (" )", SkipReason::ParenOnlyTarget),
            ("[])", SkipReason::PunctuationOnlyTarget),
            ("...", SkipReason::PunctuationOnlyTarget),
            ("7", SkipReason::SingleCharacterTarget),
            ("é", SkipReason::SingleCharacterTarget),
        ] {
            assert_eq!(check_target(target), Err(reason), "{target:?}");
        }
        assert!(check_target("7)").is_ok() && check_target("[0]").is_ok() && check_target("-1").is_ok());
    }
}
