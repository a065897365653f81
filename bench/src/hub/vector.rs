//! Vectors of repositories that published tables of commits hold (M141).

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::error::Result;
use crate::ids::{CommitId, RepoId};
use crate::table::{Batch, Columns};

/// The vector of a kept commit in a published table: of its tree, or of its diff if `OF_DIFF`.
#[derive(Debug, Clone, PartialEq)]
pub struct HubVector<const OF_DIFF: bool> {
    /// The repository.
    pub repo: RepoId,
    /// The commit.
    pub commit: CommitId,
    /// The numbers, published in 16 bits.
    pub numbers: Vec<f32>,
}

impl<const OF_DIFF: bool> HubVector<OF_DIFF> {
    /// The column of the numbers (R134, R135).
    pub const COLUMN: &'static str = if OF_DIFF { "diff_embedding" } else { "repo_state_embedding" };
}

impl<const OF_DIFF: bool> Columns for HubVector<OF_DIFF> {
    const TABLE: &'static str = "hub_commits";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        let text = |name| Field::new(name, DataType::Utf8, false);
        let numbers = DataType::new_list(DataType::Float16, true);
        Arc::new(Schema::new(vec![text("repo_id"), text("commit_sha"), Field::new(Self::COLUMN, numbers, false)]))
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repos, commits) = (batch.text("repo_id")?, batch.text("commit_sha")?);
        let row = |row| {
            Ok(Self {
                repo: batch.parse("repo_id", &repos, row)?,
                commit: batch.parse("commit_sha", &commits, row)?,
                numbers: batch.numbers(Self::COLUMN, row)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
