//! The table `leaks`: what is known of the leaks of a split's tasks.

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{bools, int_field, ints, optional_text, schema, text, text_field};
use crate::error::Result;
use crate::leaks::{Leak, LeakFlags, NearestTask, TaskLeaks};
use crate::table::{Batch, Row};

impl Row for TaskLeaks {
    const TABLE: &'static str = "leaks";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        let mut fields = vec![text_field("task_id"), text_field("repo_id"), int_field("target_chars")];
        fields.push(Field::new("commonplace", DataType::Boolean, false));
        fields.extend(flag_fields());
        fields.extend(["nearest_task", "nearest_repo"].map(|name| Field::new(name, DataType::Utf8, true)));
        fields.push(Field::new("nearest_similarity", DataType::Float64, true));
        schema(fields)
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let nearest = || rows.iter().map(|row| row.nearest.as_ref());
        let mut columns = vec![
            text(rows.iter().map(|row| row.task.as_str())),
            text(rows.iter().map(|row| row.repo.as_str())),
            ints(rows.iter().map(|row| row.target_chars)),
            bools(rows.iter().map(|row| row.commonplace)),
        ];
        columns.extend(flag_columns(&rows.iter().map(|row| &row.flags)));
        columns.push(optional_text(nearest().map(|near| near.map(|near| near.task.as_str()))));
        columns.push(optional_text(nearest().map(|near| near.map(|near| near.repo.as_str()))));
        columns.push(Arc::new(nearest().map(|near| near.map(|near| near.similarity)).collect::<Float64Array>()));
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (task, repo, chars) = (batch.text("task_id")?, batch.text("repo_id")?, batch.int("target_chars")?);
        let (commonplace, flags) = (batch.bool("commonplace")?, FlagColumns::of(batch)?);
        let (near, near_repo) = (batch.text("nearest_task")?, batch.text("nearest_repo")?);
        let similarity = batch.float("nearest_similarity")?;
        let nearest = |at| {
            let task = batch.parse_optional("nearest_task", &near, at)?;
            let repo = batch.parse_optional("nearest_repo", &near_repo, at)?;
            Ok(match (task, repo, batch.unit_optional("nearest_similarity", similarity, at)?) {
                (Some(task), Some(repo), Some(similarity)) => Some(NearestTask { task, repo, similarity }),
                _ => None,
            })
        };
        let row = |at| {
            Ok(Self {
                task: batch.parse("task_id", &task, at)?,
                repo: batch.parse("repo_id", &repo, at)?,
                target_chars: batch.u32("target_chars", &chars, at)?,
                commonplace: commonplace.value(at),
                flags: flags.at(at),
                nearest: nearest(at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}

/// A column a leak; null where nobody could look.
pub(super) fn flag_fields() -> impl Iterator<Item = Field> {
    Leak::ALL.iter().map(|leak| Field::new(leak.name(), DataType::Boolean, true))
}

/// The columns of [`flag_fields`].
pub(super) fn flag_columns<'a>(rows: &(impl Iterator<Item = &'a LeakFlags> + Clone)) -> impl Iterator<Item = ArrayRef> {
    let column =
        |leak: &Leak| -> ArrayRef { Arc::new(rows.clone().map(|row| row.get(*leak)).collect::<BooleanArray>()) };
    Leak::ALL.iter().map(column)
}

/// These columns of a batch.
pub(super) struct FlagColumns<'a>(Vec<(Leak, &'a BooleanArray)>);

impl<'a> FlagColumns<'a> {
    pub(super) fn of(batch: &Batch<'a>) -> Result<Self> {
        Leak::ALL.iter().map(|leak| Ok((*leak, batch.bool(leak.name())?))).collect::<Result<_>>().map(Self)
    }

    /// The flags of `row`.
    pub(super) fn at(&self, row: usize) -> LeakFlags {
        let mut flags = LeakFlags::default();
        for (leak, column) in &self.0 {
            flags.set(*leak, column.is_valid(row).then(|| column.value(row)));
        }
        flags
    }
}
