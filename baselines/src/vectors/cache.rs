//! The vectors of texts on disk while a run is under way: a text is encoded once a release, and a run that was killed
//! goes on where it stopped.
//!
//! A line of JSON that binds the file to one run, then records of one size: the key of a text, its tokens and windows, its
//! numbers, a checksum over header and record. It is only ever appended to; whatever follows the first record that is torn
//! or altered is dropped when it is opened again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bench::file::remove_file;
use half::f16;

use super::material::TextKey;
use crate::encoder::TextVector;
use crate::error::{Error, Result};

/// Bytes of a checksum.
const SUM_BYTES: usize = 8;
/// Bytes of a record before its numbers: key, tokens, windows.
const HEAD_BYTES: usize = size_of::<TextKey>() + 2 * size_of::<u64>();

/// How records are laid out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    /// Numbers of a vector.
    pub(super) numbers: usize,
    /// Whether they are 16-bit floats, which they then fit exactly.
    pub(super) half: bool,
}

/// An open cache, locked against every other run.
#[derive(Debug)]
pub(super) struct Cache {
    file: File,
    path: PathBuf,
    layout: Layout,
    header: Vec<u8>,
    /// Where the record of each text begins.
    places: BTreeMap<TextKey, u64>,
    end: u64,
}

impl Layout {
    fn number_bytes(self) -> usize {
        self.numbers * if self.half { size_of::<f16>() } else { size_of::<f32>() }
    }

    fn record_bytes(self) -> usize {
        HEAD_BYTES + self.number_bytes() + SUM_BYTES
    }
}

impl Cache {
    /// Where the cache of the file of vectors `output` lies.
    pub(super) fn beside(output: &Path) -> PathBuf {
        let mut name = output.file_name().unwrap_or_default().to_owned();
        name.push(".journal");
        output.with_file_name(name)
    }

    /// Opens the cache at `path`, made if there is none. `header` is a line that says which run it belongs to.
    ///
    /// # Errors
    /// [`Error::Checkpoint`] if it is in use or of another run; it is left as it is.
    pub(super) fn open(path: &Path, header: &str, layout: Layout) -> Result<Self> {
        let file = bench::file::claim(path)?.ok_or_else(|| refused(path, "another run is writing it"))?;
        let header = format!("{header}\n").into_bytes();
        let mut cache = Self { file, path: path.to_owned(), layout, header, places: BTreeMap::new(), end: 0 };
        cache.recover()?;
        Ok(cache)
    }

    /// Deletes the file, once what it held is safely elsewhere.
    pub(super) fn remove(self) -> Result<()> {
        Ok(remove_file(&self.path)?)
    }

    /// How many texts it holds.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether it holds the text with `key`.
    pub(super) fn has(&self, key: &TextKey) -> bool {
        self.places.contains_key(key)
    }

    /// What the text with `key` was encoded as.
    ///
    /// # Panics
    /// If it does not hold it.
    pub(super) fn get(&self, key: &TextKey) -> Result<TextVector> {
        let at = self.places.get(key).expect("because every text of a repository is encoded before it is pooled");
        let mut record = vec![0; self.layout.record_bytes()];
        self.file.read_exact_at(&mut record, *at).map_err(|source| Error::io("read", &self.path, source))?;
        Ok(self.decode(&record))
    }

    /// Appends texts, all of them in one write. A text that is there already is replaced.
    pub(super) fn append(&mut self, rows: &[(TextKey, TextVector)]) -> Result<()> {
        let mut bytes = Vec::with_capacity(rows.len() * self.layout.record_bytes());
        for (key, vector) in rows {
            self.places.insert(*key, self.end + bytes.len() as u64);
            self.encode(&mut bytes, key, vector);
        }
        let written = self.file.seek(SeekFrom::Start(self.end)).and_then(|_| self.file.write_all(&bytes));
        written.map_err(|source| Error::io("write", &self.path, source))?;
        self.end += bytes.len() as u64;
        Ok(())
    }

    fn encode(&self, bytes: &mut Vec<u8>, key: &TextKey, vector: &TextVector) {
        assert_eq!(vector.numbers.len(), self.layout.numbers, "records have one size");
        let start = bytes.len();
        bytes.extend(key);
        bytes.extend((vector.tokens as u64).to_le_bytes());
        bytes.extend((vector.windows as u64).to_le_bytes());
        for &number in &vector.numbers {
            if self.layout.half {
                bytes.extend(f16::from_f32(number).to_le_bytes());
            } else {
                bytes.extend(number.to_le_bytes());
            }
        }
        let sum = self.sum(&bytes[start..]);
        bytes.extend(sum);
    }

    fn decode(&self, record: &[u8]) -> TextVector {
        let (head, rest) = record.split_at(HEAD_BYTES);
        let count = |at: usize| {
            let bytes = head[at..at + size_of::<u64>()].try_into().expect("because the slice has eight bytes");
            usize::try_from(u64::from_le_bytes(bytes)).unwrap_or(usize::MAX)
        };
        let numbers = &rest[..self.layout.number_bytes()];
        let numbers = if self.layout.half {
            numbers.as_chunks().0.iter().map(|bytes| f16::from_le_bytes(*bytes).to_f32()).collect()
        } else {
            numbers.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
        };
        let key = size_of::<TextKey>();
        TextVector { tokens: count(key), windows: count(key + size_of::<u64>()), numbers }
    }

    fn sum(&self, record: &[u8]) -> [u8; SUM_BYTES] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.header);
        hasher.update(record);
        let mut sum = [0; SUM_BYTES];
        sum.copy_from_slice(&hasher.finalize().as_bytes()[..SUM_BYTES]);
        sum
    }

    /// Reads the records up to the first bad one and cuts the file there; writes the header if there is none.
    fn recover(&mut self) -> Result<()> {
        let failed = |path: &Path, source| Error::io("read", path, source);
        let size = self.file.metadata().map_err(|source| failed(&self.path, source))?.len();
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        let mut found = Vec::new();
        let header = self.header.len() as u64;
        reader.by_ref().take(header).read_to_end(&mut found).map_err(|source| failed(&self.path, source))?;
        if !self.header.starts_with(&found) {
            return Err(refused(
                &self.path,
                "it belongs to another release, encoder, recipe, device or number of threads",
            ));
        }
        let mut places = BTreeMap::new();
        let mut end = header;
        let mut record = vec![0; self.layout.record_bytes()];
        while size.saturating_sub(end) >= record.len() as u64 {
            reader.read_exact(&mut record).map_err(|source| failed(&self.path, source))?;
            let (content, sum) = record.split_at(record.len() - SUM_BYTES);
            if sum != self.sum(content) {
                break;
            }
            let mut key = TextKey::default();
            key.copy_from_slice(&content[..size_of::<TextKey>()]);
            places.insert(key, end);
            end += record.len() as u64;
        }
        self.places = places;
        self.end = end;
        let written = if (found.len() as u64) < header {
            self.file
                .set_len(0)
                .and_then(|()| self.file.seek(SeekFrom::Start(0)))
                .and_then(|_| self.file.write_all(&self.header))
        } else {
            self.file.set_len(end)
        };
        written.map_err(|source| Error::io("write", &self.path, source))
    }
}

fn refused(path: &Path, reason: &str) -> Error {
    Error::Checkpoint { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: Layout = Layout { numbers: 2, half: true };

    fn row(n: u8) -> (TextKey, TextVector) {
        ([n; 32], TextVector { tokens: n.into(), windows: 1, numbers: vec![f32::from(n), -0.5] })
    }

    #[test]
    fn what_was_appended_is_there_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/v.journal");
        let mut cache = Cache::open(&path, "a run", LAYOUT).unwrap();
        cache.append(&[row(1), row(2)]).unwrap();
        assert!(Cache::open(&path, "a run", LAYOUT).unwrap_err().to_string().contains("another run is writing it"));
        drop(cache);
        let mut cache = Cache::open(&path, "a run", LAYOUT).unwrap();
        assert_eq!((cache.len(), cache.get(&[2; 32]).unwrap()), (2, row(2).1));
        cache.append(&[row(3)]).unwrap();
        assert_eq!(cache.get(&[3; 32]).unwrap(), row(3).1);
        drop(cache);
        let message = Cache::open(&path, "another", LAYOUT).unwrap_err().to_string();
        assert!(message.contains("belongs to another release") && message.contains("delete it"), "{message}");
        Cache::open(&path, "a run", LAYOUT).unwrap().remove().unwrap();
        assert!(!path.exists());
    }

    #[test]
    fn torn_and_altered_records_are_dropped_with_all_that_follow() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.journal");
        Cache::open(&path, "a run", LAYOUT).unwrap().append(&[row(1), row(2), row(3)]).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let kept = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            let len = Cache::open(&path, "a run", LAYOUT).unwrap().len();
            let size = usize::try_from(std::fs::metadata(&path).unwrap().len()).unwrap();
            assert_eq!(size, 6 + len * LAYOUT.record_bytes(), "the file is cut");
            len
        };
        for length in 0..=whole.len() {
            assert_eq!(kept(&whole[..length]), length.saturating_sub(6) / LAYOUT.record_bytes(), "{length}");
        }
        let mut altered = whole.clone();
        altered[6 + LAYOUT.record_bytes() + 40] ^= 1;
        assert_eq!(kept(&altered), 1);
        let mut full = Cache::open(&path, "a run", Layout { numbers: 3, half: false }).unwrap();
        assert_eq!(full.len(), 0, "records of another size are none");
        full.append(&[([9; 32], TextVector { tokens: 1, windows: 0, numbers: vec![0.1; 3] })]).unwrap();
        assert_eq!(full.get(&[9; 32]).unwrap().numbers, [0.1; 3]);
    }
}
