//! Ids of examples in a file: what is in memory is where each lies (M219).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use super::Example;
use crate::error::{Error, Result};

/// Where an example lies: its first id, counted in ids, and its lengths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u64,
    prefix: u32,
    target: u32,
}

/// Examples, read one at a time.
#[derive(Debug)]
pub(super) struct Store {
    path: PathBuf,
    file: File,
    spans: Vec<Span>,
}

/// A store that is being filled.
pub(super) struct Filling {
    path: PathBuf,
    file: BufWriter<File>,
    spans: Vec<Span>,
    ids: u64,
}

impl Filling {
    /// An empty store in the folder `scratch`. Its file has no name once it is open: whatever happens, it is gone when
    /// the process ends.
    pub(super) fn new(scratch: &Path) -> Result<Self> {
        std::fs::create_dir_all(scratch).map_err(|source| Error::io("create", scratch, source))?;
        let path = scratch.join(format!("examples-{}.tokens", std::process::id()));
        let open = || {
            let file = File::options().read(true).write(true).create(true).truncate(true).open(&path)?;
            std::fs::remove_file(&path)?;
            Ok(file)
        };
        let file = open().map_err(|source| Error::io("create", &path, source))?;
        Ok(Self { path, file: BufWriter::with_capacity(1 << 20, file), spans: Vec::new(), ids: 0 })
    }

    /// Adds an example and returns its index.
    pub(super) fn push(&mut self, example: &Example) -> Result<u32> {
        let index = count(self.spans.len())?;
        let (prefix, target) = (count(example.prefix.len())?, count(example.target.len())?);
        self.spans.push(Span { start: self.ids, prefix, target });
        self.ids += example.len() as u64;
        let mut ids = example.prefix.iter().chain(&example.target);
        ids.try_for_each(|id| self.file.write_all(&id.to_le_bytes()))
            .map_err(|source| Error::io("write", &self.path, source))?;
        Ok(index)
    }

    pub(super) fn finish(self) -> Result<Store> {
        let failed = |error: std::io::Error| Error::io("write", &self.path, error);
        let file = self.file.into_inner().map_err(|error| failed(error.into_error()))?;
        Ok(Store { path: self.path, file, spans: self.spans })
    }
}

impl Store {
    pub(super) fn len(&self) -> usize {
        self.spans.len()
    }

    /// Tokens of prefix and target.
    pub(super) fn lengths(&self, index: u32) -> (usize, usize) {
        let span = self.spans[index as usize];
        (span.prefix as usize, span.target as usize)
    }

    pub(super) fn read(&self, index: u32) -> Result<Example> {
        let span = self.spans[index as usize];
        let (prefix, target) = self.lengths(index);
        let mut bytes = vec![0; (prefix + target) * size_of::<u32>()];
        self.file
            .read_exact_at(&mut bytes, span.start * size_of::<u32>() as u64)
            .map_err(|source| Error::io("read", &self.path, source))?;
        let mut ids: Vec<u32> = bytes.as_chunks().0.iter().map(|bytes| u32::from_le_bytes(*bytes)).collect();
        let target = ids.split_off(prefix);
        Ok(Example { prefix: ids, target })
    }
}

/// `length` in the 32 bits that examples are counted in.
pub(super) fn count(length: usize) -> Result<u32> {
    u32::try_from(length).map_err(|_| Error::option("examples", length, "there is room for 2^32 - 1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_comes_out() {
        let folder = tempfile::tempdir().unwrap();
        let mut filling = Filling::new(folder.path()).unwrap();
        let example = |n: u32| Example { prefix: (n..n + 5).collect(), target: (n..n + 2 + n % 3).rev().collect() };
        for n in 0..50 {
            assert_eq!(filling.push(&example(n)).unwrap(), n);
        }
        let store = filling.finish().unwrap();
        for n in (0..50).rev() {
            assert_eq!(store.read(n).unwrap(), example(n));
            assert_eq!(store.lengths(n), (5, 2 + n as usize % 3));
        }
        assert_eq!((store.len(), std::fs::read_dir(folder.path()).unwrap().count()), (50, 0));
    }
}
