//! How a release was made, as far as that does not decide what it is: the file `provenance.json` beside the manifest (R148).
//!
//! It is outside the seal: a later version of the program that makes the same tables makes the same release. Together
//! with the manifest it determines `LICENCES.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::manifest::{Contents, Manifest};
use crate::ids::RepoId;
use crate::mining::MiningIndex;

/// Version of the form of [`ReleaseProvenance`].
pub const PROVENANCE_FORMAT: u32 = 1;

/// The name of the file inside a release.
pub(crate) const PROVENANCE: &str = "provenance.json";

/// The file `provenance.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseProvenance {
    /// Version of this form.
    pub format: u32,
    /// Root hash of the release.
    pub release: String,
    /// Version of the program that split and sealed.
    pub program: String,
    /// How the tables came to be.
    pub made: Made,
}

/// What is known of a release before it is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Made {
    /// Versions of what mined, by name.
    pub tools: BTreeMap<String, String>,
    /// What was read and found, by name, over all mined repositories, those left out included.
    pub counts: BTreeMap<String, u64>,
    /// What filters rejected, by reason, over the same.
    pub skipped: BTreeMap<String, u64>,
    /// Where repositories can be had, by id, where a list names an address.
    pub addresses: BTreeMap<RepoId, String>,
}

impl Made {
    /// What `index` tells of how its repositories were mined, by `tools`.
    pub(super) fn of(index: &MiningIndex, tools: &BTreeMap<String, String>) -> Self {
        let mut made = Self { tools: tools.clone(), ..Self::default() };
        for shard in &index.repos {
            shard.counts.iter().for_each(|(name, n)| *made.counts.entry(name.clone()).or_default() += n);
            shard.skipped.iter().for_each(|(reason, n)| *made.skipped.entry(reason.clone()).or_default() += n);
            made.addresses.extend(shard.address.clone().map(|address| (shard.repo.clone(), address)));
        }
        made
    }

    /// The same without what concerns none of the repositories of `contents`.
    fn within(mut self, contents: &Contents) -> Self {
        self.addresses.retain(|repo, _| contents.repo(repo).is_some());
        self
    }
}

impl ReleaseProvenance {
    /// How the release under `manifest` was made.
    pub(super) fn of(manifest: &Manifest, made: Made) -> Self {
        Self {
            format: PROVENANCE_FORMAT,
            release: manifest.root.clone(),
            program: env!("CARGO_PKG_VERSION").to_owned(),
            made: made.within(&manifest.contents),
        }
    }
}
