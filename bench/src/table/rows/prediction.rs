//! The table `predictions`: one method's answers.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{large_text, large_text_field, optional_ints, optional_text, schema, text, text_field};
use crate::error::Result;
use crate::prediction::{Prediction, Stop};
use crate::submission::{COUNTS, Cells};
use crate::table::{Batch, Columns, Row};

/// Characters that are kept of what should be an id or a word: enough to show what is wrong.
const MAX_WORD: usize = 64;

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
        RecordBatch::try_new(<Self as Row>::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, completion) = (batch.text("task")?, batch.text("completion")?);
        let counts = [batch.int(COUNTS[0])?, batch.int(COUNTS[1])?, batch.int(COUNTS[2])?];
        let stop = batch.text("stop")?;
        let row = |at| {
            Ok(Self {
                task: batch.parse("task", &task, at)?,
                completion: batch.required("completion", &completion, at)?.to_owned(),
                prompt_tokens: batch.u32_optional(COUNTS[0], &counts[0], at)?,
                context_tokens: batch.u32_optional(COUNTS[1], &counts[1], at)?,
                new_tokens: batch.u32_optional(COUNTS[2], &counts[2], at)?,
                stop: batch.parse_optional("stop", &stop, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}

/// The values as they are: only `task` and `completion` must be there, and what they say is judged elsewhere.
impl Columns for Cells {
    const TABLE: &'static str = <Prediction as Row>::TABLE;
    const VERSION: u32 = <Prediction as Row>::VERSION;

    fn schema() -> SchemaRef {
        <Prediction as Row>::schema()
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, completion) = (batch.text("task")?, batch.text("completion")?);
        let ints = |name| if batch.is_void(name) { Ok(None) } else { batch.optional_int(name) };
        let counts = [ints(COUNTS[0])?, ints(COUNTS[1])?, ints(COUNTS[2])?];
        let stop = if batch.is_void("stop") { None } else { batch.optional_text("stop")? };
        // A word of another column may be as long as a page.
        let word = |text: &str| text.chars().take(MAX_WORD).collect::<String>();
        let row = |at| Self {
            task: task.get(at).map(word),
            completion: completion.get(at).map(Self::bounded),
            counts: [0, 1, 2].map(|place: usize| counts[place].as_ref().and_then(|column| column.get(at))),
            stop: stop.as_ref().and_then(|column| column.get(at)).map(word),
        };
        Ok((0..batch.len()).map(row).collect())
    }
}
