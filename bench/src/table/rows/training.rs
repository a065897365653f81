//! The table `training_curve`: the steps of a training run.

use std::sync::Arc;

use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{bools, schema};
use crate::error::Result;
use crate::table::{Batch, IntColumn, Row};
use crate::training::{AdapterSpread, TrainingStep};

const COUNTS: [&str; 3] = ["step", "examples", "tokens"];
const NUMBERS: [&str; 6] = ["loss", "lr", "norm", "validation", "adapter_cosine", "adapter_residual"];

impl Row for TrainingStep {
    const TABLE: &'static str = "training_curve";
    const VERSION: u32 = 2;

    fn schema() -> SchemaRef {
        let counts = COUNTS.map(|name| Field::new(name, DataType::Int64, false));
        let numbers = NUMBERS.map(|name| Field::new(name, DataType::Float64, true));
        schema(counts.into_iter().chain([Field::new("clipped", DataType::Boolean, false)]).chain(numbers).collect())
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let counts = |count: fn(&Self) -> u64| -> ArrayRef {
            let values = rows.iter().map(|row| i64::try_from(count(row)).unwrap_or(i64::MAX));
            Arc::new(Int64Array::from_iter_values(values))
        };
        let numbers = |number: fn(&Self) -> Option<f64>| -> ArrayRef {
            Arc::new(rows.iter().map(number).collect::<Float64Array>())
        };
        let columns = vec![
            counts(|row| row.step),
            counts(|row| row.examples),
            counts(|row| row.tokens),
            bools(rows.iter().map(|row| row.clipped)),
            numbers(|row| row.loss),
            numbers(|row| row.lr),
            numbers(|row| row.norm),
            numbers(|row| row.validation),
            numbers(|row| row.spread.map(|spread| spread.cosine)),
            numbers(|row| row.spread.map(|spread| spread.residual)),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let [step, examples, tokens] = COUNTS;
        let counts = [batch.int(step)?, batch.int(examples)?, batch.int(tokens)?];
        let [loss, lr, norm, validation, cosine, residual] = NUMBERS;
        let numbers = [
            batch.float(loss)?,
            batch.float(lr)?,
            batch.float(norm)?,
            batch.float(validation)?,
            batch.float(cosine)?,
            batch.float(residual)?,
        ];
        let clipped = batch.bool("clipped")?;
        let count = |at: usize, column: &IntColumn<'_>, name: &str| {
            let value = column.get(at).and_then(|value| u64::try_from(value).ok());
            value.ok_or_else(|| batch.bad(at, format!("column `{name}` holds no count")))
        };
        let row = |at: usize| {
            let number = |place: usize| {
                let column = numbers[place];
                (!arrow_array::Array::is_null(column, at)).then(|| column.value(at))
            };
            Ok(Self {
                step: count(at, &counts[0], step)?,
                examples: count(at, &counts[1], examples)?,
                tokens: count(at, &counts[2], tokens)?,
                clipped: clipped.value(at),
                loss: number(0),
                lr: number(1),
                norm: number(2),
                validation: number(3),
                spread: number(4).zip(number(5)).map(|(cosine, residual)| AdapterSpread { cosine, residual }),
            })
        };
        (0..batch.len()).map(row).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{read_table, write_table};

    #[test]
    fn curves_are_read_back() {
        let rows = [
            TrainingStep {
                step: 0,
                examples: 0,
                tokens: 0,
                loss: None,
                lr: None,
                norm: None,
                clipped: false,
                validation: Some(3.25),
                spread: None,
            },
            TrainingStep {
                step: 1,
                examples: 16,
                tokens: u64::from(u32::MAX) * 2,
                loss: Some(2.5),
                lr: Some(1e-4),
                norm: Some(7.0),
                clipped: true,
                validation: None,
                spread: Some(AdapterSpread { cosine: 0.75, residual: 0.5 }),
            },
        ];
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("curve.parquet");
        write_table(&path, &[], rows).expect("written");
        assert_eq!(read_table::<TrainingStep>(&path).expect("read"), rows);
    }
}
