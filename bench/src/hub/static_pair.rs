//! Rows of the published pair tables of the static track.

use crate::profile::Profile;
use crate::task::Assertion;

/// A task of the static track as published (R76).
#[derive(Debug, Clone, PartialEq)]
pub struct HubStaticPair {
    /// The task. In tables of others some of it is unknown, see [`Published`](super::Published).
    pub assertion: Assertion,
    /// Whether the balanced selection took it.
    pub selected: bool,
    /// The rules that were applied, where the table says.
    pub profile: Option<Profile>,
}
