//! The one predictions format, as JSON lines or Parquet: a header with the method's card, then a row a task.
//!
//! The suffix decides: `.jsonl` holds the header as its first line, `.parquet` in its footer.

use std::path::Path;

use crate::error::{Error, Result};
use crate::file::write_atomic;
use crate::prediction::{Prediction, Predictions};
use crate::submission::read_alone;
use crate::table::write_table;

/// Where the footer of Parquet holds the header.
pub(crate) const HEADER_KEY: &str = "repopeft.predictions";

impl Predictions {
    /// Whether a predictions file may have the name `path`.
    ///
    /// # Errors
    /// If its suffix is neither `.jsonl` nor `.parquet`.
    pub fn check_name(path: &Path) -> Result<()> {
        Form::of(path).map(drop)
    }

    /// Writes the file at `path`, rows sorted by task id.
    ///
    /// # Errors
    /// If the suffix is neither `.jsonl` nor `.parquet`, or the file cannot be written.
    ///
    /// # Panics
    /// Never: headers and rows have a JSON form.
    pub fn write(&self, path: &Path) -> Result<()> {
        let json = |value: serde_json::Result<String>| value.expect("because headers and rows have a JSON form");
        let mut rows = self.rows.clone();
        rows.sort_by(|a, b| a.task.cmp(&b.task));
        match Form::of(path)? {
            Form::JsonLines => {
                let mut text = json(serde_json::to_string(&self.header));
                text.push('\n');
                for row in &rows {
                    text.push_str(&json(serde_json::to_string(row)));
                    text.push('\n');
                }
                write_atomic(path, text.as_bytes())
            }
            Form::Parquet => {
                let footer = [(HEADER_KEY, json(serde_json::to_string(&self.header)))];
                write_table(path, &footer, rows).map(drop)
            }
        }
    }

    /// The BLAKE3 hash of header and answers as 64 hexadecimal digits: the same whether they lie in one file or in many, as
    /// JSON lines or Parquet, in any order of rows.
    ///
    /// # Panics
    /// Never: headers and rows have a JSON form.
    pub fn hash(&self) -> String {
        let json = |value: serde_json::Result<Vec<u8>>| value.expect("because headers and rows have a JSON form");
        let mut header = self.header.clone();
        header.splits.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        hasher.update(&json(serde_json::to_vec(&header)));
        let mut rows: Vec<&Prediction> = self.rows.iter().collect();
        rows.sort_by_key(|row| &row.task);
        for row in rows {
            hasher.update(b"\n");
            hasher.update(&json(serde_json::to_vec(row)));
        }
        hasher.finalize().to_hex().to_string()
    }

    /// The predictions in the file at `path`, in file order, held against no release: that is
    /// [`Submission::read`](crate::Submission::read)'s.
    ///
    /// # Errors
    /// If the file cannot be read, has no header, is of another version, or a line or row is no prediction.
    pub fn read(path: &Path) -> Result<Self> {
        Form::of(path)?;
        read_alone(path)
    }
}

/// How a predictions file is laid out.
pub(crate) enum Form {
    /// JSON lines.
    JsonLines,
    /// Parquet.
    Parquet,
}

impl Form {
    /// The form of the file at `path`, which its suffix decides.
    pub(crate) fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("jsonl") => Ok(Self::JsonLines),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Error::malformed(path, None, "predictions end in .jsonl or .parquet")),
        }
    }
}
