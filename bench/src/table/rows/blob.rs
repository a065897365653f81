//! The tables `blobs` and `files`: the texts of a repository, and how its tree changes from kept commit to kept commit.

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, DataType, Field, SchemaRef};

use super::{int_field, ints, large_text, large_text_field, optional_ints, schema, text, text_field};
use crate::error::Result;
use crate::evolution::{Blob, FileChange};
use crate::table::{Batch, Row, Shape};

impl Row for Blob {
    const TABLE: &'static str = "blobs";
    const VERSION: u32 = 1;
    const SHAPE: Shape = Shape::Texts(&["text"]);

    fn schema() -> SchemaRef {
        schema(vec![int_field("blob"), text_field("blob_id"), large_text_field("text")])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            ints(rows.iter().map(|row| row.number)),
            text(rows.iter().map(|row| row.id.as_str())),
            large_text(rows.iter().map(|row| row.text.as_str())),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (number, id, text) = (batch.int("blob")?, batch.text("blob_id")?, batch.text("text")?);
        let row = |at| {
            Ok(Self {
                number: batch.u32("blob", &number, at)?,
                id: batch.parse("blob_id", &id, at)?,
                text: batch.required("text", &text, at)?.to_owned(),
            })
        };
        (0..batch.len()).map(row).collect()
    }

    fn bytes(&self) -> usize {
        self.text.len()
    }
}

impl Row for FileChange {
    const TABLE: &'static str = "files";
    const VERSION: u32 = 1;

    fn schema() -> SchemaRef {
        schema(vec![
            int_field("commit_index"),
            text_field("path"),
            text_field("role"),
            Field::new("blob", DataType::Int32, true),
        ])
    }

    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError> {
        let columns = vec![
            ints(rows.iter().map(|row| row.commit_index)),
            text(rows.iter().map(|row| row.path.as_str())),
            text(rows.iter().map(|row| row.role.name())),
            optional_ints(rows.iter().map(|row| row.blob)),
        ];
        RecordBatch::try_new(Self::schema(), columns)
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        let (index, path) = (batch.int("commit_index")?, batch.text("path")?);
        let (role, blob) = (batch.text("role")?, batch.int("blob")?);
        let row = |at| {
            Ok(Self {
                commit_index: batch.u32("commit_index", &index, at)?,
                path: batch.parse("path", &path, at)?,
                role: batch.parse("role", &role, at)?,
                blob: batch.u32_optional("blob", &blob, at)?,
            })
        };
        (0..batch.len()).map(row).collect()
    }
}
