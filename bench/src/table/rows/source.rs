//! The table `sources`: the files of one repository at the commit of its tasks.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::{large_text, large_text_field, schema, text, text_field};
use crate::error::Result;
use crate::repo::SourceFile;
use crate::table::{Batch, Row};

impl Row for SourceFile {
    const TABLE: &'static str = "sources";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("repo_id"),
            text_field("commit_sha"),
            text_field("path"),
            text_field("role"),
            large_text_field("text"),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.commit.as_str())),
            text(rows.iter().map(|row| row.path.as_str())),
            text(rows.iter().map(|row| row.role.name())),
            large_text(rows.iter().map(|row| row.text.as_str())),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, commit, path) = (batch.text("repo_id")?, batch.text("commit_sha")?, batch.text("path")?);
        let (role, text) = (batch.text("role")?, batch.text("text")?);
        let row = |at| {
            Ok(Self {
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                path: batch.parse("path", &path, at)?,
                role: batch.parse("role", &role, at)?,
                text: batch.required("text", &text, at)?.to_owned(),
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
