//! Tables on disk: Parquet files whose footer says which table, of which version, they are.
//!
//! A table is a type with [`Row`]. [`TableWriter`] streams rows into a temporary file and renames it when all are
//! written; [`TableReader`] streams them back and names file and row of anything that does not fit. No other module
//! touches Arrow or Parquet.

mod column;
mod guard;
mod published;
mod read;
mod rows;
mod thrift;
mod unfolded;
mod untrusted;
mod write;

pub use column::{Batch, IntColumn, TextColumn};
pub use published::{PublishedRepo, read_published};
pub(crate) use read::{Mark, mark};
pub use read::{TableReader, column_names, read_table};
pub use rows::FlatRow;
pub(crate) use rows::TaskKey;
pub(crate) use untrusted::ColumnKind;
pub use write::{TableWriter, write_table};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};

use crate::error::Result;

/// Rows a reader decodes and a writer encodes at a time: bounds memory, not meaning.
pub(crate) const BATCH_ROWS: usize = 1024;
/// Rows a reader decodes at a time where they are whole files.
pub(crate) const TEXT_ROWS: usize = 8;

/// Bytes of text that a writer holds before it encodes them: bounds memory, not meaning.
pub(crate) const BATCH_BYTES: usize = 4 << 20;

/// What a table is made of, which decides how its file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Many short values that repeat: dictionaries, small pages.
    Values,
    /// Long runs of rows that came before in the same order: no dictionaries, whose packed numbers hide that, and large
    /// pages, as below.
    Sequences,
    /// Whole files or diffs in the named columns, neighbours nearly equal: no dictionaries, and pages so large that the
    /// compressor sees many neighbours at once.
    Texts(&'static [&'static str]),
}

/// A type that is one row of a table.
pub trait Row: Sized {
    /// The name of the table, as the footer holds it.
    const TABLE: &'static str;
    /// The version of its columns; readers refuse others.
    const VERSION: u32;
    /// How its file is laid out.
    const SHAPE: Shape = Shape::Values;

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

    /// About how many bytes of long text the row holds: a writer's measure of when to encode.
    fn bytes(&self) -> usize {
        0
    }
}

/// What a reader takes of a table: the rows of the whole, or a type with some of its columns.
pub trait Columns: Sized {
    /// See [`Row::TABLE`].
    const TABLE: &'static str;
    /// See [`Row::VERSION`].
    const VERSION: u32;
    /// See [`Row::SHAPE`].
    const SHAPE: Shape = Shape::Values;

    /// The columns to read; others are not even decompressed.
    fn schema() -> SchemaRef;

    /// See [`Row::decode`].
    ///
    /// # Errors
    /// If a column is missing, of another type, or holds a value that is no valid row.
    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>>;
}

impl<R: Row> Columns for R {
    const TABLE: &'static str = R::TABLE;
    const VERSION: u32 = R::VERSION;
    const SHAPE: Shape = R::SHAPE;

    fn schema() -> SchemaRef {
        R::schema()
    }

    fn decode(batch: &Batch<'_>) -> Result<Vec<Self>> {
        R::decode(batch)
    }
}
