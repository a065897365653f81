//! Rows of the published pair table of the anchors.

use crate::profile::Profile;
use crate::task::Assertion;

/// A task at the anchor of a training repository (R129).
#[derive(Debug, Clone, PartialEq)]
pub struct HubAnchorPair {
    /// The task.
    pub assertion: Assertion,
    /// Place of the anchor among the kept commits of its repository.
    pub anchor_index: u32,
    /// The rules that were applied, where the table says.
    pub profile: Option<Profile>,
}
