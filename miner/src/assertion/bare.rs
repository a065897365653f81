//! `assert left == ⟨right⟩` (R49, R54).

use bench::AssertionKind;

use super::{Found, segment};
use crate::syntax::Span;

/// The first comparator of the test, whatever the operator; an `assert` without comparison gives nothing.
pub(super) fn find(comparator: Option<Span>, text: &str) -> Option<Found> {
    let cut = comparator?;
    Some(Found { kind: AssertionKind::Assert, cut, target: segment(cut, text)?.to_owned() })
}
