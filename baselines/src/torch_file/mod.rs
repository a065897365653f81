//! Checkpoints that Python's `torch.save` wrote: tensors and plain values, read without running anything (M139).
//!
//! Such a file is a zip archive with a pickle program that builds the values and, beside it, the numbers of each
//! storage. The program is interpreted by [`pickle`], which knows containers, plain values and tensors; everything else
//! it would build stays an opaque value that nobody calls.

mod pickle;
mod value;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use tch::{Kind, Tensor};

use crate::error::{Error, Result};

pub use value::{Node, NodeId, Program, StoredTensor};

/// Bytes of the program at most: the released files have tens of kilobytes.
const MAX_PROGRAM_BYTES: u64 = 64 << 20;

/// An opened file.
#[derive(Debug)]
pub struct TorchFile {
    path: PathBuf,
    file: File,
    program: Program,
    /// Where the numbers of each storage lie: offset and bytes.
    storages: BTreeMap<String, (u64, u64)>,
}

impl TorchFile {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// If it cannot be read, is no archive of `torch.save`, has compressed or big-endian storages, or its program is
    /// broken.
    pub fn open(path: &Path) -> Result<Self> {
        let refuse = |reason: String| Error::TorchFile { path: path.to_owned(), reason };
        let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
        let again = file.try_clone().map_err(|source| Error::io("read", path, source))?;
        let broken = |error: zip::result::ZipError| refuse(format!("it is no archive of torch.save: {error}"));
        let mut archive = zip::ZipArchive::new(again).map_err(broken)?;
        let (mut program, mut storages) = (None, BTreeMap::new());
        for index in 0..archive.len() {
            let mut entry = archive.by_index(index).map_err(broken)?;
            let name = entry.name().to_owned();
            let inner = name.split_once('/').map_or(name.as_str(), |(_, inner)| inner);
            if inner == "data.pkl" {
                let mut bytes = Vec::new();
                let mut bounded = entry.by_ref().take(MAX_PROGRAM_BYTES + 1);
                bounded.read_to_end(&mut bytes).map_err(|source| Error::io("read", path, source))?;
                if bytes.len() as u64 > MAX_PROGRAM_BYTES {
                    return Err(refuse(format!("{name} has more than {MAX_PROGRAM_BYTES} bytes")));
                }
                program = Some(bytes);
            } else if inner == "byteorder" {
                let mut order = String::new();
                entry.by_ref().take(16).read_to_string(&mut order).map_err(|source| Error::io("read", path, source))?;
                if order != "little" {
                    return Err(refuse(format!("its numbers are {order}-endian")));
                }
            } else if let Some(key) = inner.strip_prefix("data/") {
                if entry.compression() != zip::CompressionMethod::Stored {
                    return Err(refuse(format!("{name} is compressed; save it again with torch.save")));
                }
                storages.insert(key.to_owned(), (entry.data_start(), entry.size()));
            }
        }
        let program = program.ok_or_else(|| refuse("it holds no data.pkl".to_owned()))?;
        let program = pickle::run(&program).map_err(|reason| refuse(format!("its program is broken: {reason}")))?;
        Ok(Self { path: path.to_owned(), file, program, storages })
    }

    /// The values.
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// The numbers of `stored`, in its kind, on the CPU.
    ///
    /// # Errors
    /// If its storage is missing, short, or of a kind that is not a float.
    pub fn tensor(&self, stored: &StoredTensor) -> Result<Tensor> {
        let refuse = |reason: String| Error::TorchFile { path: self.path.clone(), reason };
        let kind = match stored.storage.as_str() {
            "FloatStorage" => Kind::Float,
            "HalfStorage" => Kind::Half,
            "BFloat16Storage" => Kind::BFloat16,
            "DoubleStorage" => Kind::Double,
            other => return Err(refuse(format!("a tensor is of {other}, not of floats"))),
        };
        let Some(&(start, bytes)) = self.storages.get(&stored.key) else {
            return Err(refuse(format!("storage {} is missing", stored.key)));
        };
        let width = kind.elt_size_in_bytes() as u64;
        let held = i64::try_from(bytes / width).unwrap_or(i64::MAX);
        if stored.end().is_none_or(|end| end > held) {
            return Err(refuse(format!("a tensor of shape {:?} exceeds storage {}", stored.shape, stored.key)));
        }
        let size = self.file.metadata().map_err(|source| Error::io("read", &self.path, source))?.len();
        if start.checked_add(bytes).is_none_or(|end| end > size) {
            return Err(refuse(format!("storage {} ends behind the file", stored.key)));
        }
        let mut numbers = vec![0; usize::try_from(bytes).map_err(|_| refuse("a storage is too large".to_owned()))?];
        self.file.read_exact_at(&mut numbers, start).map_err(|source| Error::io("read", &self.path, source))?;
        let failed = |source| Error::torch(format!("make a tensor of {}", self.path.display()), source);
        numbers.truncate(usize::try_from(held).unwrap_or(0) * kind.elt_size_in_bytes());
        let flat = Tensor::f_from_data_size(&numbers, &[held], kind).map_err(failed)?;
        let view = flat.f_as_strided(&stored.shape[..], &stored.strides[..], stored.offset).map_err(failed)?;
        Ok(view.contiguous())
    }
}
