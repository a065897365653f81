//! The table `drafts`: one repository's assertions before repositories are split.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::assertion::{self, AssertionColumns};
use super::{optional_ints, schema};
use crate::error::Result;
use crate::table::{Batch, Row, Shape};
use crate::task::Draft;

impl Row for Draft {
    const TABLE: &'static str = "drafts";
    const VERSION: u32 = 2;
    const SHAPE: Shape = Shape::Texts(&["prefix"]);

    fn schema() -> SchemaRef {
        let mut fields = assertion::fields();
        fields.push(Field::new("rank", DataType::Int32, true));
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let mut columns = assertion::encode(&rows.iter().map(|row| &row.assertion));
        columns.push(optional_ints(rows.iter().map(|row| row.rank)));
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (assertions, rank) = (AssertionColumns::of(batch)?, batch.int("rank")?);
        let row = |at| Ok(Self { assertion: assertions.at(batch, at)?, rank: batch.u32_optional("rank", &rank, at)? });
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.assertion.prefix.len()
    }
}
