//! The table `commits`: the kept commits of a repository, the columns of R109 first.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{
    int_field, ints, large_text, large_text_field, optional_large_text, optional_text, schema, text, text_field,
};
use crate::error::Result;
use crate::evolution::{CommitPlace, KeptCommit};
use crate::table::{Batch, Columns, Row, Shape};

impl Row for KeptCommit {
    const TABLE: &'static str = "commits";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["production_code_diff", "commit_diff"]);

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("repo_id"),
            int_field("commit_index"),
            text_field("commit_sha"),
            text_field("commit_timestamp"),
            text_field("in_repo_split"),
            large_text_field("production_code_diff"),
            int_field("n_added"),
            int_field("n_modified"),
            int_field("n_reemitted"),
            Field::new("commit_diff", DataType::LargeUtf8, true),
            Field::new("diff_error", DataType::Utf8, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows.iter().map(|row| row.repo.as_str())),
            ints(rows.iter().map(|row| row.index)),
            text(rows.iter().map(|row| row.commit.as_str())),
            text(rows.iter().map(|row| row.time.as_str())),
            text(rows.iter().map(|row| row.stage.name())),
            large_text(rows.iter().map(|row| row.diff.as_str())),
            ints(rows.iter().map(|row| row.added)),
            ints(rows.iter().map(|row| row.modified)),
            ints(rows.iter().map(|row| row.reemitted)),
            optional_large_text(rows.iter().map(|row| row.commit_diff.as_deref())),
            optional_text(rows.iter().map(|row| row.diff_error.as_deref())),
        ];
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, index, commit) = (batch.text("repo_id")?, batch.int("commit_index")?, batch.text("commit_sha")?);
        let (time, stage) = (batch.text("commit_timestamp")?, batch.text("in_repo_split")?);
        let (diff, commit_diff) = (batch.text("production_code_diff")?, batch.text("commit_diff")?);
        let (added, modified) = (batch.int("n_added")?, batch.int("n_modified")?);
        let (reemitted, diff_error) = (batch.int("n_reemitted")?, batch.text("diff_error")?);
        let row = |at| {
            Ok(Self {
                repo: batch.parse("repo_id", &repo, at)?,
                index: batch.u32("commit_index", &index, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                time: batch.required("commit_timestamp", &time, at)?.to_owned(),
                stage: batch.parse("in_repo_split", &stage, at)?,
                diff: batch.required("production_code_diff", &diff, at)?.to_owned(),
                commit_diff: commit_diff.get(at).map(str::to_owned),
                diff_error: diff_error.get(at).map(str::to_owned),
                added: batch.u32("n_added", &added, at)?,
                modified: batch.u32("n_modified", &modified, at)?,
                reemitted: batch.u32("n_reemitted", &reemitted, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.diff.len() + self.commit_diff.as_ref().map_or(0, String::len)
    }
}

/// The short columns of the table; the others are not even decompressed.
impl Columns for CommitPlace {
    const TABLE: &'static str = <KeptCommit as Row>::TABLE;
    const VERSION: u32 = <KeptCommit as Row>::VERSION;

    fn schema() -> SchemaRef {
        schema(vec![
            int_field("commit_index"),
            text_field("commit_sha"),
            text_field("commit_timestamp"),
            text_field("in_repo_split"),
            int_field("n_added"),
            int_field("n_modified"),
            int_field("n_reemitted"),
        ])
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (index, commit) = (batch.int("commit_index")?, batch.text("commit_sha")?);
        let (time, stage) = (batch.text("commit_timestamp")?, batch.text("in_repo_split")?);
        let counts = ["n_added", "n_modified", "n_reemitted"];
        let row = |at| {
            let mut emitted = 0_u32;
            for name in counts {
                emitted = emitted.saturating_add(batch.u32(name, &batch.int(name)?, at)?);
            }
            Ok(Self {
                index: batch.u32("commit_index", &index, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                time: batch.required("commit_timestamp", &time, at)?.to_owned(),
                stage: batch.parse("in_repo_split", &stage, at)?,
                emitted,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
