//! The encoder that a user names.

use std::path::Path;

use anyhow::{Context, Result, bail};
use baselines::encoder::{Encoder, HASHED, HashedEncoder, ModelEncoder, Weighting};
use baselines::model::{Precision, PrecisionChoice};
use bench::{Release, Seed, VectorKind};

use super::select;
use crate::ui::Ui;

/// What a user says of an encoder.
pub(super) struct Named<'a> {
    /// `hashed`, or the folder of a model.
    pub(super) encoder: &'a Path,
    /// Numbers of a repository vector, if they are said.
    pub(super) width: Option<usize>,
    /// The release that the hashed encoder is fitted on.
    pub(super) fit_on: Option<&'a Path>,
    /// Root of the hashed encoder's projection.
    pub(super) seed: Option<u64>,
    /// Where the tensors of a model live.
    pub(super) device: Option<&'a str>,
    /// What a model computes in.
    pub(super) precision: Option<&'a str>,
    /// The kind of vectors that are made.
    pub(super) kind: VectorKind,
}

/// The release at `path`.
pub(super) fn release(path: &Path) -> Result<Release> {
    Release::open(path).with_context(|| format!("{} is no release that `build` wrote", path.display()))
}

impl Named<'_> {
    /// Whether it is the one without weights.
    pub(super) fn is_hashed(&self) -> bool {
        self.encoder == Path::new(HASHED)
    }

    /// The encoder, fitted on `source` if it is hashed, and what its arithmetic depends on.
    pub(super) fn open(&self, source: Option<&Release>, ui: &Ui) -> Result<(Box<dyn Encoder>, String)> {
        if self.is_hashed() {
            let other = self.fit_on.map(release).transpose()?;
            let Some(source) = other.as_ref().or(source) else {
                bail!(
                    "the encoder `{HASHED}` needs --fit-on RELEASE: its training repositories say how words are weighted"
                )
            };
            let width = self.width.unwrap_or(bench::paper::VECTOR_WIDTH) / 2;
            let seed = Seed(self.seed.unwrap_or(0));
            let encoder = HashedEncoder::fit_on(source, width, Weighting::Spread, seed)?;
            // The same on every device, at any number of threads.
            return Ok((Box::new(encoder), String::new()));
        }
        let device = select(self.device.unwrap_or("auto"), ui)?;
        let encoder = ModelEncoder::open(self.encoder, device.device, self.precision()?)?;
        let engine = format!("{}, {} threads", device.name(), rayon::current_num_threads());
        Ok((Box::new(encoder), engine))
    }

    /// The precision that was asked for, or that of the published vectors of the kind (M16, M20, M23).
    fn precision(&self) -> Result<Precision> {
        let choice = match self.precision {
            Some(word) => word.parse()?,
            None if self.kind == VectorKind::StaticG1 => PrecisionChoice::Bf16,
            None => PrecisionChoice::F32,
        };
        match choice {
            PrecisionChoice::F32 => Ok(Precision::F32),
            PrecisionChoice::Bf16 => Ok(Precision::BF16),
            PrecisionChoice::Auto => {
                bail!("--precision auto would make other vectors on another machine; write f32 or bf16")
            }
        }
    }
}
