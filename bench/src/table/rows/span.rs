//! The table `spans`: tasks of the evolution track, the columns of R110 and R114 where they are not texts of files.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::emission::{self, EmissionColumns};
use super::{int_field, ints, schema, text, text_field};
use crate::error::Result;
use crate::evolution::SpanTask;
use crate::table::{Batch, Row};

impl Row for SpanTask {
    const TABLE: &'static str = "spans";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        let mut fields = vec![
            text_field("task_id"),
            text_field("repo_id"),
            text_field("commit_sha"),
            text_field("in_repo_split"),
            text_field("split"),
            int_field("prefix_start"),
        ];
        fields.extend(emission::fields());
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let mut columns = vec![
            text(rows.iter().map(|row| row.id.as_str())),
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.commit.as_str())),
            text(rows.iter().map(|row| row.stage.name())),
            text(rows.iter().map(|row| row.split.name())),
            ints(rows.iter().map(|row| row.prefix_start)),
        ];
        columns.extend(emission::encode(rows.iter().map(|row| &row.emission)));
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (id, repo, commit) = (batch.text("task_id")?, batch.text("repo_id")?, batch.text("commit_sha")?);
        let (stage, split) = (batch.text("in_repo_split")?, batch.text("split")?);
        let (prefix_start, emissions) = (batch.int("prefix_start")?, EmissionColumns::of(batch)?);
        let row = |at| {
            Ok(Self {
                id: batch.parse("task_id", &id, at)?,
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                stage: batch.parse("in_repo_split", &stage, at)?,
                split: batch.parse("split", &split, at)?,
                prefix_start: batch.u32("prefix_start", &prefix_start, at)?,
                emission: emissions.at(batch, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
