//! The state of a run on disk: parameters, moments, and how far it has come.
//!
//! Data order, learning rate and everything else follow from the step, so nothing more is needed to go on as if there
//! had been no stop.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::adamw::AdamW;
use crate::error::{Error, Result};
use crate::model::{Parameters, read_header, read_tensor, write};

/// The form of the file; another number is refused.
const VERSION: u32 = 1;
/// Where the state stands in the metadata of the file.
const STATE: &str = "state";

/// When and where to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointOptions {
    /// The file. If it is there when a run begins, the run goes on from it.
    pub path: PathBuf,
    /// Saved after every so many steps; 0 is never.
    pub every: u64,
    /// What makes two runs the same: options, data, seed. A checkpoint with another identity is refused.
    pub identity: String,
}

impl CheckpointOptions {
    /// Whether to save after `step` steps.
    pub(super) fn is_due(&self, step: u64) -> bool {
        self.every > 0 && step.is_multiple_of(self.every)
    }
}

/// What is not a tensor.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    version: u32,
    identity: String,
    step: u64,
    last_loss: f64,
}

/// Writes the state after `optimizer.steps` steps; the former one stays until the new one is whole.
///
/// # Errors
/// If the file cannot be written.
pub(super) fn save(
    options: &CheckpointOptions,
    parameters: &Parameters,
    optimizer: &AdamW,
    last_loss: f64,
) -> Result<()> {
    let state = State { version: VERSION, identity: options.identity.clone(), step: optimizer.steps, last_loss };
    let state = serde_json::to_string(&state).expect("because the state is plain");
    let mut tensors = BTreeMap::new();
    for (name, tensor) in parameters.iter() {
        let (first, second) = &optimizer.moments[name];
        tensors.insert(format!("parameter.{name}"), tensor);
        tensors.insert(format!("first.{name}"), first);
        tensors.insert(format!("second.{name}"), second);
    }
    write(&options.path, &tensors, (STATE, &state))
}

/// Puts the saved state into `parameters` and `optimizer` and returns the last loss; nothing if there is no such file.
///
/// # Errors
/// [`Error::Checkpoint`] if it is of another run or form, and the errors of reading weights.
pub(super) fn restore(
    options: &CheckpointOptions,
    parameters: &Parameters,
    optimizer: &mut AdamW,
) -> Result<Option<f64>> {
    let path = &options.path;
    if !path.exists() {
        return Ok(None);
    }
    let refuse = |reason: String| Error::Checkpoint { path: path.clone(), reason };
    let header = read_header(path)?;
    let text = header.metadata.get(STATE).ok_or_else(|| refuse("it holds no state of a run".to_owned()))?;
    let state: State = serde_json::from_str(text).map_err(|error| refuse(format!("its state is broken: {error}")))?;
    if state.version != VERSION {
        return Err(refuse(format!("it is of form {}, this program writes {VERSION}", state.version)));
    }
    if state.identity != options.identity {
        return Err(refuse("it belongs to a run with other options or data".to_owned()));
    }
    let _guard = tch::no_grad_guard();
    for (name, tensor) in parameters.iter() {
        let (first, second) = optimizer.moments.get_mut(name).expect("because moments are made for every parameter");
        fill(path, &mut tensor.shallow_clone(), read_tensor(&header, &format!("parameter.{name}"))?)?;
        fill(path, first, read_tensor(&header, &format!("first.{name}"))?)?;
        fill(path, second, read_tensor(&header, &format!("second.{name}"))?)?;
    }
    optimizer.steps = state.step;
    Ok(Some(state.last_loss))
}

#[expect(clippy::needless_pass_by_value, reason = "the read tensor ends here")]
fn fill(path: &Path, into: &mut Tensor, read: Tensor) -> Result<()> {
    if into.size() != read.size() {
        let reason = format!("a tensor has shape {:?} instead of {:?}", read.size(), into.size());
        return Err(Error::Checkpoint { path: path.to_owned(), reason });
    }
    into.f_copy_(&read).map_err(|source| Error::torch("restore a checkpoint", source))
}
