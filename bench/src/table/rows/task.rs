//! The table `tasks`: the assertions of one split.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use super::assertion::{self, AssertionColumns};
use super::{schema, text, text_field};
use crate::error::Result;
use crate::table::{Batch, Row, Shape};
use crate::task::Task;

impl Row for Task {
    const TABLE: &'static str = "tasks";
    const VERSION: u32 = 2;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        let mut fields = assertion::fields();
        fields.push(text_field("split"));
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let mut columns = assertion::encode(&rows.iter().map(|row| &row.assertion));
        columns.push(text(rows.iter().map(|row| row.split.name())));
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (assertions, split) = (AssertionColumns::of(batch)?, batch.text("split")?);
        let row = |at| Ok(Self { split: batch.parse("split", &split, at)?, assertion: assertions.at(batch, at)? });
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.assertion.prefix.len()
    }
}
