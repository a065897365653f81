//! Tables on disk: Parquet files whose footer says which table, of which version, they are.
//!
//! A table is a type with [`Row`]. [`TableWriter`] streams rows into a temporary file and renames it when all are
//! written; [`TableReader`] streams them back and names file and row of anything that does not fit. No other module
//! touches Arrow or Parquet.

mod column;
mod published;
mod read;
mod rows;
mod write;

pub use column::{Batch, IntColumn, TextColumn};
pub use published::{PublishedRepo, read_published};
pub use read::{TableReader, read_table};
pub use rows::FlatRow;
pub use write::{TableWriter, write_table};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use crate::error::Result;

/// Rows a reader decodes and a writer encodes at a time: bounds memory, not meaning.
pub(crate) const BATCH_ROWS: usize = 1024;

/// A type that is one row of a table.
pub trait Row: Sized {
    /// The name of the table, as the footer holds it.
    const TABLE: &'static str;
    /// The version of its columns; readers refuse others.
    const VERSION: u32;

    /// The columns, in order.
    fn schema() -> SchemaRef;

    /// `rows` as columns of [`Row::schema`].
    ///
    /// # Errors
    /// If Arrow refuses the columns.
    fn encode(rows: &[Self]) -> std::result::Result<RecordBatch, ArrowError>;

    /// The rows of `batch`.
    ///
    /// # Errors
    /// If a column is missing, of another type, or holds a value that is no valid row.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>>;
}
