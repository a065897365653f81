//! Where whole tasks stand, read without their prefixes.

use arrow_schema::SchemaRef;

use super::{schema, text_field};
use crate::error::Result;
use crate::leaks::TaskSite;
use crate::table::{Batch, Columns, Row};
use crate::task::Task;

impl Columns for TaskSite {
    const TABLE: &'static str = <Task as Row>::TABLE;
    const VERSION: u32 = <Task as Row>::VERSION;

    fn schema() -> SchemaRef {
        schema(vec![text_field("repo_id"), text_field("commit_sha"), text_field("target")])
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, commit, target) = (batch.text("repo_id")?, batch.text("commit_sha")?, batch.text("target")?);
        let row = |at| {
            Ok(Self {
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                target: batch.required("target", &target, at)?.to_owned(),
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
