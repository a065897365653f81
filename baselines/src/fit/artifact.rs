//! What training leaves and prediction reads: a folder with a manifest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bench::file::{hash, read_format, write_json};
use bench::{MethodProfile, RepoId, Seed};
use serde::{Deserialize, Serialize};
use tch::Device;

use super::convert::Converted;
use super::record::Presented;
use super::settings::{Kind, TrainingSettings};
use crate::adapter::{Adapter, import_peft};
use crate::error::{Error, Result};
use crate::hypernetwork::Checkpoint;
use crate::model::Config;

/// Version of the artifact format.
pub const ARTIFACT_FORMAT: u32 = 1;
/// Written last: a folder that has it is complete.
pub(super) const MANIFEST: &str = "artifact.json";

/// The file `artifact.json`. It holds nothing that differs between equal runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArtifactManifest {
    /// Version of the artifact format.
    pub format: u32,
    /// The method.
    pub method: String,
    /// The conditions it was trained under.
    pub profile: MethodProfile,
    /// What was trained.
    pub kind: Kind,
    /// Name of the base model's folder.
    pub base_model: String,
    /// BLAKE3 of the base model; another one is refused.
    pub base_model_hash: String,
    /// The kind of number the base model computed in; unknown if others trained it, as everything below that is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<String>,
    /// Root hash of the release that was trained on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// Root of all randomness.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<Seed>,
    /// Numbers that were trained, of all adapters together.
    pub parameters: u64,
    /// What was presented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presented: Option<Presented>,
    /// Which released file it was made of, if others trained it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub converted: Option<Converted>,
    /// How it was trained; how the paper says that it was, if others trained it.
    pub settings: TrainingSettings,
    /// BLAKE3 of the files of vectors that were read, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vectors: Vec<String>,
    /// The repositories that have an adapter of their own, with its folder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub repos: BTreeMap<RepoId, String>,
    /// BLAKE3 of every file of weights, by path in the artifact.
    pub files: BTreeMap<String, String>,
}

/// An artifact on disk.
#[derive(Debug, Clone)]
pub struct Artifact {
    root: PathBuf,
    manifest: ArtifactManifest,
    id: String,
}

impl Artifact {
    /// The folder of full weights inside an artifact.
    pub(super) const MODEL: &'static str = "model";
    /// The folder of the one adapter.
    pub(super) const ADAPTER: &'static str = "adapter";
    /// The file of the network.
    pub(crate) const NETWORK: &'static str = "network.safetensors";

    /// The artifact in `root`, its files checked against their hashes.
    ///
    /// # Errors
    /// If there is none, it is not finished, it is of another format, or a file of weights was changed.
    pub fn open(root: &Path) -> Result<Self> {
        let path = root.join(MANIFEST);
        if !path.exists() {
            let reason = "it holds no artifact.json; `repopeft train` writes it when training is finished";
            return Err(Error::option("artifact", root.display(), reason));
        }
        let manifest: ArtifactManifest = read_format(&path, &["format"], ARTIFACT_FORMAT, "artifact")?;
        for (name, expected) in &manifest.files {
            let plain = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            if !plain {
                return Err(Error::option("artifact", name, "the manifest names a file outside of the artifact"));
            }
            let path = root.join(name);
            let found = hash(&path)?;
            if found != *expected {
                return Err(bench::Error::Changed { path, found, expected: expected.clone() }.into());
            }
        }
        Ok(Self { root: root.to_owned(), manifest, id: hash(&path)? })
    }

    /// Writes `manifest` into `root` with the hashes of `files`, paths inside of it.
    ///
    /// # Errors
    /// If a file cannot be read or written.
    pub(super) fn seal(root: &Path, mut manifest: ArtifactManifest, files: &[String]) -> Result<()> {
        for name in files {
            manifest.files.insert(name.clone(), hash(&root.join(name))?);
        }
        Ok(write_json(&root.join(MANIFEST), &manifest)?)
    }

    /// Whether `root` holds a finished artifact.
    pub(super) fn exists(root: &Path) -> bool {
        root.join(MANIFEST).exists()
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &ArtifactManifest {
        &self.manifest
    }

    /// BLAKE3 of the manifest, which holds the hashes of everything else.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Refuses to be used for another method than `method`, under other conditions than it was trained under, or on another
    /// base model than the one with `base_hash`.
    ///
    /// # Errors
    /// [`Error::Option`] that names both.
    pub fn check(&self, method: &str, profile: MethodProfile, base_hash: &str) -> Result<()> {
        let ArtifactManifest { method: own, profile: trained, base_model, base_model_hash, .. } = &self.manifest;
        if own != method {
            return Err(Error::option("artifact", self.root.display(), format!("it is of {own}, not of {method}")));
        }
        if *trained != profile {
            let reason = format!("it was trained under {trained}, not {profile}; give --profile {trained}");
            return Err(Error::option("artifact", self.root.display(), reason));
        }
        if base_model_hash == base_hash {
            return Ok(());
        }
        let reason = format!(
            "it was trained on another base model: {base_model}, {}, while --model is {}",
            &base_model_hash[..base_model_hash.len().min(12)],
            &base_hash[..base_hash.len().min(12)]
        );
        Err(Error::option("artifact", self.root.display(), reason))
    }

    /// The checkpoint folder to open instead of the base model, if all parameters were trained.
    pub fn model(&self) -> Option<PathBuf> {
        (self.manifest.kind == Kind::Full).then(|| self.root.join(Self::MODEL))
    }

    /// The one adapter, if there is one.
    ///
    /// # Errors
    /// If it cannot be read or does not fit `config`.
    pub fn adapter(&self, config: &Config, device: Device) -> Result<Option<Adapter>> {
        match self.manifest.kind {
            Kind::Lora => import_peft(&self.root.join(Self::ADAPTER), config, device).map(Some),
            Kind::Full | Kind::LoraPerRepository | Kind::Network => Ok(None),
        }
    }

    /// The network, if there is one.
    ///
    /// # Errors
    /// If it cannot be read, or was made for a model of another shape than `config`.
    pub fn network(&self, config: &Config, device: Device) -> Result<Option<Checkpoint>> {
        if self.manifest.kind != Kind::Network {
            return Ok(None);
        }
        let checkpoint = Checkpoint::open(&self.root.join(Self::NETWORK), device)?;
        checkpoint.architecture.check(config)?;
        Ok(Some(checkpoint))
    }

    /// The adapter of `repo`, if it has one of its own.
    ///
    /// # Errors
    /// If it cannot be read or does not fit `config`.
    pub fn adapter_of(&self, repo: &RepoId, config: &Config, device: Device) -> Result<Option<Adapter>> {
        let folder = self.manifest.repos.get(repo);
        folder.map(|folder| import_peft(&self.root.join(folder), config, device)).transpose()
    }
}
