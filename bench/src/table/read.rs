//! Reading tables: in batches, checked against the footer.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::{BATCH_ROWS, Batch, Columns, Shape, TEXT_ROWS};
use crate::error::{Error, Result};

/// The rows of a table file, a batch at a time.
pub struct TableReader<R> {
    path: PathBuf,
    batches: ParquetRecordBatchReader,
    footer: Vec<(String, String)>,
    rows_read: u64,
    row: std::marker::PhantomData<R>,
}

impl<R: Columns> TableReader<R> {
    /// A reader of the table in the file at `path`.
    ///
    /// # Errors
    /// If the file is no Parquet file, or its footer names another table or version.
    pub fn open(path: &Path) -> Result<Self> {
        let reader = Self::open_foreign(path)?;
        let found = (reader.footer(super::write::TABLE_KEY), reader.footer(super::write::VERSION_KEY));
        let version = R::VERSION.to_string();
        if found != (Some(R::TABLE), Some(&version)) {
            return Err(Error::Mismatch {
                path: path.to_owned(),
                found: match found {
                    (Some(table), Some(version)) => format!("table {table}, version {version}"),
                    _ => "a Parquet file of another program".to_owned(),
                },
                expected: format!("table {}, version {version}", R::TABLE),
            });
        }
        Ok(reader)
    }

    /// As [`TableReader::open`], for a file that another program may have written: only its columns must fit.
    ///
    /// # Errors
    /// If the file is no Parquet file.
    pub fn open_foreign(path: &Path) -> Result<Self> {
        let parquet = |source| Error::Parquet { path: path.to_owned(), table: R::TABLE, source };
        let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(parquet)?;
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let footer = pairs.into_iter().flatten().map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()));
        let footer = footer.collect();
        let rows = if R::SHAPE == Shape::Values { BATCH_ROWS } else { TEXT_ROWS };
        let names = R::schema();
        let wanted = |at: &usize| names.column_with_name(builder.schema().field(*at).name()).is_some();
        let wanted: Vec<usize> = (0..builder.schema().fields().len()).filter(wanted).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
        let batches = builder.with_projection(mask).with_batch_size(rows).build().map_err(parquet)?;
        Ok(Self { path: path.to_owned(), batches, footer, rows_read: 0, row: std::marker::PhantomData })
    }

    /// The value of `key` in the footer.
    pub fn footer(&self, key: &str) -> Option<&str> {
        self.footer.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

impl<R: Columns> Iterator for TableReader<R> {
    type Item = Result<Vec<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        let columns = match self.batches.next()? {
            Ok(columns) => columns,
            Err(e) => {
                let source = ParquetError::ArrowError(e.to_string());
                return Some(Err(Error::Parquet { path: self.path.clone(), table: R::TABLE, source }));
            }
        };
        let rows = R::decode(&Batch::new(&self.path, self.rows_read, &columns));
        self.rows_read += columns.num_rows() as u64;
        Some(rows)
    }
}

/// All rows of the table in the file at `path`.
///
/// # Errors
/// As [`TableReader::open`], or if a row does not fit.
pub fn read_table<R: Columns>(path: &Path) -> Result<Vec<R>> {
    let mut rows = Vec::new();
    for batch in TableReader::open(path)? {
        rows.extend(batch?);
    }
    Ok(rows)
}
