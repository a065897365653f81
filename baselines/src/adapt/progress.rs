//! The state of a network over the commits of one repository, and the file that it is kept in.
//!
//! Safetensors: `state` and `before`, [hidden] f32 each, the states after and before the last commit; the metadata says
//! which network, encoder and history they are of. The file is replaced whole, so a call that is killed leaves the one of
//! the call before.

use std::collections::BTreeMap;
use std::path::Path;

use bench::CommitId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tch::{Device, Kind, Tensor};

use crate::encoder::EncoderIdentity;
use crate::error::{Error, Result};
use crate::hypernetwork::{HistoryNetwork, StepInput};
use crate::model::{read_header, read_tensor, write};

/// Version of the file.
const FORMAT: u32 = 1;
/// The entry of the metadata that describes the state.
const METADATA: &str = "repopeft";

/// What a state is of: with anything else it would be another one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    /// BLAKE3 of the network's weights.
    pub network: String,
    /// What made the vectors.
    pub encoder: EncoderIdentity,
}

/// Where in a history a state stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The first commit of the history: what the repository is known by.
    pub root: CommitId,
    /// Digest of what decides which commits are kept, beside themselves.
    pub rules: String,
    /// Kept commits that were taken up.
    pub kept: u64,
    /// The last of them.
    pub last: CommitId,
    /// How many of them came after what `memory` tells of.
    pub beyond: u64,
    /// What the reader of the history wants to be told the next time.
    pub memory: Option<Value>,
}

/// The metadata of a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    repopeft_state: u32,
    binding: Binding,
    place: Place,
}

/// A state that takes up commits.
#[derive(Debug)]
pub struct Progress<'n> {
    network: &'n HistoryNetwork,
    device: Device,
    /// After the last commit: [1, hidden].
    state: Tensor,
    /// Before it.
    before: Tensor,
    /// What the last commit added: [1, step]. None if it was added by another call.
    input: Option<Tensor>,
}

impl<'n> Progress<'n> {
    /// The state before the first kept commit, of which `vector` ([C] f32) is read (M79).
    pub fn begin(network: &'n HistoryNetwork, vector: &Tensor, device: Device) -> Self {
        let state = tch::no_grad(|| network.state.initial(&vector.to_device(device).unsqueeze(0)));
        Self { network, device, before: state.shallow_clone(), state, input: None }
    }

    /// The state in the file at `path`, with its place; none if there is no file.
    ///
    /// # Errors
    /// If it cannot be read, holds no state, or one of another network or encoder than `binding` says.
    pub fn open(
        path: &Path,
        network: &'n HistoryNetwork,
        binding: &Binding,
        device: Device,
    ) -> Result<Option<(Self, Place)>> {
        if !path.exists() {
            return Ok(None);
        }
        let header = read_header(path)?;
        let refuse = |reason: String| Error::Checkpoint { path: path.to_owned(), reason };
        let text = header.metadata.get(METADATA).ok_or_else(|| refuse("it was not written by `adapt`".to_owned()))?;
        let found: Description =
            serde_json::from_str(text).map_err(|error| refuse(format!("its description is broken: {error}")))?;
        if found.repopeft_state != FORMAT {
            return Err(refuse(format!("it is of form {}, this program reads {FORMAT}", found.repopeft_state)));
        }
        if found.binding.network != binding.network {
            return Err(refuse("its state is that of another checkpoint".to_owned()));
        }
        if found.binding.encoder != binding.encoder {
            let name = &found.binding.encoder.name;
            return Err(refuse(format!("its state was made of vectors by another encoder, {name}")));
        }
        let place = found.place;
        if place.kept == 0 || place.beyond > place.kept {
            return Err(refuse("its description is broken: it counts no commits".to_owned()));
        }
        let hidden = network.head.context_width();
        let read = |name: &str| -> Result<Tensor> {
            let tensor = read_tensor(&header, name)?;
            if tensor.size() != [hidden] || tensor.kind() != Kind::Float {
                let reason = format!("has shape {:?}, not [{hidden}] in f32", tensor.size());
                return Err(Error::weight(path, name, reason));
            }
            if !bool::try_from(tensor.isfinite().all()).unwrap_or(false) {
                return Err(Error::weight(path, name, "holds something that is not a number"));
            }
            Ok(tensor.to_device(device).unsqueeze(0))
        };
        let (state, before) = (read("state")?, read("before")?);
        Ok(Some((Self { network, device, state, before, input: None }, place)))
    }

    /// Replaces the file at `path`.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn save(&self, path: &Path, binding: &Binding, place: &Place) -> Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
        }
        let (binding, place) = (binding.clone(), place.clone());
        let description = Description { repopeft_state: FORMAT, binding, place };
        let text = serde_json::to_string(&description).expect("because a description is JSON");
        let (state, before) = (self.state.squeeze_dim(0), self.before.squeeze_dim(0));
        let tensors = BTreeMap::from([("before".to_owned(), &before), ("state".to_owned(), &state)]);
        write(path, &tensors, (METADATA, &text))
    }

    /// Takes up a commit: `diff` and `tree` are its vectors, [C] f32 each, of which the one that the network reads at every
    /// commit must be there (M80).
    ///
    /// # Errors
    /// [`Error::Option`] if it is not.
    pub fn step(&mut self, diff: Option<&Tensor>, tree: Option<&Tensor>) -> Result<()> {
        let need = |vector: Option<&Tensor>, kind: &str| {
            vector.map(Tensor::shallow_clone).ok_or_else(|| Error::option("vector", kind, "the network reads it"))
        };
        let input = match self.network.step {
            StepInput::Diff => need(diff, "of the diff")?,
            StepInput::RepoState => need(tree, "of the tree")?,
            StepInput::Concat => Tensor::cat(&[need(diff, "of the diff")?, need(tree, "of the tree")?], 0),
        };
        let input = input.to_device(self.device).unsqueeze(0);
        let next = tch::no_grad(|| self.network.state.advance(&input, &self.state));
        self.before = std::mem::replace(&mut self.state, next);
        self.input = Some(input);
        Ok(())
    }

    /// Computes the last step of this call once more, for whoever wants to know how long that takes.
    pub fn step_again(&self) {
        if let Some(input) = &self.input {
            drop(tch::no_grad(|| self.network.state.advance(input, &self.before)));
        }
    }

    /// What the head reads for tasks of the newest commit, [C] f32. A network that reads states before their commits gets
    /// the one before the last commit if the newest one `is_last`, and the one after it if the last one lies behind (M83).
    pub fn context(&self, is_last: bool) -> Tensor {
        let state = if self.network.reads_before && is_last { &self.before } else { &self.state };
        tch::no_grad(|| self.network.state.context(state).squeeze_dim(0))
    }
}
