//! Tables of strangers: bounded before they are unfolded, and never copied before they are measured.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::guard::guarded;
use super::{BATCH_ROWS, Columns, TableReader, unfolded};
use crate::error::{Error, Result};

/// What the values of a column are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ColumnKind {
    /// Texts.
    Text,
    /// Whole numbers of any width.
    Whole,
    /// Nothing but nulls.
    Void,
    /// Anything else, by its name.
    Other(String),
}

impl<R: Columns> TableReader<R> {
    /// As [`TableReader::open_foreign`], for a file that someone may have made in order to do harm.
    ///
    /// Texts are read as views into their pages: a value that every row repeats is in memory once.
    ///
    /// # Errors
    /// [`Error::Bomb`] if the file would unfold to more than any table of its kind needs; otherwise as
    /// [`TableReader::open_foreign`].
    pub(crate) fn open_untrusted(path: &Path) -> Result<Self> {
        let parquet = |source| Error::Parquet { path: path.to_owned(), table: R::TABLE, source };
        let broken = |source: io::Error| parquet(ParquetError::General(source.to_string()));
        let bomb = |reason: Option<String>| match reason {
            Some(reason) => Err(Error::Bomb { path: path.to_owned(), reason }),
            None => Ok(()),
        };
        let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
        bomb(unfolded::footer(&file).map_err(broken)?)?;
        let loaded = guarded(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())).map_err(parquet)?;
        let names = R::schema();
        let wanted = |name: &str| names.column_with_name(name).is_some();
        bomb(unfolded::pages(&file, loaded.metadata(), wanted).map_err(broken)?)?;
        let options = ArrowReaderOptions::new().with_schema(Arc::new(viewed(loaded.schema(), wanted)));
        let builder = guarded(|| {
            let metadata = ArrowReaderMetadata::try_new(Arc::clone(loaded.metadata()), options)?;
            Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata))
        });
        let builder = builder.map_err(parquet)?;
        let fields = builder.schema().fields();
        let columns: Vec<usize> = (0..fields.len()).filter(|at| wanted(fields[*at].name())).collect();
        let kinds = fields.iter().map(|field| (field.name().clone(), kind(field.data_type()))).collect();
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let footer = pairs.into_iter().flatten().map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()));
        let footer = footer.collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
        let builder = builder.with_projection(mask).with_batch_size(BATCH_ROWS);
        let batches = guarded(|| builder.build()).map_err(parquet)?;
        Ok(Self::of(path, batches, footer, kinds))
    }
}

/// `schema` with the texts of the columns that are `wanted` as views.
fn viewed(schema: &Schema, wanted: impl Fn(&str) -> bool) -> Schema {
    let viewed = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 if wanted(field.name()) => {
            Arc::new(field.as_ref().clone().with_data_type(DataType::Utf8View))
        }
        _ => Arc::clone(field),
    };
    Schema::new_with_metadata(schema.fields().iter().map(viewed).collect::<Vec<_>>(), schema.metadata().clone())
}

fn kind(of: &DataType) -> ColumnKind {
    match of {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnKind::Text,
        DataType::Null => ColumnKind::Void,
        whole if whole.is_integer() => ColumnKind::Whole,
        // Types of nested columns are as long as their authors like.
        other => ColumnKind::Other(other.to_string().chars().take(60).collect()),
    }
}
