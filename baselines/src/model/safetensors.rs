//! Weight files: headers checked against the size of the file, tensors read one at a time, files written whole or not
//! at all.
//!
//! Reads are positional rather than through a memory map: a file that shrinks while it is read is then an error, not a
//! fault, and no more than one tensor is held twice.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bench::file::Partial;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use tch::{Device, Kind, Tensor};

use crate::error::{Error, Result};

/// Headers beyond this many bytes are refused, as the reference implementation does.
const MAX_HEADER_BYTES: u64 = 100_000_000;
/// Bytes of the length that opens a file.
const LENGTH_BYTES: u64 = 8;

/// An opened weight file: what it holds, and where.
#[derive(Debug)]
pub(crate) struct Header {
    path: PathBuf,
    file: File,
    data_start: u64,
    /// Free text that travels with the tensors.
    pub(crate) metadata: BTreeMap<String, String>,
    /// Tensors by name.
    pub(crate) tensors: BTreeMap<String, TensorInfo>,
}

/// Opens `path` and checks that its header accounts for every byte.
///
/// # Errors
/// [`Error::Io`] if it cannot be read, [`Error::SafeTensors`] if it is cut short or not of this format.
pub(crate) fn read_header(path: &Path) -> Result<Header> {
    let failed = |source| Error::io("read", path, source);
    let broken = |reason: String| Error::SafeTensors { path: path.to_owned(), reason };
    let file = File::open(path).map_err(failed)?;
    let size = file.metadata().map_err(failed)?.len();
    if size < LENGTH_BYTES {
        return Err(broken(format!("{size} bytes are too few")));
    }
    let mut length = [0; size_of::<u64>()];
    file.read_exact_at(&mut length, 0).map_err(failed)?;
    let length = u64::from_le_bytes(length);
    if length > MAX_HEADER_BYTES.min(size - LENGTH_BYTES) {
        return Err(broken(format!("its header claims {length} bytes, the file has {size}")));
    }
    let mut text = vec![0; usize::try_from(length).expect("because the length is bounded")];
    file.read_exact_at(&mut text, LENGTH_BYTES).map_err(failed)?;
    let header: Metadata = serde_json::from_slice(&text).map_err(|error| broken(format!("header: {error}")))?;
    let (expected, found) = (header.data_len() as u64, size - LENGTH_BYTES - length);
    if expected != found {
        return Err(broken(format!("its header describes {expected} bytes of tensors, the file has {found}")));
    }
    Ok(Header {
        path: path.to_owned(),
        file,
        data_start: LENGTH_BYTES + length,
        metadata: header.metadata().clone().into_iter().flatten().collect(),
        tensors: header.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect(),
    })
}

/// Reads one tensor, in the kind of the file, onto the CPU.
///
/// # Errors
/// [`Error::Weight`] if the file has no such tensor or one of a kind that is not a float, [`Error::Io`] if it cannot be
/// read.
pub(crate) fn read_tensor(header: &Header, name: &str) -> Result<Tensor> {
    let Some(info) = header.tensors.get(name) else {
        return Err(Error::weight(&header.path, name, "is missing"));
    };
    let kind = match info.dtype {
        Dtype::F32 => Kind::Float,
        Dtype::BF16 => Kind::BFloat16,
        Dtype::F16 => Kind::Half,
        other => return Err(Error::weight(&header.path, name, format!("is of kind {other}, not F32, BF16 or F16"))),
    };
    let (start, end) = info.data_offsets;
    let mut bytes = vec![0; end - start];
    let offset = header.data_start + start as u64;
    header.file.read_exact_at(&mut bytes, offset).map_err(|source| Error::io("read", &header.path, source))?;
    Tensor::f_from_data_size(&bytes, &shape(info), kind)
        .map_err(|source| Error::torch(format!("make tensor `{name}` of {}", header.path.display()), source))
}

/// The shape of a stored tensor as torch counts it.
pub(crate) fn shape(info: &TensorInfo) -> Vec<i64> {
    info.shape.iter().map(|&size| i64::try_from(size).unwrap_or(i64::MAX)).collect()
}

/// Writes `tensors` and one entry of metadata to `path`, under a temporary name that is then renamed: the file is whole
/// whenever it is there. Equal content gives equal bytes.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written.
pub(crate) fn write(path: &Path, tensors: &BTreeMap<String, &Tensor>, metadata: (&str, &str)) -> Result<()> {
    let mut infos = Vec::with_capacity(tensors.len());
    let mut end = 0;
    for (name, tensor) in tensors {
        let start = end;
        end += tensor.numel() * tensor.kind().elt_size_in_bytes();
        let shape = tensor.size().iter().map(|&size| usize::try_from(size).expect("because sizes count")).collect();
        infos.push((name.clone(), TensorInfo { dtype: dtype(tensor), shape, data_offsets: (start, end) }));
    }
    let metadata = HashMap::from([(metadata.0.to_owned(), metadata.1.to_owned())]);
    let header = Metadata::new(Some(metadata), infos).expect("because the offsets were counted just now");
    let mut header = serde_json::to_vec(&header).expect("because a header is JSON");
    // Tensors start at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    write_atomically(path, |file| {
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        tensors.values().try_for_each(|tensor| file.write_all(&bytes(tensor)))
    })
}

/// Writes a file under a temporary name in its folder, then renames it.
///
/// # Errors
/// [`Error::Io`] if the file cannot be written; what was at `path` is then still there.
pub(crate) fn write_atomically(
    path: &Path,
    content: impl FnOnce(&mut BufWriter<File>) -> std::io::Result<()>,
) -> Result<()> {
    let (partial, file) = Partial::create(path)?;
    let fill = || {
        let mut file = BufWriter::with_capacity(1 << 20, file);
        content(&mut file)?;
        file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    };
    fill().map_err(|source| Error::io("write", partial.at(), source))?;
    Ok(partial.complete()?)
}

fn dtype(tensor: &Tensor) -> Dtype {
    match tensor.kind() {
        Kind::Float => Dtype::F32,
        Kind::BFloat16 => Dtype::BF16,
        Kind::Half => Dtype::F16,
        other => panic!("parameters and optimizer states are floats, not {other:?}"),
    }
}

/// The numbers of `tensor` in row order, little-endian.
fn bytes(tensor: &Tensor) -> Vec<u8> {
    let tensor = tensor.to_device(Device::Cpu).contiguous();
    let mut bytes = vec![0; tensor.numel() * tensor.kind().elt_size_in_bytes()];
    tensor.copy_data_u8(&mut bytes, tensor.numel());
    bytes
}
