//! Writing tables: streamed, zstd, renamed into place when complete.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;

use super::{BATCH_ROWS, Row};
use crate::error::{Error, Result};
use crate::file::{rename, temporary};

pub(super) const TABLE_KEY: &str = "repopeft.table";
pub(super) const VERSION_KEY: &str = "repopeft.version";
/// Named in every file, so that the library's own version does not change bytes.
const CREATED_BY: &str = "repopeft";
const ZSTD_LEVEL: i32 = 6;

/// Writes the rows of one table file; nothing appears under its name before [`TableWriter::finish`].
pub struct TableWriter<R> {
    path: PathBuf,
    partial: PathBuf,
    writer: ArrowWriter<File>,
    pending: Vec<R>,
    rows: u64,
}

impl<R: Row> TableWriter<R> {
    /// A writer for the file at `path`, whose footer also holds `footer`.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path, footer: &[(&str, String)]) -> Result<Self> {
        let partial = temporary(path)?;
        let version = R::VERSION.to_string();
        let own = [(TABLE_KEY, R::TABLE.to_owned()), (VERSION_KEY, version)];
        let pairs = own.iter().chain(footer).map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
        let level = ZstdLevel::try_new(ZSTD_LEVEL).expect("because the level is one of zstd's");
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_compression(Compression::ZSTD(level))
            .set_key_value_metadata(Some(pairs.collect()))
            .build();
        let file = File::create(&partial).map_err(|source| Error::io("create", &partial, source))?;
        let writer = ArrowWriter::try_new(file, R::schema(), Some(properties)).map_err(|e| parquet::<R>(path, e))?;
        Ok(Self { path: path.to_owned(), partial, writer, pending: Vec::new(), rows: 0 })
    }

    /// Appends `row`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn push(&mut self, row: R) -> Result<()> {
        self.pending.push(row);
        self.rows += 1;
        if self.pending.len() >= BATCH_ROWS { self.flush() } else { Ok(()) }
    }

    /// Ends the current row group, so that a reader can skip to what follows.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn end_group(&mut self) -> Result<()> {
        self.flush()?;
        self.writer.flush().map_err(|e| parquet::<R>(&self.path, e))
    }

    /// Completes the file under its name and returns its number of rows.
    ///
    /// # Errors
    /// If the file cannot be written or renamed.
    pub fn finish(mut self) -> Result<u64> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(|e| parquet::<R>(&self.path, e))?;
        file.sync_all().map_err(|source| Error::io("write", &self.partial, source))?;
        rename(&self.partial, &self.path)?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let batch =
            R::encode(&self.pending).map_err(|e| parquet::<R>(&self.path, ParquetError::ArrowError(e.to_string())))?;
        self.pending.clear();
        self.writer.write(&batch).map_err(|e| parquet::<R>(&self.path, e))
    }
}

/// Writes all `rows` to the file at `path` and returns how many there are.
///
/// # Errors
/// If the file cannot be written.
pub fn write_table<R: Row>(path: &Path, footer: &[(&str, String)], rows: impl IntoIterator<Item = R>) -> Result<u64> {
    let mut writer = TableWriter::create(path, footer)?;
    for row in rows {
        writer.push(row)?;
    }
    writer.finish()
}

fn parquet<R: Row>(path: &Path, source: ParquetError) -> Error {
    Error::Parquet { path: path.to_owned(), table: R::TABLE, source }
}
