//! The table `predictions`: one method's answers.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{large_text, large_text_field, optional_ints, optional_text, schema, text, text_field};
use crate::error::Result;
use crate::prediction::{Prediction, Stop};
use crate::table::{Batch, Row};

impl Row for Prediction {
    const TABLE: &'static str = "predictions";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            text_field("task"),
            large_text_field("completion"),
            Field::new("prompt_tokens", DataType::Int32, true),
            Field::new("context_tokens", DataType::Int32, true),
            Field::new("new_tokens", DataType::Int32, true),
            Field::new("stop", DataType::Utf8, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            text(rows.iter().map(|row| row.task.as_str())),
            large_text(rows.iter().map(|row| row.completion.as_str())),
            optional_ints(rows.iter().map(|row| row.prompt_tokens)),
            optional_ints(rows.iter().map(|row| row.context_tokens)),
            optional_ints(rows.iter().map(|row| row.new_tokens)),
            optional_text(rows.iter().map(|row| row.stop.map(Stop::name))),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    /// Only `task` and `completion` must be there: other programs write predictions too.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, completion) = (batch.text("task")?, batch.text("completion")?);
        let count = |name: &'static str, at| {
            if batch.has(name) { batch.u32_optional(name, &batch.int(name)?, at) } else { Ok(None) }
        };
        let row = |at| {
            Ok(Self {
                task: batch.parse("task", &task, at)?,
                completion: batch.required("completion", &completion, at)?.to_owned(),
                prompt_tokens: count("prompt_tokens", at)?,
                context_tokens: count("context_tokens", at)?,
                new_tokens: count("new_tokens", at)?,
                stop: if batch.has("stop") { batch.parse_optional("stop", &batch.text("stop")?, at)? } else { None },
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
