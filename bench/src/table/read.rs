//! Reading tables: in batches, checked against the footer.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::guard::guarded;
use super::{BATCH_ROWS, Batch, ColumnKind, Columns, Shape, TEXT_ROWS};
use crate::error::{Error, Result};

/// The rows of a table file, a batch at a time.
pub struct TableReader<R> {
    path: PathBuf,
    /// None behind the first fault.
    batches: Option<ParquetRecordBatchReader>,
    footer: Vec<(String, String)>,
    /// All columns of the file, in order; only known of files that are [untrusted](TableReader::open_untrusted).
    kinds: Vec<(String, ColumnKind)>,
    rows_read: u64,
    row: std::marker::PhantomData<R>,
}

impl<R: Columns> TableReader<R> {
    /// A reader of the table in the file at `path`.
    ///
    /// # Errors
    /// If the file is no Parquet file, or its footer names another table or version.
    pub fn open(path: &Path) -> Result<Self> {
        Self::known(Self::open_foreign(path)?)
    }

    /// `reader`, if the footer of its file names the table and version.
    fn known(reader: Self) -> Result<Self> {
        let found = (reader.footer(super::write::TABLE_KEY), reader.footer(super::write::VERSION_KEY));
        let version = R::VERSION.to_string();
        if found != (Some(R::TABLE), Some(&version)) {
            return Err(Error::Mismatch {
                path: reader.path.clone(),
                found: match found {
                    (Some(table), Some(version)) => format!("table {table}, version {version}"),
                    _ => "a Parquet file of another program".to_owned(),
                },
                expected: format!("table {}, version {version}", R::TABLE),
            });
        }
        Ok(reader)
    }

    /// As [`TableReader::open`], of those row groups alone in which the text `column` may hold `value`.
    ///
    /// # Errors
    /// As [`TableReader::open`].
    pub fn open_groups(path: &Path, column: &str, value: &str) -> Result<Self> {
        Self::known(Self::with_groups(path, Some((column, value)))?)
    }

    /// As [`TableReader::open`], for a file that another program may have written: only its columns must fit.
    ///
    /// # Errors
    /// If the file is no Parquet file.
    pub fn open_foreign(path: &Path) -> Result<Self> {
        Self::with_groups(path, None)
    }

    /// As [`TableReader::open_foreign`], of those row groups alone in which the text `column` may hold `value`.
    ///
    /// # Errors
    /// As [`TableReader::open_foreign`].
    pub fn open_foreign_groups(path: &Path, column: &str, value: &str) -> Result<Self> {
        Self::with_groups(path, Some((column, value)))
    }

    fn with_groups(path: &Path, wanted: Option<(&str, &str)>) -> Result<Self> {
        let parquet = |source| Error::Parquet { path: path.to_owned(), table: R::TABLE, source };
        let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
        let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(parquet)?;
        let pairs = builder.metadata().file_metadata().key_value_metadata();
        let footer = pairs.into_iter().flatten().map(|pair| (pair.key.clone(), pair.value.clone().unwrap_or_default()));
        let footer = footer.collect();
        let rows = match R::SHAPE {
            Shape::Values | Shape::Sequences => BATCH_ROWS,
            Shape::Texts(_) => TEXT_ROWS,
        };
        let names = R::schema();
        let named = |at: &usize| names.column_with_name(builder.schema().field(*at).name()).is_some();
        let columns: Vec<usize> = (0..builder.schema().fields().len()).filter(named).collect();
        let mask = ProjectionMask::roots(builder.parquet_schema(), columns);
        let groups = wanted.map(|(column, value)| groups_with(builder.metadata(), column, value));
        let builder = match groups {
            Some(groups) => builder.with_row_groups(groups),
            None => builder,
        };
        let builder = builder.with_projection(mask).with_batch_size(rows);
        let batches = guarded(|| builder.build()).map_err(parquet)?;
        Ok(Self::of(path, batches, footer, Vec::new()))
    }

    /// The reader of `batches` of the file at `path`, whose footer holds `footer`.
    pub(super) fn of(
        path: &Path,
        batches: ParquetRecordBatchReader,
        footer: Vec<(String, String)>,
        kinds: Vec<(String, ColumnKind)>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            batches: Some(batches),
            footer,
            kinds,
            rows_read: 0,
            row: std::marker::PhantomData,
        }
    }

    /// The name and kind of every column of the file, in order; nothing unless it was opened as untrusted.
    pub(crate) fn columns(&self) -> &[(String, ColumnKind)] {
        &self.kinds
    }

    /// The value of `key` in the footer.
    pub fn footer(&self, key: &str) -> Option<&str> {
        self.footer.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }
}

impl<R: Columns> Iterator for TableReader<R> {
    type Item = Result<Vec<R>>;

    fn next(&mut self) -> Option<Self::Item> {
        let batches = self.batches.as_mut()?;
        let columns = match guarded(|| batches.next().transpose().map_err(ParquetError::from)) {
            Ok(columns) => columns?,
            Err(source) => {
                self.batches = None;
                return Some(Err(Error::Parquet { path: self.path.clone(), table: R::TABLE, source }));
            }
        };
        let rows = R::decode(&Batch::new(&self.path, self.rows_read, &columns));
        self.rows_read += columns.num_rows() as u64;
        Some(rows)
    }
}

/// The row groups whose statistics allow `value` in the text `column`; all that have no statistics.
fn groups_with(metadata: &ParquetMetaData, column: &str, value: &str) -> Vec<usize> {
    let allows = |group: &RowGroupMetaData| {
        let chunk = group.columns().iter().find(|chunk| chunk.column_descr().name() == column);
        let Some(statistics) = chunk.and_then(|chunk| chunk.statistics()) else { return true };
        let above = statistics.min_bytes_opt().is_none_or(|least| least <= value.as_bytes());
        let below = statistics.max_bytes_opt().is_none_or(|most| value.as_bytes() <= most);
        above && below
    };
    metadata.row_groups().iter().enumerate().filter(|(_, group)| allows(group)).map(|(at, _)| at).collect()
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

/// The names of the columns of the Parquet file at `path`, in order.
///
/// # Errors
/// If it is no Parquet file.
pub fn column_names(path: &Path) -> Result<Vec<String>> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let builder = guarded(|| ParquetRecordBatchReaderBuilder::try_new(file)).map_err(|source| Error::Parquet {
        path: path.to_owned(),
        table: "published",
        source,
    })?;
    Ok(builder.schema().fields().iter().map(|field| field.name().clone()).collect())
}

/// What the footer of a table file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The name of the table.
    pub(crate) table: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
    /// Its rows.
    pub(crate) rows: u64,
}

/// The mark of the table file at `path`.
pub(crate) fn mark(path: &Path) -> Result<Mark> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|source| Error::Parquet {
        path: path.to_owned(),
        table: "sealed",
        source,
    })?;
    let metadata = builder.metadata().file_metadata();
    let pairs = metadata.key_value_metadata();
    let value =
        |key: &str| pairs.into_iter().flatten().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
    let rows = u64::try_from(metadata.num_rows()).unwrap_or(0);
    Ok(Mark { table: value(super::write::TABLE_KEY), version: value(super::write::VERSION_KEY), rows })
}
