//! `pytest.raises(⟨E, match="m")⟩` and `pytest.approx(⟨x, rel=0.1)⟩` (R51, R52, R57).

use bench::AssertionKind;

use super::{Found, segment};
use crate::syntax::Call;

/// The first positional argument and every named keyword; unpacked keywords and further positionals are dropped.
pub(super) fn find(kind: AssertionKind, call: &Call, text: &str) -> Option<Found> {
    let &cut = call.positional.first()?;
    let mut target = segment(cut, text)?.to_owned();
    for keyword in &call.keywords {
        target.push_str(", ");
        target.push_str(&keyword.name);
        target.push('=');
        target.push_str(segment(keyword.value, text)?);
    }
    target.push(')');
    Some(Found { kind, cut, target })
}
