//! The one predictions format, as JSON lines or Parquet: a header with the method's card, then a row a task.
//!
//! The suffix decides: `.jsonl` holds the header as its first line, `.parquet` in its footer.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::file::write_atomic;
use crate::prediction::{Prediction, Predictions, PredictionsHeader};
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
        match Form::of(path)? {
            Form::JsonLines => {
                let mut text = String::new();
                self.lines(&self.header, |line| {
                    text.push_str(line);
                    text.push('\n');
                });
                write_atomic(path, text.as_bytes())
            }
            Form::Parquet => {
                let rows: Vec<Prediction> = self.sorted().into_iter().cloned().collect();
                write_table(path, &[(HEADER_KEY, json(&self.header))], rows).map(drop)
            }
        }
    }

    /// BLAKE3 of what was answered by what: of header and rows, whatever their order, format or number of files.
    ///
    /// # Panics
    /// Never: headers and rows have a JSON form.
    pub fn hash(&self) -> String {
        let mut header = self.header.clone();
        header.splits.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        self.lines(&header, |line| {
            hasher.update(line.as_bytes());
            hasher.update(b"\n");
        });
        hasher.finalize().to_hex().to_string()
    }

    /// Calls `take` with `header` and each row, by task id, as JSON.
    fn lines(&self, header: &PredictionsHeader, mut take: impl FnMut(&str)) {
        take(&json(header));
        self.sorted().into_iter().for_each(|row| take(&json(row)));
    }

    fn sorted(&self) -> Vec<&Prediction> {
        let mut rows: Vec<&Prediction> = self.rows.iter().collect();
        rows.sort_by(|a, b| a.task.cmp(&b.task));
        rows
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

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("because headers and rows have a JSON form")
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
