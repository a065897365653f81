//! The leak tables of a folder: one a split.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::row::TaskLeaks;
use crate::error::Result;
use crate::release::{Release, TableEntry, entry};
use crate::split::Split;
use crate::table::{TableReader, TableWriter};

/// The path of the leak table of `split` inside a release.
pub fn table_path(split: Split) -> String {
    format!("leaks/{split}.parquet")
}

/// Writes leak tables into a folder.
pub struct LeakWriter {
    root: PathBuf,
    writers: BTreeMap<Split, TableWriter<TaskLeaks>>,
}

impl LeakWriter {
    /// A writer of tables below `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), writers: BTreeMap::new() }
    }

    /// Appends `row` to the table of `split`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn push(&mut self, split: Split, row: TaskLeaks) -> Result<()> {
        if !self.writers.contains_key(&split) {
            let writer = TableWriter::create(&self.root.join(table_path(split)), &[])?;
            self.writers.insert(split, writer);
        }
        self.writers.get_mut(&split).map_or(Ok(()), |writer| writer.push(row))
    }

    /// Completes the tables and returns their entries.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn finish(self) -> Result<Vec<TableEntry>> {
        let finish = |(split, writer): (Split, TableWriter<TaskLeaks>)| {
            let rows = writer.finish()?;
            entry::<TaskLeaks>(&self.root, &table_path(split), rows)
        };
        self.writers.into_iter().map(finish).collect()
    }
}

/// The rows of a leak table, one by one.
pub struct LeakRows {
    reader: TableReader<TaskLeaks>,
    rows: std::vec::IntoIter<TaskLeaks>,
}

impl Iterator for LeakRows {
    type Item = Result<TaskLeaks>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.rows.next() {
                return Some(Ok(row));
            }
            match self.reader.next()? {
                Ok(rows) => self.rows = rows.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Release {
    /// The leaks of the tasks of `split`, in the order of its tasks; none if the release was sealed without them.
    ///
    /// # Errors
    /// If the table was changed or cannot be read.
    pub fn leaks(&self, split: Split) -> Result<Option<LeakRows>> {
        let path = table_path(split);
        match self.manifest().contents.table(&path) {
            Some(_) => {
                let reader = TableReader::open(&self.checked(&path)?)?;
                Ok(Some(LeakRows { reader, rows: Vec::new().into_iter() }))
            }
            None => Ok(None),
        }
    }
}
