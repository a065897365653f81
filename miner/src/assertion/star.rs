//! `assert_allclose(a, ⟨b)⟩`, `np.testing.assert_…`, mock assertions with arguments, own helpers (R53, R56).

use bench::AssertionKind;

use super::{Found, closed};
use crate::syntax::{Call, Callee, Receiver};

const PREFIX: &str = "assert_";

/// The last positional argument of a callee named `assert_…`, unless it belongs to an attribute named `mock`.
pub(super) fn find(call: &Call, text: &str) -> Option<Found> {
    let name = match &call.callee {
        Callee::Attribute(Receiver::Attribute(last), _) if last == "mock" => return None,
        Callee::Attribute(_, name) | Callee::Name(name) => name,
    };
    let named = name.strip_prefix(PREFIX).is_some_and(|rest| !rest.is_empty());
    let &last = call.positional.last().filter(|_| named)?;
    closed(AssertionKind::AssertStar, last, text)
}
