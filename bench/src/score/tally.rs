//! How many failures are of each kind.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::failure::{ErrorClass, FailureMode};

/// The failures of a split by kind; shares are relative to failures, not tasks (S107).
///
/// A missing answer is a failure with an empty text.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorTally {
    /// Tasks that are no exact match of the paper: the sum of `classes`, and of `modes`.
    pub failures: u64,
    /// By the published taxonomy (S96–S106). Every target of a call ends in an unmatched bracket and parses as no
    /// expression, so many failures of well-formed answers are called syntax errors (S108).
    pub classes: BTreeMap<ErrorClass, u64>,
    /// By the failure modes of the second script (S109), over all failures and not the first 150.
    pub modes: BTreeMap<FailureMode, u64>,
    /// Tasks that are no strict exact match: the sum of `balanced`.
    pub strict_failures: u64,
    /// By the taxonomy in which the brackets that the slot closes are removed first and attributes are identifiers (S108).
    pub balanced: BTreeMap<ErrorClass, u64>,
}
