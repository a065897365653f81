//! The table `scores`: one method's scores, a row a task.

use std::sync::Arc;

use arrow_array::{Float64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{bools, large_text, large_text_field, optional_text, schema, text, text_field};
use crate::error::Result;
use crate::need::Need;
use crate::score::TaskScore;
use crate::table::{Batch, Row};

impl Row for TaskScore {
    const TABLE: &'static str = "scores";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("task"),
            text_field("split"),
            text_field("repo_id"),
            text_field("family"),
            Field::new("need", DataType::Utf8, true),
            Field::new("answered", DataType::Boolean, false),
            large_text_field("prediction"),
            large_text_field("reference"),
            Field::new("em_paper", DataType::Boolean, false),
            Field::new("em_strict", DataType::Boolean, false),
            Field::new("edit_similarity", DataType::Float64, false),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows.iter().map(|row| row.task.as_str())),
            text(rows.iter().map(|row| row.split.name())),
            text(rows.iter().map(|row| row.repo.as_str())),
            text(rows.iter().map(|row| row.family.name())),
            optional_text(rows.iter().map(|row| row.need.map(Need::name))),
            bools(rows.iter().map(|row| row.answered)),
            large_text(rows.iter().map(|row| row.prediction.as_str())),
            large_text(rows.iter().map(|row| row.reference.as_str())),
            bools(rows.iter().map(|row| row.em_paper)),
            bools(rows.iter().map(|row| row.em_strict)),
            Arc::new(Float64Array::from_iter_values(rows.iter().map(|row| row.edit_similarity))),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, split, repo) = (batch.text("task")?, batch.text("split")?, batch.text("repo_id")?);
        let (family, need) = (batch.text("family")?, batch.text("need")?);
        let (prediction, reference) = (batch.text("prediction")?, batch.text("reference")?);
        let (paper, strict) = (batch.bool("em_paper")?, batch.bool("em_strict")?);
        let (answered, similarity) = (batch.bool("answered")?, batch.float("edit_similarity")?);
        let row = |at| {
            Ok(Self {
                task: batch.parse("task", &task, at)?,
                split: batch.parse("split", &split, at)?,
                repo: batch.parse("repo_id", &repo, at)?,
                family: batch.parse("family", &family, at)?,
                need: batch.parse_optional("need", &need, at)?,
                answered: answered.value(at),
                prediction: batch.required("prediction", &prediction, at)?.to_owned(),
                reference: batch.required("reference", &reference, at)?.to_owned(),
                em_paper: paper.value(at),
                em_strict: strict.value(at),
                edit_similarity: similarity.value(at),
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
