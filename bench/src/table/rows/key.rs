//! The ids of tasks, read from any table of tasks without its other columns.

use arrow_schema::SchemaRef;

use super::{schema, text_field};
use crate::error::Result;
use crate::ids::TaskId;
use crate::table::{Batch, Columns, Row};
use crate::task::Task;

/// The id of a task.
pub(crate) struct TaskKey {
    /// The id.
    pub(crate) task: TaskId,
}

impl Columns for TaskKey {
    const TABLE: &'static str = <Task as Row>::TABLE;
    const VERSION: u32 = <Task as Row>::VERSION;

    fn schema() -> SchemaRef {
        schema(vec![text_field("task_id")])
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let ids = batch.text("task_id")?;
        (0..batch.len()).map(|at| Ok(Self { task: batch.parse("task_id", &ids, at)? })).collect()
    }
}
