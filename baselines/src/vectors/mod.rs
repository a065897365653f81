//! Vectors of repositories in files that say what they are.
//!
//! A file is safetensors: a tensor `[C]` for each repository and commit, named `owner/name@commit`, or
//! `owner/name@commit#diff` for a diff; its metadata holds a [`VectorsHeader`]. [`embed`] makes one of a release, and
//! [`Vectors`] reads it: whoever opens it says what is needed, and any other kind, release, encoder or recipe is refused
//! (M25).

mod cache;
mod embed;
mod material;
mod published;
mod single;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bench::{CommitId, RepoId, VectorKind};
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use crate::encoder::{EncoderIdentity, Recipe, WindowLayout};
use crate::error::{Error, Result};
use crate::model::{Header, read_header, read_tensor, write};

pub use embed::{EmbedEvent, EmbedObserver, EmbedSummary, embed};
pub use published::take;
pub use single::{SingleVectors, Vector};

/// Version of the file format.
pub const VECTORS_FORMAT: u32 = 1;
/// The entry of the metadata that holds the header.
const METADATA: &str = "repopeft";
/// What the name of a diff's vector ends in.
const DIFF: &str = "#diff";

/// What a file of vectors says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VectorsHeader {
    repopeft_vectors: u32,
    /// What its vectors are vectors of.
    pub kind: VectorKind,
    /// Whether test files were left out (M22).
    pub exclude_tests: bool,
    /// How texts were cut.
    pub windows: WindowLayout,
    /// What encoded them.
    pub encoder: EncoderIdentity,
    /// Root hash of the release whose texts were read.
    pub release: String,
}

/// What a reader needs of a file of vectors; what is none does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The kind.
    pub kind: VectorKind,
    /// Root hash of the release.
    pub release: Option<String>,
    /// The encoder: a network reads vectors of the one it was trained on.
    pub encoder: Option<EncoderIdentity>,
    /// Whether test files are left out.
    pub exclude_tests: Option<bool>,
}

/// An opened file of vectors.
#[derive(Debug)]
pub struct Vectors {
    path: PathBuf,
    header: VectorsHeader,
    file: Header,
}

impl VectorsHeader {
    /// The header of vectors of `release` by `recipe` and the encoder.
    pub fn new(recipe: Recipe, encoder: &EncoderIdentity, release: &str) -> Self {
        Self {
            repopeft_vectors: VECTORS_FORMAT,
            kind: recipe.kind(),
            exclude_tests: recipe.exclude_tests(),
            windows: recipe.layout(),
            encoder: encoder.clone(),
            release: release.to_owned(),
        }
    }

    /// Numbers of a vector: C.
    pub fn width(&self) -> usize {
        2 * self.encoder.width
    }

    /// How this file differs from what is wanted, if it does.
    fn difference(&self, wanted: &Wanted) -> Option<String> {
        if self.kind != wanted.kind {
            return Some(format!("they are of the kind {}, but {} is needed", self.kind, wanted.kind));
        }
        if let Some(release) = wanted.release.as_ref().filter(|release| **release != self.release) {
            return Some(format!(
                "they are of release {}, but {release} is needed; make them with `embed`",
                self.release
            ));
        }
        if let Some(encoder) = wanted.encoder.as_ref().filter(|encoder| **encoder != self.encoder) {
            let named = |e: &EncoderIdentity| format!("{} ({}, {:.16}…)", e.name, e.precision, e.fingerprint);
            return Some(format!("they are by the encoder {}, but {} is needed", named(&self.encoder), named(encoder)));
        }
        let said = |exclude: bool| if exclude { "leave test files out" } else { "count test files in" };
        let exclude = wanted.exclude_tests.filter(|exclude| *exclude != self.exclude_tests)?;
        Some(format!("they {}, but ones that {} are needed", said(self.exclude_tests), said(exclude)))
    }
}

impl Wanted {
    /// Vectors of `kind`, whatever else they are.
    pub fn kind(kind: VectorKind) -> Self {
        Self { kind, release: None, encoder: None, exclude_tests: None }
    }

    /// The same, of the release with this root hash.
    pub fn of(self, release: &str) -> Self {
        Self { release: Some(release.to_owned()), ..self }
    }

    /// The same, by this encoder.
    pub fn by(self, encoder: &EncoderIdentity) -> Self {
        Self { encoder: Some(encoder.clone()), ..self }
    }
}

impl Vectors {
    /// Opens the file at `path` if it is what is wanted.
    ///
    /// # Errors
    /// [`Error::Vectors`] with what differs, or if it is no file of vectors; [`Error::Io`] and [`Error::SafeTensors`] if it
    /// cannot be read.
    pub fn open(path: &Path, wanted: &Wanted) -> Result<Self> {
        let vectors = Self::open_any(path)?;
        vectors.refuse_other_than(wanted).map(|()| vectors)
    }

    /// Refuses to be taken for what is wanted if it is not.
    ///
    /// # Errors
    /// [`Error::Vectors`] with what differs.
    pub fn refuse_other_than(&self, wanted: &Wanted) -> Result<()> {
        self.header.difference(wanted).map_or(Ok(()), |reason| Err(self.refused(reason)))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file at `path` whatever vectors it holds: to look at them, not to feed them to a network.
    ///
    /// # Errors
    /// As [`Vectors::open`], without what differs.
    pub fn open_any(path: &Path) -> Result<Self> {
        let file = read_header(path)?;
        let refused = |reason: String| Error::Vectors { path: path.to_owned(), reason };
        let Some(text) = file.metadata.get(METADATA) else {
            return Err(refused("it was not written by `embed`".to_owned()));
        };
        let header: VectorsHeader = serde_json::from_str(text)
            .map_err(|error| refused(format!("its header is broken or of another version: {error}")))?;
        if header.repopeft_vectors != VECTORS_FORMAT {
            let found = header.repopeft_vectors;
            return Err(refused(format!("they have format {found}, this program reads {VECTORS_FORMAT}")));
        }
        let vectors = Self { path: path.to_owned(), header, file };
        for (name, info) in &vectors.file.tensors {
            if vectors.place(name).is_none() {
                return Err(vectors.refused(format!("`{name}` names no {} of a repository", vectors.header.kind)));
            }
            let width = vectors.header.width();
            if info.shape != [width] {
                return Err(vectors.refused(format!("`{name}` has shape {:?}, not [{width}]", info.shape)));
            }
        }
        Ok(vectors)
    }

    /// What the file says of itself.
    pub fn header(&self) -> &VectorsHeader {
        &self.header
    }

    /// How many vectors there are.
    pub fn len(&self) -> usize {
        self.file.tensors.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.file.tensors.is_empty()
    }

    /// The repositories and commits with a vector, by name.
    pub fn places(&self) -> impl Iterator<Item = (RepoId, CommitId)> {
        self.file.tensors.keys().filter_map(|name| self.place(name))
    }

    /// Whether there is a vector for `repo` at `commit`.
    pub fn has(&self, repo: &RepoId, commit: &CommitId) -> bool {
        self.file.tensors.contains_key(&name(self.header.kind, repo, commit))
    }

    /// The vector of `repo` at `commit` as it is stored, in f32 on the CPU: [C].
    ///
    /// # Errors
    /// If there is none, or it cannot be read, or it holds something that is not a number.
    pub fn get(&self, repo: &RepoId, commit: &CommitId) -> Result<Tensor> {
        let name = name(self.header.kind, repo, commit);
        if !self.file.tensors.contains_key(&name) {
            return Err(self.refused(format!("they have none for {repo} at {commit}")));
        }
        let vector = read_tensor(&self.file, &name)?.to_kind(Kind::Float);
        if bool::try_from(vector.isfinite().all()).unwrap_or(false) {
            Ok(vector)
        } else {
            Err(self.refused(format!("that of {repo} at {commit} holds something that is not a number")))
        }
    }

    /// The vector of `repo` at `commit` as a network reads it: of length 1 for a static vector (M18), as it is stored for
    /// the others (M25). [C], f32, on the CPU.
    ///
    /// # Errors
    /// As [`Vectors::get`].
    pub fn context(&self, repo: &RepoId, commit: &CommitId) -> Result<Tensor> {
        Ok(as_read(self.header.kind, self.get(repo, commit)?))
    }

    fn place(&self, name: &str) -> Option<(RepoId, CommitId)> {
        let name = match self.header.kind {
            VectorKind::DiffG2 => name.strip_suffix(DIFF)?,
            VectorKind::StaticG1 | VectorKind::RepoStateG2 => name,
        };
        let (repo, commit) = name.split_once('@')?;
        Some((repo.parse().ok()?, commit.parse().ok()?))
    }

    fn refused(&self, reason: String) -> Error {
        Error::Vectors { path: self.path.clone(), reason }
    }
}

/// A stored vector of `kind`, [C] f32, as a network reads it (M18, M25).
fn as_read(kind: VectorKind, vector: Tensor) -> Tensor {
    match kind {
        VectorKind::StaticG1 => &vector / vector.norm().clamp_min(1e-12),
        VectorKind::RepoStateG2 | VectorKind::DiffG2 => vector,
    }
}

/// The name of a vector in its file.
fn name(kind: VectorKind, repo: &RepoId, commit: &CommitId) -> String {
    let suffix = if kind == VectorKind::DiffG2 { DIFF } else { "" };
    format!("{repo}@{commit}{suffix}")
}

/// Whether the vectors that `header` describes are in the file at `out`.
///
/// # Errors
/// If it holds something else.
fn is_there(out: &Path, header: &VectorsHeader) -> Result<bool> {
    if !out.exists() || Vectors::open_any(out).is_ok_and(|found| found.header() == header) {
        return Ok(out.exists());
    }
    let reason = "it holds something else; remove it or choose another --out".to_owned();
    Err(Error::Vectors { path: out.to_owned(), reason })
}

/// Writes `vectors`, which have these names, to the file at `path`, whole or not at all.
fn store(path: &Path, header: &VectorsHeader, vectors: &BTreeMap<String, Tensor>) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let header = serde_json::to_string(header).expect("because headers have a JSON form");
    write(path, &vectors.iter().map(|(name, tensor)| (name.clone(), tensor)).collect(), (METADATA, &header))
}
