//! The published table of pairs of the evolution track.

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::super::{
    int_field, ints, large_text, large_text_field, optional_ints, optional_text, schema, text, text_field,
};
use super::{own_columns, own_fields};
use crate::difficulty::Difficulty;
use crate::error::Result;
use crate::evolution::{Event, Evolution};
use crate::hub::{HubPair, PrefixKind, published_event};
use crate::ids::TaskId;
use crate::split::Partition;
use crate::table::{Batch, Row, Shape};
use crate::task::Assertion;

impl Row for HubPair {
    const TABLE: &'static str = "hub_qna";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        let mut fields = published();
        fields.extend([
            Field::new("event", DataType::Utf8, true),
            Field::new("target_lineno", DataType::Int32, true),
            text_field("test_class"),
            text_field("difficulty"),
        ]);
        fields.extend(own_fields());
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let own = || rows.iter().map(|row| row.assertion.evolution.as_ref());
        let mut columns = published_columns(rows);
        columns.extend([
            optional_text(own().map(|own| own?.event.map(Event::name))),
            optional_ints(own().map(|own| own?.target_line)),
            text(rows.iter().map(|row| row.assertion.class.as_str())),
            text(rows.iter().map(|row| row.assertion.difficulty.name())),
        ]);
        columns.extend(own_columns(rows.iter().map(|row| (&row.assertion, row.profile)), PrefixKind::FullFile));
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    /// Only the columns of R110 must be there; what others do not tell is 0, empty or false.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (repo, partition) = (batch.text("repo_id")?, batch.optional_text("cross_repo_split")?);
        let (index, commit, stage) =
            (batch.int("commit_index")?, batch.text("commit_sha")?, batch.text("in_repo_split")?);
        let (path, line, column) = (batch.text("test_file")?, batch.int("lineno")?, batch.int("col_offset")?);
        let (kind, function) = (batch.text("assertion_type")?, batch.text("test_function")?);
        let (prefix, target) = (batch.text("prefix")?, batch.text("target")?);
        let (published_event, event) = (batch.optional_text("assertion_event_type")?, batch.optional_text("event")?);
        let (old_target, old_line) = (batch.optional_text("old_target")?, batch.optional_int("old_lineno")?);
        let (old_column, target_line) = (batch.optional_int("old_col_offset")?, batch.optional_int("target_lineno")?);
        let (class, target_column) = (batch.optional_text("test_class")?, batch.optional_int("target_col")?);
        let (multiline, profile) = (batch.optional_bool("was_multiline")?, batch.optional_text("profile")?);
        let row = |at| {
            let event = match batch.parse_in("event", event.as_ref(), at)? {
                Some(event) => Some(event),
                None => batch.parse_in("assertion_event_type", published_event.as_ref(), at)?,
            };
            let evolution = Evolution {
                commit_index: batch.u32("commit_index", &index, at)?,
                stage: batch.parse("in_repo_split", &stage, at)?,
                event,
                target_line: batch.u32_in("target_lineno", target_line.as_ref(), at)?,
                old_target: old_target.as_ref().and_then(|column| column.get(at)).map(str::to_owned),
                old_line: batch.u32_in("old_lineno", old_line.as_ref(), at)?,
                old_column: batch.u32_in("old_col_offset", old_column.as_ref(), at)?,
            };
            let target = batch.required("target", &target, at)?;
            let mut assertion = Assertion {
                id: TaskId::of(&[]),
                repo: batch.parse("repo_id", &repo, at)?,
                commit: batch.parse("commit_sha", &commit, at)?,
                path: batch.parse("test_file", &path, at)?,
                line: batch.u32("lineno", &line, at)?,
                column: batch.u32("col_offset", &column, at)?,
                target_column: batch.u32_in("target_col", target_column.as_ref(), at)?.unwrap_or(0),
                kind: batch.parse("assertion_type", &kind, at)?,
                function: batch.required("test_function", &function, at)?.to_owned(),
                class: class.as_ref().and_then(|column| column.get(at)).unwrap_or("").to_owned(),
                difficulty: Difficulty::of(target),
                multiline: multiline.is_some_and(|column| column.value(at)),
                prefix: batch.required("prefix", &prefix, at)?.to_owned(),
                target: target.to_owned(),
                need: None,
                evolution: Some(evolution),
            };
            assertion.id = assertion.address();
            let partition = batch.parse_in("cross_repo_split", partition.as_ref(), at)?;
            Ok(Self { assertion, partition, profile: batch.parse_in("profile", profile.as_ref(), at)? })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.assertion.prefix.len()
    }
}

/// The columns of R110, then those of R114.
fn published() -> Vec<Field> {
    let optional = |name| Field::new(name, DataType::Utf8, true);
    vec![
        text_field("repo_id"),
        optional("cross_repo_split"),
        int_field("commit_index"),
        text_field("commit_sha"),
        text_field("in_repo_split"),
        text_field("test_file"),
        int_field("lineno"),
        int_field("col_offset"),
        text_field("assertion_type"),
        text_field("test_function"),
        large_text_field("prefix"),
        text_field("target"),
        optional("file_split"),
        optional("split_group"),
        optional("assertion_event_type"),
        optional("assertion_event_id"),
        optional("assertion_anchor"),
        optional("old_target"),
        Field::new("old_lineno", DataType::Int32, true),
        Field::new("old_col_offset", DataType::Int32, true),
    ]
}

/// What R114 leaves open is ours: a file goes with its commit, its group is the file, the event is the task.
fn published_columns(rows: &[HubPair]) -> Vec<ArrayRef> {
    let each = || rows.iter().map(|row| &row.assertion);
    let own = || each().map(|row| row.evolution.as_ref());
    let stage = |own: Option<&Evolution>| own.map(|own| own.stage.name());
    let anchors: Vec<String> = each().map(|row| format!("{}::{}", row.path, row.function)).collect();
    vec![
        text(each().map(|row| row.repo.as_str())),
        optional_text(rows.iter().map(|row| row.partition.map(Partition::name))),
        ints(own().map(|own| own.map_or(0, |own| own.commit_index))),
        text(each().map(|row| row.commit.as_str())),
        text(own().map(|own| stage(own).unwrap_or(""))),
        text(each().map(|row| row.path.as_str())),
        ints(each().map(|row| row.line)),
        ints(each().map(|row| row.column)),
        text(each().map(|row| row.kind.name())),
        text(each().map(|row| row.function.as_str())),
        large_text(each().map(|row| row.prefix.as_str())),
        text(each().map(|row| row.target.as_str())),
        optional_text(own().map(stage)),
        optional_text(each().map(|row| Some(row.path.as_str()))),
        optional_text(own().map(|own| own?.event.map(|event| published_event(event).name()))),
        optional_text(each().map(|row| Some(row.id.as_str()))),
        optional_text(anchors.iter().map(|anchor| Some(anchor.as_str()))),
        optional_text(own().map(|own| own?.old_target.as_deref())),
        optional_ints(own().map(|own| own?.old_line)),
        optional_ints(own().map(|own| own?.old_column)),
    ]
}
