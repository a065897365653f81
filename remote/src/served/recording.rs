//! Answers of a server on disk, so that a run can be repeated without it.
//!
//! A recording is JSON lines: a header, then a line an answer with the hash of its request and the body as it came. No
//! header of HTTP is in it, and no key. A last line without an end, left by a run that was killed, is dropped.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use bench::file::next_line;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Version of the format.
const FORMAT: u32 = 1;
/// Bytes of a line at most: the longest body, escaped.
const MAX_LINE_BYTES: u64 = 32 << 20;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    repopeft_recording: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    request: String,
    body: String,
}

/// Answers by the hash of their request.
#[derive(Debug)]
pub struct Recording {
    path: PathBuf,
    /// Open for appending, unless it is only read.
    file: Option<File>,
    known: BTreeMap<String, String>,
}

impl Recording {
    /// The recording in the file at `path`, which is not changed.
    ///
    /// # Errors
    /// If it cannot be read or is no recording.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
        let mut recording = Self { path: path.to_owned(), file: None, known: BTreeMap::new() };
        if recording.load(&file)? == 0 {
            return Err(recording.malformed(None, "is empty".to_owned()));
        }
        Ok(recording)
    }

    /// The recording in the file at `path`, made if there is none, to which further answers are appended.
    ///
    /// # Errors
    /// If it is no recording or another run is writing it; it is left as it is.
    pub fn append_to(path: &Path) -> Result<Self> {
        let io = |action| move |source| Error::io(action, path, source);
        let mut recording = Self { path: path.to_owned(), file: None, known: BTreeMap::new() };
        let Some(mut file) = bench::file::claim(path)? else {
            return Err(recording.malformed(None, "another run is writing it".to_owned()));
        };
        let whole = recording.load(&file)?;
        file.set_len(whole).and_then(|()| file.seek(SeekFrom::Start(whole))).map_err(io("write"))?;
        if whole == 0 {
            write(&mut file, &Header { repopeft_recording: FORMAT }).map_err(io("write"))?;
        }
        recording.file = Some(file);
        Ok(recording)
    }

    /// The body of the answer to the request of `hash`, if it is recorded.
    pub(super) fn get(&self, hash: &str) -> Option<&str> {
        self.known.get(hash).map(String::as_str)
    }

    /// Appends the answer `body` to the request of `hash`.
    pub(super) fn add(&mut self, hash: &str, body: String) -> Result<()> {
        let line = Line { request: hash.to_owned(), body };
        if let Some(file) = &mut self.file {
            write(file, &line).map_err(|source| Error::io("write", &self.path, source))?;
        }
        self.known.insert(line.request, line.body);
        Ok(())
    }

    /// An error about this recording.
    pub(super) fn malformed(&self, row: Option<u64>, reason: String) -> Error {
        Error::Recording { path: self.path.clone(), row, reason }
    }

    /// Reads all whole lines of `file`; the bytes they take.
    fn load(&mut self, file: &File) -> Result<u64> {
        let mut reader = BufReader::new(file);
        let mut whole = 0;
        for row in 1.. {
            let (bytes, ended) =
                next_line(&mut reader, MAX_LINE_BYTES).map_err(|source| Error::io("read", &self.path, source))?;
            if !ended && (row > 1 || bytes.is_empty()) && bytes.len() as u64 != MAX_LINE_BYTES {
                break;
            }
            if row == 1 {
                match serde_json::from_slice(&bytes) {
                    Ok(Header { repopeft_recording: FORMAT }) if ended => {}
                    _ => return Err(self.malformed(Some(row), format!("is no header of a recording, format {FORMAT}"))),
                }
            } else {
                let line: Line = serde_json::from_slice(&bytes)
                    .map_err(|error| self.malformed(Some(row), format!("is no answer ({error}); record again")))?;
                // Of two answers to one request the first one was used.
                self.known.entry(line.request).or_insert(line.body);
            }
            whole += bytes.len() as u64 + 1;
        }
        Ok(whole)
    }
}

fn write(file: &mut File, value: &impl Serialize) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(value).expect("because lines of a recording have a JSON form");
    bytes.push(b'\n');
    file.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_cut_in_its_last_line_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/recording.jsonl");
        let mut recording = Recording::append_to(&path).unwrap();
        assert!(Recording::append_to(&path).unwrap_err().to_string().contains("another run is writing it"));
        recording.add("a", "{\n\"é\"}".to_owned()).unwrap();
        recording.add("b", "2".to_owned()).unwrap();
        drop(recording);
        let whole = std::fs::read(&path).unwrap();
        let second = whole.len() - 1 - whole[..whole.len() - 1].iter().rev().position(|&byte| byte == b'\n').unwrap();
        for length in second..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            assert_eq!(Recording::read(&path).unwrap().get("a"), Some("{\n\"é\"}"));
            let mut recording = Recording::append_to(&path).unwrap();
            assert_eq!(recording.get("b"), None);
            recording.add("b", "2".to_owned()).unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), whole, "{length}");
        }
    }

    #[test]
    fn other_files_are_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("r");
        for text in ["notes", "notes\n", "{\"repopeft_recording\":2}\n", "{\"repopeft_recording\":1}\nx\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(Recording::read(&path).is_err(), "{text}");
            assert!(Recording::append_to(&path).is_err(), "{text}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        std::fs::write(&path, "").unwrap();
        assert!(Recording::read(&path).unwrap_err().to_string().ends_with("r: is empty"));
    }
}
