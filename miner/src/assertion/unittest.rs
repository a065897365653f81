//! `self.assertEqual(a, ⟨b)⟩` and its thirty sisters (R50, R55).

use bench::AssertionKind;

use super::{Found, closed, segment};
use crate::syntax::Call;

/// The target of a call of `self.<method>`; keywords never enter it.
pub(super) fn find(kind: AssertionKind, call: &Call, text: &str) -> Option<Found> {
    use AssertionKind::{AssertFalse, AssertIsNone, AssertIsNotNone, AssertRaises, AssertRaisesRegex, AssertTrue};
    let (&first, rest) = call.positional.split_first()?;
    match kind {
        AssertRaises | AssertTrue | AssertFalse | AssertIsNone | AssertIsNotNone => closed(kind, first, text),
        AssertRaisesRegex => {
            let mut target = segment(first, text)?.to_owned();
            if let Some(&pattern) = rest.first() {
                target.push_str(", ");
                target.push_str(segment(pattern, text)?);
            }
            target.push(')');
            Some(Found { kind, cut: first, target })
        }
        _ => closed(kind, *rest.last()?, text),
    }
}
