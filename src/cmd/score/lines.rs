//! Lines of a file of JSON lines, numbered, each within bounds.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::file::next_line;

/// Bytes of a line at most.
const MAX_BYTES: u64 = 16 << 20;

/// The lines of a file that are not blank, with their numbers from 1.
pub(super) struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Self { path: path.to_owned(), reader: BufReader::new(file), number: 0 })
    }

    /// Where line `number` stands, for messages.
    pub(super) fn place(&self, number: u64) -> String {
        format!("{}, line {number}", self.path.display())
    }

    fn read(&mut self) -> Result<Option<(u64, String)>> {
        loop {
            self.number += 1;
            let (line, ended) = next_line(&mut self.reader, MAX_BYTES).with_context(|| self.place(self.number))?;
            if line.is_empty() && !ended {
                return Ok(None);
            }
            if line.len() as u64 == MAX_BYTES {
                bail!("{}: is longer than {MAX_BYTES} bytes", self.place(self.number));
            }
            let line = String::from_utf8(line).with_context(|| self.place(self.number))?;
            if !line.trim().is_empty() {
                return Ok(Some((self.number, line)));
            }
        }
    }
}

impl Iterator for Lines {
    type Item = Result<(u64, String)>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}
