//! A network as a whole: what it is made of, what it reads, and its file (M136–M139).

use std::collections::BTreeMap;
use std::path::Path;

use bench::{Seed, VectorKind};
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::{
    AdapterShape, Generator, Head, HeadOptions, HyperModulator, Integrator, Mode, ModulatorOptions, Recurrence,
    Residual, ResidualOptions, SharedBasis, SharedBasisOptions, StateNetwork, StateOptions, Statistics,
};
use crate::adapter::Adapter;
use crate::encoder::EncoderIdentity;
use crate::error::{Error, Result};
use crate::model::{Config, Parameters, read_header, read_tensor, write};

/// Version of the file.
const FORMAT: u32 = 1;
/// The entry of the metadata that describes the network.
const METADATA: &str = "repopeft";
/// What the names of a state network's tensors begin with, beside a head (M138).
const STATE: &str = "gru_state.";
/// What the names of a head's tensors begin with, beside a state network (M138).
const HEAD: &str = "head_state.";

/// What a commit adds to the state (M80).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepInput {
    /// The vector of its production diff.
    #[default]
    Diff,
    /// The vector of the repository at it.
    RepoState,
    /// Both, the diff first.
    Concat,
}

/// What a network is made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Architecture {
    /// A head on a vector: Code2LoRA-Static.
    Static {
        /// The head.
        head: HeadOptions,
    },
    /// A head on a state: Code2LoRA-Evo.
    Evo {
        /// The state network.
        state: StateOptions,
        /// What each commit adds.
        step: StepInput,
        /// Whether a commit is read with the state before it (M83).
        #[serde(default)]
        reads_before: bool,
        /// The head.
        head: HeadOptions,
    },
    /// Text2LoRA.
    Text2lora {
        /// The hyper-modulator.
        modulator: ModulatorOptions,
    },
    /// The shared-basis generator.
    SharedBasis {
        /// The generator.
        basis: SharedBasisOptions,
    },
    /// The residual LoRA.
    Residual {
        /// Its shape.
        residual: ResidualOptions,
    },
    /// The residual LoRA on a state that follows the repository's vector.
    ResidualEvo {
        /// Its shape.
        residual: ResidualOptions,
    },
}

/// Which vectors a network was made for; others are refused (M25).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reads {
    /// The kind of its repository vectors.
    pub kind: VectorKind,
    /// Whether they leave test files out (M22).
    pub exclude_tests: bool,
    /// The encoder that made them; unknown for released checkpoints, which are told by their widths alone.
    pub encoder: Option<EncoderIdentity>,
}

/// The description in a file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    repopeft_network: u32,
    architecture: Architecture,
    reads: Reads,
}

/// The parts of a network.
#[derive(Debug)]
pub enum Network {
    /// From a vector to an adapter.
    OfVector(Box<dyn Generator>),
    /// From a history to an adapter.
    OfHistory(Box<HistoryNetwork>),
}

/// From the commits of a repository to an adapter.
#[derive(Debug)]
pub struct HistoryNetwork {
    /// From commits to a state.
    pub state: Box<dyn Recurrence>,
    /// From the state to an adapter.
    pub head: Box<dyn Generator>,
    /// What each commit adds.
    pub step: StepInput,
    /// Whether the tasks of a commit are read with the state before it instead of the one after it (M83).
    pub reads_before: bool,
}

/// A network with what must be known to use it.
#[derive(Debug)]
pub struct Checkpoint {
    /// What it is made of.
    pub architecture: Architecture,
    /// Which vectors it reads.
    pub reads: Reads,
    /// The parts.
    pub network: Network,
}

impl Architecture {
    /// The number of parameters.
    pub fn count(&self) -> u64 {
        match self {
            Self::Static { head } => head.count(),
            Self::Evo { state, head, .. } => state.count() + head.count(),
            Self::Text2lora { modulator } => modulator.count(),
            Self::SharedBasis { basis } => basis.count(),
            Self::Residual { residual } => residual.count(),
            Self::ResidualEvo { residual } => Integrator::count(residual.components) + residual.count(),
        }
    }

    /// What the network reads contexts against, where it does, by the names of the file: as many directions of
    /// `contexts` ([N, C] f32), those of the training repositories, as they can tell of.
    ///
    /// # Errors
    /// If libtorch cannot decompose the contexts.
    pub fn read_against(&mut self, contexts: impl FnOnce() -> Result<Tensor>) -> Result<Parameters> {
        let (prefix, residual) = match self {
            Self::Residual { residual } => ("", residual),
            Self::ResidualEvo { residual } => (STATE, residual),
            Self::Static { .. } | Self::Evo { .. } | Self::Text2lora { .. } | Self::SharedBasis { .. } => {
                return Ok(Parameters::new());
            }
        };
        let contexts = contexts()?;
        residual.components = Statistics::components(&contexts, residual.components);
        let mut named = Parameters::new();
        for (name, tensor) in Statistics::of(&contexts, residual.components)?.buffers().into_tensors() {
            named.insert(format!("{prefix}{name}"), tensor);
        }
        Ok(named)
    }

    /// Fresh parameters, by the names of the file.
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        match self {
            Self::Static { head } => head.init(seed, device),
            Self::Text2lora { modulator } => modulator.init(seed, device),
            Self::SharedBasis { basis } => basis.init(seed, device),
            Self::Residual { residual } => residual.init(seed, device),
            Self::Evo { state, head, .. } => {
                joined(state.init(seed.derive("state"), device), head.init(seed.derive("head"), device))
            }
            Self::ResidualEvo { residual } => {
                let state = Integrator::init(residual.components, seed.derive("state"), device);
                joined(state, residual.init(seed.derive("head"), device))
            }
        }
    }

    /// The shape of its adapters.
    pub fn adapter(&self) -> &AdapterShape {
        match self {
            Self::Static { head } | Self::Evo { head, .. } => &head.adapter,
            Self::Text2lora { modulator } => &modulator.adapter,
            Self::SharedBasis { basis } => &basis.adapter,
            Self::Residual { residual } | Self::ResidualEvo { residual } => &residual.adapter,
        }
    }

    /// Refuses a base model for which its adapters were not made.
    ///
    /// # Errors
    /// [`Error::Option`] that names what differs.
    pub fn check(&self, base: &Config) -> Result<()> {
        self.adapter().check(base)
    }

    /// The network over `parameters`; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn build(&self, origin: &Path, parameters: Parameters) -> Result<Network> {
        Ok(match self.clone() {
            Self::Static { head } => Network::OfVector(Box::new(Head::new(origin, head, parameters)?)),
            Self::Text2lora { modulator } => {
                Network::OfVector(Box::new(HyperModulator::new(origin, modulator, parameters)?))
            }
            Self::SharedBasis { basis } => Network::OfVector(Box::new(SharedBasis::new(origin, basis, parameters)?)),
            Self::Residual { residual } => {
                let (statistics, trained) = Statistics::apart(origin, parameters)?;
                Network::OfVector(Box::new(Residual::new(origin, residual, trained, Some(statistics))?))
            }
            Self::Evo { state, step, reads_before, head } => {
                let (of_state, of_head) = parted(origin, parameters)?;
                let state = Box::new(StateNetwork::new(origin, state, of_state)?);
                let head = Box::new(Head::new(origin, head, of_head)?);
                Network::OfHistory(Box::new(HistoryNetwork { state, head, step, reads_before }))
            }
            Self::ResidualEvo { residual } => {
                let (of_state, of_head) = parted(origin, parameters)?;
                let (statistics, of_state) = Statistics::apart(origin, of_state)?;
                let widths = (residual.context, residual.components);
                let state = Box::new(Integrator::new(origin, widths, of_state, statistics)?);
                let head = Box::new(Residual::new(origin, residual, of_head, None)?);
                let step = StepInput::RepoState;
                Network::OfHistory(Box::new(HistoryNetwork { state, head, step, reads_before: false }))
            }
        })
    }
}

/// The tensors of a state and of what reads it, under the names of a file (M138).
fn joined(state: Parameters, head: Parameters) -> Parameters {
    let mut all = Parameters::new();
    for (prefix, part) in [(STATE, state), (HEAD, head)] {
        for (name, tensor) in part.into_tensors() {
            all.insert(format!("{prefix}{name}"), tensor);
        }
    }
    all
}

/// The tensors of a state, and those of what reads it.
fn parted(origin: &Path, parameters: Parameters) -> Result<(Parameters, Parameters)> {
    let (mut of_state, mut of_head) = (Parameters::new(), Parameters::new());
    for (name, tensor) in parameters.into_tensors() {
        if let Some(name) = name.strip_prefix(STATE) {
            of_state.insert(name.to_owned(), tensor);
        } else if let Some(name) = name.strip_prefix(HEAD) {
            of_head.insert(name.to_owned(), tensor);
        } else {
            return Err(Error::weight(origin, &name, "is not part of this network"));
        }
    }
    Ok((of_state, of_head))
}

impl HistoryNetwork {
    /// Whether vectors of diffs are read.
    pub fn reads_diffs(&self) -> bool {
        matches!(self.step, StepInput::Diff | StepInput::Concat)
    }
}

impl Network {
    /// C, the width of the vectors it reads of repositories.
    pub fn context_width(&self) -> i64 {
        match self {
            Self::OfVector(generator) => generator.context_width(),
            Self::OfHistory(network) => network.state.initial_width(),
        }
    }

    /// The adapter that the head makes of `context` ([C] f32 on the device of the network), which is a vector of a repository
    /// or what is read of a state.
    ///
    /// # Errors
    /// [`Error::Option`] if the context has another width.
    pub fn adapter(&self, context: &Tensor) -> Result<Adapter> {
        let generator = match self {
            Self::OfVector(generator) => generator.as_ref(),
            Self::OfHistory(network) => network.head.as_ref(),
        };
        if context.size() != [generator.context_width()] {
            let reason = format!("the network reads {} numbers", generator.context_width());
            return Err(Error::option("context", format!("{:?}", context.size()), reason));
        }
        Ok(tch::no_grad(|| generator.generate(&context.unsqueeze(0), Mode::Inference)).adapter(0))
    }

    /// What is not trained, by the names of the file.
    pub fn buffers(&self) -> Parameters {
        match self {
            Self::OfVector(generator) => generator.buffers(),
            Self::OfHistory(network) => joined(network.state.buffers(), network.head.buffers()),
        }
    }

    /// What the repository adds is linear in these, all together; they share storage with the network.
    pub fn repository_part(&self) -> Vec<Tensor> {
        match self {
            Self::OfVector(generator) => generator.repository_part(),
            Self::OfHistory(network) => network.head.repository_part(),
        }
    }

    /// All trained parameters, by the names of the file; they share storage with the network.
    pub fn parameters(&self) -> Parameters {
        match self {
            Self::OfVector(generator) => generator.parameters().shallow_clone(),
            Self::OfHistory(network) => {
                joined(network.state.parameters().shallow_clone(), network.head.parameters().shallow_clone())
            }
        }
    }
}

impl Checkpoint {
    /// Writes the network to `path`, as f32. Equal networks give equal bytes.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn save(&self, path: &Path) -> Result<()> {
        let description = Description {
            repopeft_network: FORMAT,
            architecture: self.architecture.clone(),
            reads: self.reads.clone(),
        };
        let text = serde_json::to_string(&description).expect("because a description is JSON");
        let (parameters, buffers) = (self.network.parameters(), self.network.buffers());
        let tensors: BTreeMap<String, &Tensor> =
            parameters.iter().chain(buffers.iter()).map(|(name, tensor)| (name.to_owned(), tensor)).collect();
        write(path, &tensors, (METADATA, &text))
    }

    /// Reads a network that [`Checkpoint::save`] wrote, onto `device`.
    ///
    /// # Errors
    /// If the file cannot be read, describes no network, or its tensors do not fit the description.
    pub fn open(path: &Path, device: Device) -> Result<Self> {
        let header = read_header(path)?;
        let refuse = |reason: String| Error::SafeTensors { path: path.to_owned(), reason };
        let text = header.metadata.get(METADATA).ok_or_else(|| refuse("it describes no network".to_owned()))?;
        let description: Description =
            serde_json::from_str(text).map_err(|error| refuse(format!("its description is broken: {error}")))?;
        if description.repopeft_network != FORMAT {
            let found = description.repopeft_network;
            return Err(refuse(format!("it is of form {found}, this program reads {FORMAT}")));
        }
        let mut parameters = Parameters::new();
        for name in header.tensors.keys() {
            parameters.insert(name.clone(), read_tensor(&header, name)?.to_device(device));
        }
        let Description { architecture, reads, .. } = description;
        let network = architecture.build(path, parameters)?;
        Ok(Self { architecture, reads, network })
    }
}
