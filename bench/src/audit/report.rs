//! The file `audit.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Functional, Geometry};
use crate::closed::closed_set;
use crate::ids::RepoId;
use crate::prediction::MethodCard;

/// Version of the file.
pub const AUDIT_FORMAT: u32 = 1;

closed_set! {
    /// What the functional tests say of a method (M176).
    pub enum AuditVerdict as "verdict" {
        /// Own is better than the mean and than others, and ranks below chance.
        Conditioned = "conditioned",
        /// Own is the mean, and no better than others.
        NotConditioned = "not conditioned",
        /// Own is better than the mean, and so are others.
        GenericMagnitude = "generic magnitude",
        /// None of these can be said.
        Inconclusive = "inconclusive",
    }
}

/// An audited repository.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditedRepo {
    /// The repository.
    pub repo: RepoId,
    /// Its scored tasks.
    pub tasks: u64,
    /// The commits they are of.
    pub commits: u64,
}

/// Whether the network read what was stored (M171).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// Places whose context was held against the stored vector.
    pub places: u64,
    /// The largest difference of a number; 0 if every context is what is stored.
    pub largest_difference: f64,
}

/// The geometry of other adapters, to read the method's own against (M164).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ControlGeometry {
    /// What it is of: `untrained head`, `Per-repo LoRA`.
    pub name: String,
    /// The statistics.
    pub geometry: Geometry,
}

/// Everything that an audit found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuditReport {
    /// Version of the file.
    pub format: u32,
    /// The method's id.
    pub method: String,
    /// Its name for tables.
    pub title: String,
    /// The functional verdict (M176).
    pub verdict: AuditVerdict,
    /// The geometry with its verdict (M164); none for methods without adapters.
    pub geometry: Option<Geometry>,
    /// The same of an untrained head and of adapters of their own, where they were made.
    pub controls: Vec<ControlGeometry>,
    /// The functional statistics.
    pub functional: Functional,
    /// What was checked of the contexts; none if adapters are not made from stored vectors.
    pub provenance: Option<Provenance>,
    /// The audited repositories, by name.
    pub audited: Vec<AuditedRepo>,
    /// Repositories with tasks that were left out because the method has no adapter for them.
    pub without_adapter: Vec<RepoId>,
    /// The training repositories of the mean adapter, by name.
    pub averaged: Vec<RepoId>,
    /// Tasks left out because their target is longer than a completion may be.
    pub left_out: u64,
    /// Root hash of the release.
    pub release: String,
    /// BLAKE3 of the file of strata.
    pub strata: String,
    /// Settings of the audit, by name.
    pub settings: BTreeMap<String, String>,
    /// What the method is.
    pub card: MethodCard,
}
