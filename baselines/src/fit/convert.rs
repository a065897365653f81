//! From a checkpoint that the authors released to an artifact.

use std::collections::BTreeMap;
use std::path::Path;

use bench::file::temporary;
use bench::{MethodProfile, VectorKind};
use serde::{Deserialize, Serialize};
use tch::Device;

use super::artifact::{ARTIFACT_FORMAT, Artifact, ArtifactManifest, MANIFEST};
use super::network::ArchitectureSettings;
use super::recipe::recipe;
use super::settings::{Kind, TrainingSettings};
use crate::adapt::{check_width, method_of};
use crate::encoder::EncoderIdentity;
use crate::error::{Error, Result};
use crate::hypernetwork::{Architecture, Checkpoint};
use crate::model::{Config, fingerprint};

/// Where an artifact comes from that others trained: of that training nothing is known but what the paper says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Converted {
    /// Name of the released file.
    pub file: String,
    /// BLAKE3 of it.
    pub hash: String,
}

/// A released checkpoint that was opened.
#[derive(Debug)]
pub struct ReleasedCheckpoint {
    checkpoint: Checkpoint,
    converted: Converted,
}

impl ReleasedCheckpoint {
    /// Opens the file at `path`, which was made for the base model in the folder `base`. Nothing in it is run.
    ///
    /// # Errors
    /// As [`Checkpoint::open_released`].
    pub fn open(path: &Path, base: &Path) -> Result<Self> {
        let checkpoint = Checkpoint::open_released(path, &Config::read(base)?, Device::Cpu)?;
        let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        Ok(Self { checkpoint, converted: Converted { file: name, hash: bench::file::hash(path)? } })
    }

    /// The network, and what it reads.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Writes the artifact into `out`: what was trained for `base`, under the profile of the paper that has such networks.
    /// The file does not say which encoder made the vectors of its training, so `encoder` does. Settings are those that the
    /// profile trains with, and tell what the paper says, not what this file went through.
    ///
    /// # Errors
    /// If the encoder makes vectors of another width, `out` holds something, or a file cannot be written.
    pub fn write(mut self, base: &Path, encoder: &EncoderIdentity, out: &Path) -> Result<ArtifactManifest> {
        check_width(&self.checkpoint.network, encoder)?;
        let profile = match self.checkpoint.reads.kind {
            VectorKind::StaticG1 => MethodProfile::PaperG1,
            VectorKind::RepoStateG2 | VectorKind::DiffG2 => MethodProfile::PaperG2,
        };
        let method = method_of(&self.checkpoint.architecture);
        let mut settings = TrainingSettings::read(recipe(method, profile)?.settings, profile, None)?;
        self.describe(&mut settings);
        let canonical = base.canonicalize().unwrap_or_else(|_| base.to_owned());
        let manifest = ArtifactManifest {
            format: ARTIFACT_FORMAT,
            method: method.to_owned(),
            profile,
            kind: Kind::Network,
            base_model: canonical
                .file_name()
                .map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned()),
            base_model_hash: fingerprint(base)?,
            precision: None,
            release: None,
            seed: None,
            parameters: self.checkpoint.architecture.count(),
            presented: None,
            converted: Some(self.converted.clone()),
            settings,
            vectors: Vec::new(),
            repos: BTreeMap::new(),
            files: BTreeMap::new(),
        };
        self.checkpoint.reads.encoder = Some(encoder.clone());
        if self.is_there(out, &manifest) {
            return Ok(manifest);
        }
        refuse_foreign_folder(out)?;
        self.checkpoint.save(&out.join(Artifact::NETWORK))?;
        Artifact::seal(out, manifest.clone(), &[Artifact::NETWORK.to_owned()])?;
        Ok(manifest)
    }

    /// Whether `out` holds this network as the artifact of `manifest`, whole.
    fn is_there(&self, out: &Path, manifest: &ArtifactManifest) -> bool {
        let bare = |found: &ArtifactManifest| ArtifactManifest { files: BTreeMap::new(), ..found.clone() };
        Artifact::open(out).is_ok_and(|found| bare(found.manifest()) == *manifest)
            && Checkpoint::open(&out.join(Artifact::NETWORK), Device::Cpu)
                .is_ok_and(|found| found.reads == self.checkpoint.reads)
    }

    /// Has `settings` name the shape of this network and what it reads.
    fn describe(&self, settings: &mut TrainingSettings) {
        let Some(network) = settings.network.as_mut() else { return };
        network.vectors = self.checkpoint.reads.kind;
        network.exclude_tests = self.checkpoint.reads.exclude_tests;
        match (&self.checkpoint.architecture, &mut network.architecture) {
            (Architecture::Static { head }, ArchitectureSettings::Static { hidden, rank, alpha, .. }) => {
                (*hidden, *rank, *alpha) = (head.hidden, head.adapter.rank, head.adapter.alpha);
            }
            (
                Architecture::Evo { state: shape, step: read, head, .. },
                ArchitectureSettings::Evo { state, step, hidden, rank, alpha, .. },
            ) => {
                (*state, *step) = (shape.hidden, *read);
                (*hidden, *rank, *alpha) = (head.hidden, head.adapter.rank, head.adapter.alpha);
            }
            _ => {}
        }
    }
}

/// Refuses a folder that holds anything but what an interrupted call left.
fn refuse_foreign_folder(out: &Path) -> Result<()> {
    let network = out.join(Artifact::NETWORK);
    let left = [temporary(&network)?, temporary(&out.join(MANIFEST))?, network];
    let own = |entry: std::io::Result<std::fs::DirEntry>| entry.is_ok_and(|entry| left.contains(&entry.path()));
    if out.exists() && !std::fs::read_dir(out).is_ok_and(|mut entries| entries.all(own)) {
        return Err(Error::option("out", out.display(), "it holds something else; choose another folder"));
    }
    Ok(())
}
