//! Rows of the published pair tables of the evolution track.

use crate::closed::closed_set;
use crate::evolution::Event;
use crate::profile::Profile;
use crate::split::Partition;
use crate::task::Assertion;

closed_set! {
    /// What a prefix is made of.
    pub enum PrefixKind as "prefix kind" {
        /// Sections of the file (section 4 of the rules).
        Structured = "structured",
        /// The file up to the cut (R95).
        FullFile = "full_file",
    }
}

/// A task of the evolution track as published (R110, R114).
#[derive(Debug, Clone, PartialEq)]
pub struct HubPair {
    /// The task. In tables of others some of it is unknown, see [`Published`](super::Published).
    pub assertion: Assertion,
    /// The partition of its repository, where it has one.
    pub partition: Option<Partition>,
    /// The rules that were applied, where the table says.
    pub profile: Option<Profile>,
}

/// The published event type (R114): what this project calls re-emitted counts as added there.
pub(crate) fn published_event(event: Event) -> Event {
    match event {
        Event::Added | Event::Reemitted => Event::Added,
        Event::Modified => Event::Modified,
    }
}
