//! The state of a run on disk: parameters, what the optimizer remembers, and how far the run has come.
//!
//! Data order, learning rate, dropout and everything else follow from the step, so nothing more is needed to go on as if
//! there had been no stop. The curve and the best parameters lie beside it; what they hold beyond the state's step is
//! made again. Best parameters that a state names stay until another state names others: a run that is taken up need not
//! come to the same bits, nor to the same best step, where a device does not repeat them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::adamw::AdamW;
use super::progress::Progress;
use crate::error::{Error, Result};
use crate::model::{Parameters, read_header, read_tensor, write};

/// The form of the file; another number is refused.
const VERSION: u32 = 4;
/// What the names of carried tensors begin with.
const CARRIED: &str = "carried.";
/// What the names of files of best parameters begin with.
const BEST: &str = "best-";
/// Where the state stands in the metadata of the file.
const STATE: &str = "state";

/// When and where to save.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointOptions {
    /// The file. If it is there when a run begins, the run goes on from it. Its folder also gets `curve.parquet`, and,
    /// with validation, `best-STEP.safetensors`.
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

    /// The steps of the run so far.
    pub fn curve(&self) -> PathBuf {
        self.path.with_file_name("curve.parquet")
    }

    /// The parameters with the lowest validation loss so far, if they are those after `step`.
    pub fn best(&self, step: u64) -> PathBuf {
        self.path.with_file_name(format!("{BEST}{step}.safetensors"))
    }

    /// Removes all files of best parameters but those after the step `kept`, halves of files included.
    fn forget_best_but(&self, kept: Option<u64>) -> Result<()> {
        let folder = self.path.with_file_name(".");
        let failed = |source| Error::io("remove outdated parameters in", &folder, source);
        let kept = kept.map(|step| self.best(step));
        let kept = kept.as_deref().and_then(Path::file_name);
        for entry in std::fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let name = entry.file_name();
            if name.to_string_lossy().starts_with(BEST) && Some(&*name) != kept {
                std::fs::remove_file(entry.path()).map_err(failed)?;
            }
        }
        Ok(())
    }

    /// The batches of the step that broke the run.
    pub(super) fn failure(&self, step: u64) -> PathBuf {
        self.path.with_file_name(format!("failed-step-{step}.json"))
    }
}

/// What is not a tensor.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    version: u32,
    identity: String,
    progress: Progress,
}

/// Writes the state after `optimizer.steps` steps; the former one stays until the new one is whole. Then best parameters
/// that the new one does not name are removed.
///
/// # Errors
/// If a file cannot be written or removed.
pub(super) fn save(
    options: &CheckpointOptions,
    (parameters, carried): (&Parameters, &Parameters),
    optimizer: &AdamW,
    progress: &Progress,
) -> Result<()> {
    let state = State { version: VERSION, identity: options.identity.clone(), progress: progress.clone() };
    let state = serde_json::to_string(&state).expect("because the state is plain");
    let mut tensors = BTreeMap::new();
    for (name, tensor) in parameters.iter() {
        tensors.insert(format!("parameter.{name}"), tensor);
        for (kind, tensor) in optimizer.memory[name].tensors() {
            tensors.insert(format!("{kind}.{name}"), tensor);
        }
    }
    tensors.extend(carried.iter().map(|(name, tensor)| (format!("{CARRIED}{name}"), tensor)));
    write(&options.path, &tensors, (STATE, &state))?;
    options.forget_best_but(progress.best.map(|best| best.step))
}

/// Puts the saved state into `parameters` and `optimizer` and returns how far the run had come and what its last step
/// carried; nothing if there is no such file.
///
/// # Errors
/// [`Error::Checkpoint`] if it is of another run or form, and the errors of reading weights.
pub(super) fn restore(
    options: &CheckpointOptions,
    parameters: &Parameters,
    optimizer: &mut AdamW,
) -> Result<Option<(Progress, Parameters)>> {
    let path = &options.path;
    if !path.exists() {
        return Ok(None);
    }
    let refuse = |reason: String| Error::Checkpoint { path: path.clone(), reason };
    let header = read_header(path)?;
    let text = header.metadata.get(STATE).ok_or_else(|| refuse("it holds no state of a run".to_owned()))?;
    check_version(text, &refuse)?;
    let state: State = serde_json::from_str(text).map_err(|error| refuse(format!("its state is broken: {error}")))?;
    if state.identity != options.identity {
        return Err(refuse("it belongs to a run with other options or data".to_owned()));
    }
    let _guard = tch::no_grad_guard();
    for (name, tensor) in parameters.iter() {
        fill(path, tensor, &read_tensor(&header, &format!("parameter.{name}"))?)?;
        let memory = optimizer.memory.get(name).expect("because memory is made for every parameter");
        for (kind, tensor) in memory.tensors() {
            fill(path, tensor, &read_tensor(&header, &format!("{kind}.{name}"))?)?;
        }
    }
    let mut carried = Parameters::new();
    for name in header.tensors.keys() {
        if let Some(own) = name.strip_prefix(CARRIED) {
            carried.insert(own.to_owned(), read_tensor(&header, name)?);
        }
    }
    optimizer.steps = state.progress.steps;
    Ok(Some((state.progress, carried)))
}

/// Looks at the form before anything else: a state of another form has other fields.
fn check_version(text: &str, refuse: &dyn Fn(String) -> Error) -> Result<()> {
    let state: serde_json::Value =
        serde_json::from_str(text).map_err(|error| refuse(format!("its state is broken: {error}")))?;
    match &state["version"] {
        version if *version == VERSION => Ok(()),
        version => Err(refuse(format!("it is of form {version}, this program writes {VERSION}"))),
    }
}

/// Writes `parameters` alone, as the best so far. Where no state is ever saved, earlier ones are removed at once.
///
/// # Errors
/// If a file cannot be written or removed.
pub(super) fn save_best(options: &CheckpointOptions, parameters: &Parameters, step: u64) -> Result<()> {
    let tensors: BTreeMap<_, _> = parameters.iter().map(|(name, tensor)| (name.to_owned(), tensor)).collect();
    write(&options.best(step), &tensors, ("step", &step.to_string()))?;
    if options.every == 0 { options.forget_best_but(Some(step)) } else { Ok(()) }
}

/// Puts the best parameters, those after `step`, into `parameters`.
///
/// # Errors
/// If the file is not there, not whole, or does not hold these parameters.
pub(super) fn restore_best(options: &CheckpointOptions, parameters: &Parameters, step: u64) -> Result<()> {
    let path = options.best(step);
    let header = read_header(&path)?;
    let _guard = tch::no_grad_guard();
    parameters.iter().try_for_each(|(name, tensor)| fill(&path, tensor, &read_tensor(&header, name)?))
}

fn fill(path: &Path, into: &Tensor, read: &Tensor) -> Result<()> {
    if into.size() != read.size() || into.kind() != read.kind() {
        let form = |tensor: &Tensor| format!("{:?} {:?}", tensor.kind(), tensor.size());
        let reason = format!("a tensor is {} instead of {}", form(read), form(into));
        return Err(Error::Checkpoint { path: path.to_owned(), reason });
    }
    into.shallow_clone().f_copy_(read).map_err(|source| Error::torch("restore a checkpoint", source))
}
