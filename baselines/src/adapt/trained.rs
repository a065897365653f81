//! A checkpoint in any of its forms: an artifact, the file of a network, or what the authors released.

use std::io::Read;
use std::path::Path;

use bench::VectorKind;
use tch::Device;

use crate::adapter::Sharing;
use crate::encoder::EncoderIdentity;
use crate::error::{Error, Result};
use crate::fit::Artifact;
use crate::hypernetwork::{Architecture, Checkpoint, Network};
use crate::model::{Config, fingerprint};

/// What opens a zip archive, which `torch.save` writes.
const ZIP: [u8; 2] = *b"PK";

/// A network that was trained.
#[derive(Debug)]
pub struct Trained {
    /// The network, and what it reads.
    pub checkpoint: Checkpoint,
    /// BLAKE3 of the file of its weights.
    pub hash: String,
}

impl Trained {
    /// The network of `method` in `path`, for the base model in the folder `base`, on `device`: an artifact of `train` or
    /// `convert`, a network file out of one, or a released checkpoint.
    ///
    /// # Errors
    /// If it cannot be read, is of another method, or was made for another base model.
    pub fn open(path: &Path, method: &str, base: &Path, device: Device) -> Result<Self> {
        let config = Config::read(base)?;
        if path.is_dir() {
            return Self::of_artifact(path, method, (base, &config), device);
        }
        let hash = bench::file::hash(path)?;
        let checkpoint = if is_zip(path)? {
            Checkpoint::open_released(path, &config, device)?
        } else {
            Checkpoint::open(path, device)?
        };
        let own = method_of(&checkpoint.architecture);
        if own != method {
            return Err(Error::option("checkpoint", path.display(), format!("it is of {own}, not of {method}")));
        }
        checkpoint.architecture.check(&config)?;
        Ok(Self { checkpoint, hash })
    }

    fn of_artifact(root: &Path, method: &str, (base, config): (&Path, &Config), device: Device) -> Result<Self> {
        let artifact = Artifact::open(root)?;
        artifact.check(method, artifact.manifest().profile, &fingerprint(base)?)?;
        let hash = artifact.manifest().files.get(Artifact::NETWORK).cloned();
        match (artifact.network(config, device)?, hash) {
            (Some(checkpoint), Some(hash)) => Ok(Self { checkpoint, hash }),
            _ => {
                Err(Error::option("checkpoint", root.display(), format!("{method} makes no adapters of repositories")))
            }
        }
    }

    /// The kind of vector that it reads of a repository.
    pub fn kind(&self) -> VectorKind {
        self.checkpoint.reads.kind
    }

    /// Numbers of the vectors that it reads of a repository.
    pub fn width(&self) -> usize {
        usize::try_from(self.checkpoint.network.context_width()).expect("because widths are positive")
    }

    /// Refuses an encoder that it was not trained with (M25). Of released checkpoints only the width is known.
    ///
    /// # Errors
    /// [`Error::Option`] that names both.
    pub fn check_encoder(&self, encoder: &EncoderIdentity) -> Result<()> {
        check_width(&self.checkpoint.network, encoder)?;
        match &self.checkpoint.reads.encoder {
            Some(known) if known != encoder => {
                let named = |e: &EncoderIdentity| format!("{} ({}, {:.16}…)", e.name, e.precision, e.fingerprint);
                let hint = if known.name == crate::encoder::HASHED {
                    "; --fit-on names the release whose vectors it was trained on, --encoder-seed their seed"
                } else {
                    "; --encoder names the folder of its encoder, --encoder-precision the numbers it computed in"
                };
                let reason = format!("the network was trained on vectors by {}{hint}", named(known));
                Err(Error::option("encoder", named(encoder), reason))
            }
            _ => Ok(()),
        }
    }
}

/// Refuses vectors of another width than `network` reads.
pub(crate) fn check_width(network: &Network, encoder: &EncoderIdentity) -> Result<()> {
    let (width, wanted) = (crate::model::size(2 * encoder.width), network.context_width());
    if width == wanted {
        return Ok(());
    }
    let reason = format!("it makes vectors of {width} numbers, and the network reads {wanted}");
    Err(Error::option("encoder", &encoder.name, reason))
}

/// The method that has networks like this.
pub(crate) fn method_of(architecture: &Architecture) -> &'static str {
    match architecture {
        Architecture::Static { head } if head.sharing == Sharing::PerLayer => "static-layers",
        Architecture::Static { .. } => "static",
        Architecture::Evo { .. } => "evo",
        Architecture::Text2lora { modulator } if modulator.sharing == Sharing::Shared => "text2lora-shared",
        Architecture::Text2lora { .. } => "text2lora",
        Architecture::SharedBasis { .. } => "paw",
        Architecture::Residual { .. } => "residual",
        Architecture::ResidualEvo { .. } => "residual-evo",
    }
}

fn is_zip(path: &Path) -> Result<bool> {
    let mut start = Vec::new();
    let file = std::fs::File::open(path).map_err(|source| Error::io("read", path, source))?;
    file.take(2).read_to_end(&mut start).map_err(|source| Error::io("read", path, source))?;
    Ok(start == ZIP)
}
