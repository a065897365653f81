//! Writing tables: streamed, zstd, renamed into place when complete.

use std::fs::File;
use std::path::{Path, PathBuf};

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::{BATCH_BYTES, BATCH_ROWS, Row, Shape};
use crate::error::{Error, Result};
use crate::file::Partial;

pub(super) const TABLE_KEY: &str = "repopeft.table";
pub(super) const VERSION_KEY: &str = "repopeft.version";
/// Named in every file, so that the library's own version does not change bytes.
const CREATED_BY: &str = "repopeft";
const ZSTD_LEVEL: i32 = 6;
/// The level for whole files: with neighbours in the same page, higher ones cost time and save little.
const TEXT_LEVEL: i32 = 3;
/// Bytes of a page of whole files, after what a value shares with its neighbour is cut off; larger ones leave the
/// processor's cache.
const TEXT_PAGE: usize = 8 << 20;
/// Rows of a page of whole files at most: a row that equals its neighbour costs no bytes, but whoever reads it needs them.
const TEXT_PAGE_ROWS: usize = 4096;
/// Bytes of a page of sequences, before compression.
const SEQUENCE_PAGE: usize = 8 << 20;
/// Rows of such a page at most: no more than there are in a row group.
const SEQUENCE_PAGE_ROWS: usize = 1 << 20;
/// Rows between two looks at the size of a page of whole files.
const TEXT_ROWS_A_LOOK: usize = 16;
/// Bytes of a row group of whole files, before encoding: what a reader may have to hold.
const TEXT_GROUP: usize = 128 << 20;

/// Writes the rows of one table file; nothing appears under its name before [`TableWriter::finish`], and nothing stays if
/// that is never reached.
pub struct TableWriter<R> {
    path: PathBuf,
    partial: Partial,
    writer: ArrowWriter<File>,
    pending: Vec<R>,
    pending_bytes: usize,
    group_bytes: usize,
    rows: u64,
}

impl<R: Row> TableWriter<R> {
    /// A writer for the file at `path`, whose footer also holds `footer`.
    ///
    /// # Errors
    /// If the file cannot be created.
    pub fn create(path: &Path, footer: &[(&str, String)]) -> Result<Self> {
        let version = R::VERSION.to_string();
        let own = [(TABLE_KEY, R::TABLE.to_owned()), (VERSION_KEY, version)];
        let pairs = own.iter().chain(footer).map(|(key, value)| KeyValue::new((*key).to_owned(), value.clone()));
        let properties = properties(R::SHAPE, pairs.collect());
        let (partial, file) = Partial::create(path)?;
        let writer = ArrowWriter::try_new(file, R::schema(), Some(properties)).map_err(|e| parquet::<R>(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            partial,
            writer,
            pending: Vec::new(),
            pending_bytes: 0,
            group_bytes: 0,
            rows: 0,
        })
    }

    /// Appends `row`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn push(&mut self, row: R) -> Result<()> {
        self.pending_bytes += row.bytes();
        self.group_bytes += row.bytes();
        self.pending.push(row);
        self.rows += 1;
        if self.group_bytes >= TEXT_GROUP {
            return self.end_group();
        }
        if self.pending.len() >= BATCH_ROWS || self.pending_bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    /// Ends the current row group, so that a reader can skip to what follows.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn end_group(&mut self) -> Result<()> {
        self.flush()?;
        self.group_bytes = 0;
        self.writer.flush().map_err(|e| parquet::<R>(&self.path, e))
    }

    /// Completes the file under its name and returns its number of rows.
    ///
    /// # Errors
    /// If the file cannot be written or renamed.
    pub fn finish(mut self) -> Result<u64> {
        self.flush()?;
        let file = self.writer.into_inner().map_err(|e| parquet::<R>(&self.path, e))?;
        file.sync_all().map_err(|source| Error::io("write", self.partial.at(), source))?;
        self.partial.complete()?;
        Ok(self.rows)
    }

    fn flush(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let batch =
            R::encode(&self.pending).map_err(|e| parquet::<R>(&self.path, ParquetError::ArrowError(e.to_string())))?;
        self.pending.clear();
        self.pending_bytes = 0;
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

fn properties(shape: Shape, footer: Vec<KeyValue>) -> WriterProperties {
    let zstd = |level| Compression::ZSTD(ZstdLevel::try_new(level).expect("because the level is one of zstd's"));
    let all = WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_compression(zstd(ZSTD_LEVEL))
        .set_key_value_metadata(Some(footer));
    let columns = match shape {
        Shape::Values => return all.build(),
        Shape::Sequences => {
            let all = all.set_dictionary_enabled(false).set_statistics_enabled(EnabledStatistics::None);
            let all = all.set_data_page_size_limit(SEQUENCE_PAGE).set_data_page_row_count_limit(SEQUENCE_PAGE_ROWS);
            return all.build();
        }
        Shape::Texts(columns) => columns,
    };
    let all = all.set_write_batch_size(TEXT_ROWS_A_LOOK);
    let tuned = columns.iter().fold(all, |all, name| {
        let column = ColumnPath::from(*name);
        all.set_column_dictionary_enabled(column.clone(), false)
            .set_column_statistics_enabled(column.clone(), EnabledStatistics::None)
            .set_column_encoding(column.clone(), Encoding::DELTA_BYTE_ARRAY)
            .set_column_data_page_size_limit(column.clone(), TEXT_PAGE)
            .set_column_data_page_row_count_limit(column.clone(), TEXT_PAGE_ROWS)
            .set_column_compression(column, zstd(TEXT_LEVEL))
    });
    tuned.build()
}

fn parquet<R: Row>(path: &Path, source: ParquetError) -> Error {
    Error::Parquet { path: path.to_owned(), table: R::TABLE, source }
}
