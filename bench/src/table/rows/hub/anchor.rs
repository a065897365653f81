//! The published table of pairs at the anchors.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, SchemaRef};

use super::super::{int_field, ints, large_text, large_text_field, schema, text, text_field};
use super::{own_columns, own_fields};
use crate::error::Result;
use crate::evolution::Stage;
use crate::hub::{HubAnchorPair, PrefixKind};
use crate::ids::TaskId;
use crate::pytext;
use crate::split::Partition;
use crate::table::{Batch, Row, Shape};
use crate::task::Assertion;

/// The published name of how these pairs were made.
const SOURCE: &str = "v2_extractor_at_anchor";

impl Row for HubAnchorPair {
    const TABLE: &'static str = "hub_anchor_qna";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        let mut fields = vec![
            text_field("repo_id"),
            text_field("commit_sha"),
            int_field("commit_index"),
            text_field("in_repo_split"),
            text_field("cross_repo_split"),
            text_field("test_file"),
            text_field("test_function"),
            text_field("assertion_type"),
            text_field("difficulty"),
            int_field("context_lines"),
            large_text_field("prefix"),
            large_text_field("target"),
            text_field("anchor_sha"),
            int_field("anchor_index"),
            text_field("qna_source"),
            text_field("test_class"),
            int_field("lineno"),
            int_field("col_offset"),
        ];
        fields.extend(own_fields());
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let each = || rows.iter().map(|row| &row.assertion);
        let lines = |row: &Assertion| u32::try_from(pytext::lines(&row.prefix).count()).unwrap_or(u32::MAX);
        let mut columns: Vec<ArrayRef> = vec![
            text(each().map(|row| row.repo.as_str())),
            text(each().map(|row| row.commit.as_str())),
            ints(rows.iter().map(|row| row.anchor_index)),
            text(each().map(|_| Stage::Train.name())),
            text(each().map(|_| Partition::Train.name())),
            text(each().map(|row| row.path.as_str())),
            text(each().map(|row| row.function.as_str())),
            text(each().map(|row| row.kind.name())),
            text(each().map(|row| row.difficulty.name())),
            ints(each().map(lines)),
            large_text(each().map(|row| row.prefix.as_str())),
            large_text(each().map(|row| row.target.as_str())),
            text(each().map(|row| row.commit.as_str())),
            ints(rows.iter().map(|row| row.anchor_index)),
            text(each().map(|_| SOURCE)),
            text(each().map(|row| row.class.as_str())),
            ints(each().map(|row| row.line)),
            ints(each().map(|row| row.column)),
        ];
        let own = rows.iter().map(|row| (&row.assertion, row.profile));
        columns.extend(own_columns(own, PrefixKind::Structured));
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    /// Only the columns of R129 must be there; what others do not tell is 0, empty or false.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, commit, anchor_index) =
            (batch.text("repo_id")?, batch.text("commit_sha")?, batch.int("anchor_index")?);
        let (path, function) = (batch.text("test_file")?, batch.text("test_function")?);
        let (kind, difficulty) = (batch.text("assertion_type")?, batch.text("difficulty")?);
        let (prefix, target) = (batch.text("prefix")?, batch.text("target")?);
        let (class, line) = (batch.optional_text("test_class")?, batch.optional_int("lineno")?);
        let (column, target_column) = (batch.optional_int("col_offset")?, batch.optional_int("target_col")?);
        let (multiline, profile) = (batch.optional_bool("was_multiline")?, batch.optional_text("profile")?);
        let count = |name, column: &Option<_>, at| Ok(batch.u32_in(name, column.as_ref(), at)?.unwrap_or(0));
        let text = |name, column: &_, at| batch.required(name, column, at).map(str::to_owned);
        let row = |at| {
            let mut assertion = Assertion {
                id: TaskId::of(&[]),
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                path: batch.parse("test_file", &path, at)?,
                line: count("lineno", &line, at)?,
                column: count("col_offset", &column, at)?,
                target_column: count("target_col", &target_column, at)?,
                kind: batch.parse("assertion_type", &kind, at)?,
                function: text("test_function", &function, at)?,
                class: class.as_ref().and_then(|column| column.get(at)).unwrap_or("").to_owned(),
                difficulty: batch.parse("difficulty", &difficulty, at)?,
                multiline: multiline.is_some_and(|column| column.value(at)),
                prefix: text("prefix", &prefix, at)?,
                target: text("target", &target, at)?,
                need: None,
                evolution: None,
            };
            assertion.id = assertion.address();
            let anchor_index = batch.u32("anchor_index", &anchor_index, at)?;
            Ok(Self { assertion, anchor_index, profile: batch.parse_in("profile", profile.as_ref(), at)? })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.assertion.prefix.len()
    }
}
