//! The one predictions format, as JSON lines or Parquet: a header with the method's card, then a row a task.
//!
//! The suffix decides: `.jsonl` holds the header as its first line, `.parquet` in its footer.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use crate::error::{Error, Result};
use crate::file::write_atomic;
use crate::prediction::{Prediction, Predictions, PredictionsHeader};
use crate::table::{TableReader, write_table};

/// Version of the predictions format.
pub const PREDICTIONS_FORMAT: u32 = 1;
/// Bytes of one line at most; a longer one is no answer to any task.
const MAX_LINE_BYTES: u64 = 16 << 20;
/// Bytes of a completion at most. Our choice: far more than 128 tokens have, little enough to be scored in time.
const MAX_COMPLETION_BYTES: usize = 64 << 10;
const HEADER_KEY: &str = "repopeft.predictions";

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

    /// The predictions in the file at `path`, in file order; whether they fit a release is for the scorer to say.
    ///
    /// # Errors
    /// If the file cannot be read, has no header, is of another version, or a line or row is no prediction.
    pub fn read(path: &Path) -> Result<Self> {
        let predictions = match Form::of(path)? {
            Form::JsonLines => read_lines(path)?,
            Form::Parquet => read_parquet(path)?,
        };
        let found = predictions.header.repopeft_predictions;
        if let Some(at) = predictions.rows.iter().position(|row| row.completion.len() > MAX_COMPLETION_BYTES) {
            let (task, bytes) = (&predictions.rows[at].task, predictions.rows[at].completion.len());
            let reason =
                format!("answer {} to task {task} has {bytes} bytes, {MAX_COMPLETION_BYTES} are allowed", at + 1);
            return Err(Error::malformed(path, None, reason));
        }
        if found == PREDICTIONS_FORMAT {
            return Ok(predictions);
        }
        Err(Error::Mismatch {
            path: path.to_owned(),
            found: format!("predictions of format {found}"),
            expected: format!("format {PREDICTIONS_FORMAT}"),
        })
    }
}

enum Form {
    JsonLines,
    Parquet,
}

impl Form {
    fn of(path: &Path) -> Result<Self> {
        match path.extension().and_then(|suffix| suffix.to_str()) {
            Some("jsonl") => Ok(Self::JsonLines),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Error::malformed(path, None, "predictions end in .jsonl or .parquet")),
        }
    }
}

fn read_lines(path: &Path) -> Result<Predictions> {
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let mut reader = BufReader::new(file);
    let Some(first) = next_line(path, &mut reader, 1)? else {
        return Err(Error::malformed(path, None, "is empty; its first line must be the header"));
    };
    let header: PredictionsHeader = serde_json::from_str(&first).map_err(|e| {
        Error::malformed(
            path,
            Some(1),
            format!("is no header ({e}); it holds repopeft_predictions, release, splits, card"),
        )
    })?;
    let mut rows: Vec<Prediction> = Vec::new();
    let mut number = 2;
    while let Some(line) = next_line(path, &mut reader, number)? {
        if !line.trim().is_empty() {
            let row = serde_json::from_str(&line).map_err(|e| {
                Error::malformed(path, Some(number), format!("is no prediction ({e}); it needs task and completion"))
            })?;
            rows.push(row);
        }
        number += 1;
    }
    Ok(Predictions { header, rows })
}

/// The next line without its break, or none at the end of the file.
fn next_line(path: &Path, reader: &mut impl BufRead, number: u64) -> Result<Option<String>> {
    let mut bytes = Vec::new();
    let limited = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes);
    let length = limited.map_err(|source| Error::io("read", path, source))? as u64;
    if length == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if length == MAX_LINE_BYTES {
        return Err(Error::malformed(path, Some(number), format!("is longer than {MAX_LINE_BYTES} bytes")));
    }
    String::from_utf8(bytes).map(Some).map_err(|_| Error::malformed(path, Some(number), "is not UTF-8"))
}

fn read_parquet(path: &Path) -> Result<Predictions> {
    let reader = TableReader::<Prediction>::open_foreign(path)?;
    let Some(header) = reader.footer(HEADER_KEY) else {
        let reason = format!("has no `{HEADER_KEY}` in its footer; put the header there, as JSON");
        return Err(Error::malformed(path, None, reason));
    };
    let header = serde_json::from_str(header)
        .map_err(|e| Error::malformed(path, None, format!("`{HEADER_KEY}` in its footer is no header: {e}")))?;
    let mut rows = Vec::new();
    for batch in reader {
        rows.extend(batch?);
    }
    Ok(Predictions { header, rows })
}
