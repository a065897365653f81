//! How many tasks have which leak: what a manifest says of its leak tables.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::leak::{Leak, Unchecked};
use super::row::TaskLeaks;
use crate::split::Split;

/// Version of the definitions of leaks.
pub const LEAK_RULES: u32 = 1;

/// The leaks of a release by split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakSummary {
    /// Version of the definitions.
    pub rules: u32,
    /// The splits that have tasks.
    pub splits: BTreeMap<Split, LeakCounts>,
}

/// The leaks of a split.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakCounts {
    /// Tasks.
    pub tasks: u64,
    /// Tasks whose targets are commonplace.
    pub commonplace: u64,
    /// Tasks that are no fair question to methods trained on the release; none of a split that was not held against
    /// training tasks.
    pub leaky: Option<u64>,
    /// Tasks by leak.
    pub flags: BTreeMap<Leak, Flagged>,
    /// The leaks that nobody could look for, and why.
    pub unchecked: BTreeMap<Leak, Unchecked>,
}

/// Tasks with one leak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flagged {
    /// Tasks that have it.
    pub tasks: u64,
    /// Those of them whose targets are not commonplace.
    pub telling: u64,
    /// Tasks of which it is not known.
    pub unknown: u64,
}

impl LeakCounts {
    /// No task yet of a split in which some leaks cannot be looked for.
    pub(super) fn new(unchecked: BTreeMap<Leak, Unchecked>) -> Self {
        let checked = Leak::ALL.iter().filter(|leak| !unchecked.contains_key(leak));
        let flags = checked.map(|leak| (*leak, Flagged::default())).collect();
        let held = Leak::ALL.iter().filter(|leak| leak.is_about_training()).all(|leak| !unchecked.contains_key(leak));
        Self { tasks: 0, commonplace: 0, leaky: held.then_some(0), flags, unchecked }
    }

    /// Counts `row`.
    pub(super) fn add(&mut self, row: &TaskLeaks) {
        self.tasks += 1;
        self.commonplace += u64::from(row.commonplace);
        if let Some(leaky) = &mut self.leaky {
            *leaky += u64::from(row.flags.leaky() == Some(true));
        }
        for (leak, flagged) in &mut self.flags {
            match row.flags.get(*leak) {
                Some(found) => {
                    flagged.tasks += u64::from(found);
                    flagged.telling += u64::from(found && !row.commonplace);
                }
                None => flagged.unknown += 1,
            }
        }
    }
}
