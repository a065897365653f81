//! Sealed tables as lazy frames: only the columns that a query names are read.
//!
//! The scan that polars brings along is built for files in clouds and comes with an HTTP client; this one reads local
//! files through the same Parquet reader.

use std::any::Any;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use polars::prelude::{
    AnonymousScan, AnonymousScanArgs, DataFrame, Expr, LazyFrame, PolarsError, PolarsResult, ScanArgsAnonymous, Schema,
    SchemaExt, SchemaRef, UnionArgs, col, concat, lit,
};
use polars_io::SerReader;
use polars_io::parquet::read::ParquetReader;

use super::Held;
use super::groups::PART;
use crate::error::{Error, Result};

/// A Parquet file that is read when a query runs.
struct SealedTable {
    path: PathBuf,
}

impl SealedTable {
    fn reader(&self) -> PolarsResult<ParquetReader<File>> {
        Ok(ParquetReader::new(File::open(&self.path)?))
    }
}

impl AnonymousScan for SealedTable {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn schema(&self, _infer_schema_length: Option<usize>) -> PolarsResult<SchemaRef> {
        let columns = self.reader()?.schema()?;
        Ok(Arc::new(Schema::from_arrow_schema(&columns)))
    }

    fn scan(&self, wanted: AnonymousScanArgs) -> PolarsResult<DataFrame> {
        let columns = wanted.with_columns.map(|names| names.iter().map(ToString::to_string).collect());
        self.reader()?.with_columns(columns).finish()
    }

    fn allows_projection_pushdown(&self) -> bool {
        true
    }
}

/// The rows of the file at `path`.
///
/// # Errors
/// If it is no Parquet file.
pub(super) fn scan(path: &Path) -> Result<LazyFrame> {
    let table = Arc::new(SealedTable { path: path.to_owned() });
    LazyFrame::anonymous_scan(table, ScanArgsAnonymous::default())
        .map_err(|source| Error::malformed(path, None, format!("is not a readable table: {source}")))
}

/// The `columns` of the tasks of all parts below each other, each with the place of its part.
///
/// # Errors
/// If a file is no Parquet file, or there is none.
pub(super) fn scan_parts(held: &[&Held<'_>], columns: &[&str]) -> Result<LazyFrame> {
    let of = |held: &&Held<'_>| {
        let columns: Vec<Expr> = columns.iter().map(|name| col(*name)).collect();
        Ok(scan(&held.file)?.select(columns).with_columns([lit(held.part as u32).alias(PART)]))
    };
    join(held.iter().map(of).collect::<Result<Vec<_>>>()?)
}

/// The rows of `frames`, which have the same columns, below each other.
///
/// # Errors
/// If there is none.
pub(super) fn join(frames: Vec<LazyFrame>) -> Result<LazyFrame> {
    concat(frames, UnionArgs::default()).map_err(|source| failed("join tables", &source))
}

/// The error of a query that was to `action`.
pub(super) fn failed(action: &'static str, source: &PolarsError) -> Error {
    Error::Statistics { action, reason: source.to_string() }
}
