//! The table `emissions`: the assertions that the kept commits of a repository emit, as spans.

use arrow_array::{ArrayRef, BooleanArray, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{bools, int_field, ints, optional_ints, optional_text, schema, text, text_field};
use crate::error::Result;
use crate::evolution::{BlobUse, Emission};
use crate::table::{Batch, Columns, IntColumn, Row, TextColumn};

pub(super) fn fields() -> Vec<Field> {
    vec![
        int_field("commit_index"),
        text_field("test_file"),
        int_field("lineno"),
        int_field("col_offset"),
        text_field("assertion_type"),
        text_field("test_function"),
        text_field("test_class"),
        int_field("blob"),
        int_field("prefix_end"),
        text_field("in_line"),
        text_field("target"),
        int_field("target_lineno"),
        int_field("target_col"),
        text_field("difficulty"),
        Field::new("was_multiline", DataType::Boolean, false),
        text_field("event"),
        Field::new("old_target", DataType::Utf8, true),
        Field::new("old_lineno", DataType::Int32, true),
        Field::new("old_col_offset", DataType::Int32, true),
    ]
}

pub(super) fn encode<'a>(rows: impl Iterator<Item = &'a Emission> + Clone) -> Vec<ArrayRef> {
    vec![
        ints(rows.clone().map(|row| row.commit_index)),
        text(rows.clone().map(|row| row.path.as_str())),
        ints(rows.clone().map(|row| row.line)),
        ints(rows.clone().map(|row| row.column)),
        text(rows.clone().map(|row| row.kind.name())),
        text(rows.clone().map(|row| row.function.as_str())),
        text(rows.clone().map(|row| row.class.as_str())),
        ints(rows.clone().map(|row| row.blob)),
        ints(rows.clone().map(|row| row.prefix_end)),
        text(rows.clone().map(|row| row.in_line.as_str())),
        text(rows.clone().map(|row| row.target.as_str())),
        ints(rows.clone().map(|row| row.target_line)),
        ints(rows.clone().map(|row| row.target_column)),
        text(rows.clone().map(|row| row.difficulty.name())),
        bools(rows.clone().map(|row| row.multiline)),
        text(rows.clone().map(|row| row.event.name())),
        optional_text(rows.clone().map(|row| row.old_target.as_deref())),
        optional_ints(rows.clone().map(|row| row.old_line)),
        optional_ints(rows.map(|row| row.old_column)),
    ]
}

/// The columns of emissions in a batch.
pub(super) struct EmissionColumns<'a> {
    commit_index: IntColumn<'a>,
    path: TextColumn<'a>,
    line: IntColumn<'a>,
    column: IntColumn<'a>,
    kind: TextColumn<'a>,
    function: TextColumn<'a>,
    class: TextColumn<'a>,
    blob: IntColumn<'a>,
    prefix_end: IntColumn<'a>,
    in_line: TextColumn<'a>,
    target: TextColumn<'a>,
    target_line: IntColumn<'a>,
    target_column: IntColumn<'a>,
    difficulty: TextColumn<'a>,
    multiline: &'a BooleanArray,
    event: TextColumn<'a>,
    old_target: TextColumn<'a>,
    old_line: IntColumn<'a>,
    old_column: IntColumn<'a>,
}

impl<'a> EmissionColumns<'a> {
    pub(super) fn of(batch: &Batch<'a>) -> Result<Self> {
        Ok(Self {
            commit_index: batch.int("commit_index")?,
            path: batch.text("test_file")?,
            line: batch.int("lineno")?,
            column: batch.int("col_offset")?,
            kind: batch.text("assertion_type")?,
            function: batch.text("test_function")?,
            class: batch.text("test_class")?,
            blob: batch.int("blob")?,
            prefix_end: batch.int("prefix_end")?,
            in_line: batch.text("in_line")?,
            target: batch.text("target")?,
            target_line: batch.int("target_lineno")?,
            target_column: batch.int("target_col")?,
            difficulty: batch.text("difficulty")?,
            multiline: batch.bool("was_multiline")?,
            event: batch.text("event")?,
            old_target: batch.text("old_target")?,
            old_line: batch.int("old_lineno")?,
            old_column: batch.int("old_col_offset")?,
        })
    }

    pub(super) fn at(&self, batch: &Batch<'_>, row: usize) -> Result<Emission> {
        let text = |name, column: &TextColumn<'_>| batch.required(name, column, row).map(str::to_owned);
        Ok(Emission {
            commit_index: batch.u32("commit_index", &self.commit_index, row)?,
            path: batch.parse("test_file", &self.path, row)?,
            blob: batch.u32("blob", &self.blob, row)?,
            line: batch.u32("lineno", &self.line, row)?,
            column: batch.u32("col_offset", &self.column, row)?,
            target_line: batch.u32("target_lineno", &self.target_line, row)?,
            target_column: batch.u32("target_col", &self.target_column, row)?,
            prefix_end: batch.u32("prefix_end", &self.prefix_end, row)?,
            in_line: text("in_line", &self.in_line)?,
            kind: batch.parse("assertion_type", &self.kind, row)?,
            function: text("test_function", &self.function)?,
            class: text("test_class", &self.class)?,
            difficulty: batch.parse("difficulty", &self.difficulty, row)?,
            multiline: self.multiline.value(row),
            target: text("target", &self.target)?,
            event: batch.parse("event", &self.event, row)?,
            old_target: self.old_target.get(row).map(str::to_owned),
            old_line: batch.u32_optional("old_lineno", &self.old_line, row)?,
            old_column: batch.u32_optional("old_col_offset", &self.old_column, row)?,
        })
    }
}

impl Row for Emission {
    const TABLE: &'static str = "emissions";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(fields())
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        RecordBatch::try_new(<Self as Row>::schema(), encode(rows.iter()))
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let columns = EmissionColumns::of(batch)?;
        (0..batch.len()).map(|at| columns.at(batch, at)).collect()
    }
}

/// The one column that says which texts are needed.
impl Columns for BlobUse {
    const TABLE: &'static str = <Emission as Row>::TABLE;
    const VERSION: u32 = <Emission as Row>::VERSION;

    fn schema() -> SchemaRef {
        schema(vec![int_field("blob")])
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let blob = batch.int("blob")?;
        (0..batch.len()).map(|at| batch.u32("blob", &blob, at).map(Self)).collect()
    }
}
