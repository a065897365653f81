//! The published tables of commits and repositories.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::super::{
    int_field, ints, large_text, large_text_field, optional_ints, optional_large_text, optional_text, schema, text,
    text_field,
};
use crate::error::Result;
use crate::evolution::{CommitPlace, KeptCommit};
use crate::hub::{HubAnchorCommit, HubCommit, HubRepo};
use crate::profile::Profile;
use crate::split::Partition;
use crate::table::{Batch, Row, Shape};

impl Row for HubCommit {
    const TABLE: &'static str = "hub_commits";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["production_code_diff", "commit_diff"]);

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("repo_id"),
            Field::new("cross_repo_split", DataType::Utf8, true),
            int_field("commit_index"),
            text_field("commit_sha"),
            text_field("commit_timestamp"),
            text_field("in_repo_split"),
            large_text_field("production_code_diff"),
            int_field("n_new_assertions"),
            int_field("n_added_assertions"),
            int_field("n_modified_assertions"),
            Field::new("n_reemitted", DataType::Int32, true),
            Field::new("commit_diff", DataType::LargeUtf8, true),
            Field::new("diff_error", DataType::Utf8, true),
            Field::new("profile", DataType::Utf8, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let commits = || rows.iter().map(|row| &row.commit);
        let columns: Vec<ArrayRef> = vec![
            text(commits().map(|row| row.repo.as_str())),
            optional_text(rows.iter().map(|row| row.partition.map(Partition::name))),
            ints(commits().map(|row| row.index)),
            text(commits().map(|row| row.commit.as_str())),
            text(commits().map(|row| row.time.as_str())),
            text(commits().map(|row| row.stage.name())),
            large_text(commits().map(|row| row.diff.as_str())),
            ints(commits().map(KeptCommit::emitted)),
            ints(commits().map(|row| row.added.saturating_add(row.reemitted))),
            ints(commits().map(|row| row.modified)),
            optional_ints(commits().map(|row| Some(row.reemitted))),
            optional_large_text(commits().map(|row| row.commit_diff.as_deref())),
            optional_text(commits().map(|row| row.diff_error.as_deref())),
            optional_text(rows.iter().map(|row| row.profile.map(Profile::name))),
        ];
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    /// Only the columns of R109 must be there.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, partition) = (batch.text("repo_id")?, batch.optional_text("cross_repo_split")?);
        let (index, commit) = (batch.int("commit_index")?, batch.text("commit_sha")?);
        let (time, stage) = (batch.text("commit_timestamp")?, batch.text("in_repo_split")?);
        let (diff, new) = (batch.text("production_code_diff")?, batch.int("n_new_assertions")?);
        let (modified, reemitted) = (batch.optional_int("n_modified_assertions")?, batch.optional_int("n_reemitted")?);
        let (commit_diff, diff_error) = (batch.optional_text("commit_diff")?, batch.optional_text("diff_error")?);
        let profile = batch.optional_text("profile")?;
        let row = |at| {
            let new = batch.u32("n_new_assertions", &new, at)?;
            let modified = batch.u32_in("n_modified_assertions", modified.as_ref(), at)?.unwrap_or(0);
            let reemitted = batch.u32_in("n_reemitted", reemitted.as_ref(), at)?.unwrap_or(0);
            let Some(added) = new.checked_sub(modified).and_then(|rest| rest.checked_sub(reemitted)) else {
                return Err(batch.bad(at, "n_new_assertions is less than the sum of its parts"));
            };
            let commit = KeptCommit {
                repo: batch.parse("repo_id", &repo, at)?,
                index: batch.u32("commit_index", &index, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                time: batch.required("commit_timestamp", &time, at)?.to_owned(),
                stage: batch.parse("in_repo_split", &stage, at)?,
                diff: batch.required("production_code_diff", &diff, at)?.to_owned(),
                commit_diff: commit_diff.as_ref().and_then(|column| column.get(at)).map(str::to_owned),
                diff_error: diff_error.as_ref().and_then(|column| column.get(at)).map(str::to_owned),
                added,
                modified,
                reemitted,
            };
            let partition = batch.parse_in("cross_repo_split", partition.as_ref(), at)?;
            Ok(Self { commit, partition, profile: batch.parse_in("profile", profile.as_ref(), at)? })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.commit.bytes()
    }
}

impl Row for HubAnchorCommit {
    const TABLE: &'static str = "hub_anchor_commits";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("repo_id"),
            text_field("cross_repo_split"),
            int_field("commit_index"),
            text_field("commit_sha"),
            text_field("commit_timestamp"),
            text_field("in_repo_split"),
            int_field("n_new_assertions"),
            int_field("n_added_assertions"),
            int_field("n_modified_assertions"),
            int_field("n_reemitted"),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let places = || rows.iter().map(|row| &row.place);
        let columns: Vec<ArrayRef> = vec![
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.partition.name())),
            ints(places().map(|row| row.index)),
            text(places().map(|row| row.commit.as_str())),
            text(places().map(|row| row.time.as_str())),
            text(places().map(|row| row.stage.name())),
            ints(places().map(|row| row.added.saturating_add(row.modified).saturating_add(row.reemitted))),
            ints(places().map(|row| row.added.saturating_add(row.reemitted))),
            ints(places().map(|row| row.modified)),
            ints(places().map(|row| row.reemitted)),
        ];
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, partition) = (batch.text("repo_id")?, batch.text("cross_repo_split")?);
        let (index, commit) = (batch.int("commit_index")?, batch.text("commit_sha")?);
        let (time, stage) = (batch.text("commit_timestamp")?, batch.text("in_repo_split")?);
        let (added, modified) = (batch.int("n_added_assertions")?, batch.int("n_modified_assertions")?);
        let reemitted = batch.int("n_reemitted")?;
        let row = |at| {
            let place = CommitPlace {
                index: batch.u32("commit_index", &index, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                time: batch.required("commit_timestamp", &time, at)?.to_owned(),
                stage: batch.parse("in_repo_split", &stage, at)?,
                added: batch.u32("n_added_assertions", &added, at)?.saturating_sub(batch.u32(
                    "n_reemitted",
                    &reemitted,
                    at,
                )?),
                modified: batch.u32("n_modified_assertions", &modified, at)?,
                reemitted: batch.u32("n_reemitted", &reemitted, at)?,
            };
            let repo = batch.parse("repo_id", &repo, at)?;
            Ok(Self { repo, place, partition: batch.parse("cross_repo_split", &partition, at)? })
        };
        (0..batch.len()).map(row).collect()
    }
}

impl Row for HubRepo {
    const TABLE: &'static str = "hub_repos";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![text_field("repo_id"), text_field("commit_sha"), Field::new("licence", DataType::Utf8, true)])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns: Vec<ArrayRef> = vec![
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.commit.as_str())),
            optional_text(rows.iter().map(|row| row.licence.as_deref())),
        ];
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, commit, licence) = (batch.text("repo_id")?, batch.text("commit_sha")?, batch.text("licence")?);
        let row = |at| {
            Ok(Self {
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                licence: licence.get(at).map(str::to_owned),
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
