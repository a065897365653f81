//! The published table of pairs of the static track.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::super::{bools, int_field, ints, large_text, large_text_field, schema, text, text_field};
use super::{own_columns, own_fields};
use crate::error::Result;
use crate::hub::{HubStaticPair, PrefixKind};
use crate::ids::{CommitId, TaskId};
use crate::table::{Batch, Row, Shape};
use crate::task::Assertion;

impl Row for HubStaticPair {
    const TABLE: &'static str = "hub_static_qna";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        let mut fields = vec![
            text_field("repo_id"),
            large_text_field("prefix"),
            text_field("target"),
            text_field("assertion_type"),
            text_field("difficulty"),
            text_field("test_file"),
            text_field("test_function"),
            text_field("test_class"),
            int_field("lineno"),
            int_field("commit_idx"),
            text_field("commit_sha"),
            int_field("col_offset"),
            Field::new("selected", DataType::Boolean, false),
        ];
        fields.extend(own_fields());
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let each = || rows.iter().map(|row| &row.assertion);
        let mut columns: Vec<ArrayRef> = vec![
            text(each().map(|row| row.repo.as_str())),
            large_text(each().map(|row| row.prefix.as_str())),
            text(each().map(|row| row.target.as_str())),
            text(each().map(|row| row.kind.name())),
            text(each().map(|row| row.difficulty.name())),
            text(each().map(|row| row.path.as_str())),
            text(each().map(|row| row.function.as_str())),
            text(each().map(|row| row.class.as_str())),
            ints(each().map(|row| row.line)),
            ints(each().map(|_| 0)),
            text(each().map(|row| row.commit.as_str())),
            ints(each().map(|row| row.column)),
            bools(rows.iter().map(|row| row.selected)),
        ];
        columns.extend(own_columns(rows.iter().map(|row| (&row.assertion, row.profile)), PrefixKind::Structured));
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    /// Only the columns of R76 but the last must be there; what others do not tell is 0 or false.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, prefix, target) = (batch.text("repo_id")?, batch.text("prefix")?, batch.text("target")?);
        let (kind, difficulty) = (batch.text("assertion_type")?, batch.text("difficulty")?);
        let (path, function) = (batch.text("test_file")?, batch.text("test_function")?);
        let (class, line) = (batch.text("test_class")?, batch.int("lineno")?);
        let (commit, column) = (batch.optional_text("commit_sha")?, batch.optional_int("col_offset")?);
        let (target_column, multiline) = (batch.optional_int("target_col")?, batch.optional_bool("was_multiline")?);
        let (selected, profile) = (batch.optional_bool("selected")?, batch.optional_text("profile")?);
        let text = |name, column: &_, at| batch.required(name, column, at).map(str::to_owned);
        let row = |at| {
            let mut assertion = Assertion {
                id: TaskId::of(&[]),
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse_in("commit_sha", commit.as_ref(), at)?.unwrap_or_else(CommitId::unknown),
                path: batch.parse("test_file", &path, at)?,
                line: batch.u32("lineno", &line, at)?,
                column: batch.u32_in("col_offset", column.as_ref(), at)?.unwrap_or(0),
                target_column: batch.u32_in("target_col", target_column.as_ref(), at)?.unwrap_or(0),
                kind: batch.parse("assertion_type", &kind, at)?,
                function: text("test_function", &function, at)?,
                class: text("test_class", &class, at)?,
                difficulty: batch.parse("difficulty", &difficulty, at)?,
                multiline: multiline.is_some_and(|column| column.value(at)),
                prefix: text("prefix", &prefix, at)?,
                target: text("target", &target, at)?,
                need: None,
                evolution: None,
            };
            assertion.id = assertion.address();
            let selected = selected.is_none_or(|column| column.value(at));
            Ok(Self { assertion, selected, profile: batch.parse_in("profile", profile.as_ref(), at)? })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.assertion.prefix.len()
    }
}
