//! The shape of a network that makes adapters, and what it reads: the table `[network]` of a method's training.

use bench::VectorKind;
use serde::{Deserialize, Serialize};

use crate::adapter::{BranchInput, Sharing};
use crate::conditioning::{ContextPolicy, Control, WalkOptions};
use crate::error::{Error, Result};
use crate::hypernetwork::{
    AdapterShape, Architecture, HeadOptions, ModulatorOptions, ResidualOptions, SharedBasisOptions, StateOptions,
    StepInput,
};
use crate::model::Config;

/// The network of a method, what it reads, and what is added to its loss.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkSettings {
    /// The kind of vector it reads of a repository (M25).
    pub vectors: VectorKind,
    /// Whether these leave test files out (M22).
    pub exclude_tests: bool,
    /// Which commit's vector a training task is read with (M74).
    pub policy: ContextPolicy,
    /// What stands in for the repository's context (M173).
    pub control: Control,
    /// How much the mean square of the adapters' numbers counts beside the loss (M125).
    pub penalty: f64,
    /// Dropout on what the low-rank branches read (M123).
    pub dropout: f64,
    /// What it is made of.
    pub architecture: ArchitectureSettings,
}

/// What a network is made of, up to the widths that follow from base model and vectors.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum ArchitectureSettings {
    /// Code2LoRA-Static: a head on a vector (M57).
    Static {
        /// H (M61).
        hidden: i64,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
        /// Whether gradients pass through the input of the branches (M51).
        input: BranchInput,
        /// Whether layers share their pairs (M128).
        sharing: Sharing,
    },
    /// Code2LoRA-Evo: a head on a state (M76).
    Evo {
        /// Width of the state (M76).
        state: i64,
        /// What each commit adds (M80).
        step: StepInput,
        /// Whether a commit's tasks are read with the state before it (M83).
        reads_before: bool,
        /// H (M61).
        hidden: i64,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
        /// Whether gradients pass through the input of the branches (M51).
        input: BranchInput,
        /// How histories are walked in training.
        walk: WalkOptions,
    },
    /// Text2LoRA (M121).
    Text2lora {
        /// Width of what the output heads read.
        head_in: i64,
        /// Whether layers share their pairs (M128).
        sharing: Sharing,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
    },
    /// The shared-basis generator (M131).
    SharedBasis {
        /// Width of the trunk.
        hidden: i64,
        /// Pairs to mix, a module.
        bases: i64,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
    },
    /// One LoRA for all repositories and a part that the repository adds (M178).
    Residual {
        /// K, the directions in which training contexts differ most, at most.
        components: i64,
        /// Whether the share of the repository's part that is kept is the one with the lowest validation loss.
        calibrated: bool,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
    },
    /// The same on a state that follows the repository's vector.
    ResidualEvo {
        /// K, the directions in which training contexts differ most, at most.
        components: i64,
        /// Whether the share of the repository's part that is kept is the one with the lowest validation loss.
        calibrated: bool,
        /// R.
        rank: i64,
        /// α; the scale is α/r.
        alpha: f64,
        /// How histories are walked in training.
        walk: WalkOptions,
    },
}

impl NetworkSettings {
    /// The network for a base model of the shape `config` and vectors of `context` numbers, those of diffs included.
    pub fn architecture(&self, config: &Config, context: i64) -> Architecture {
        let shape = |rank: i64, alpha: f64| AdapterShape::new(config, rank, alpha);
        match self.architecture {
            ArchitectureSettings::Static { hidden, rank, alpha, input, sharing } => Architecture::Static {
                head: HeadOptions { context, hidden, adapter: shape(rank, alpha), input, sharing },
            },
            ArchitectureSettings::Evo { state, step, reads_before, hidden, rank, alpha, input, .. } => {
                let step_input = if step == StepInput::Concat { 2 * context } else { context };
                Architecture::Evo {
                    state: StateOptions { step_input, initial_input: context, hidden: state },
                    step,
                    reads_before,
                    head: HeadOptions {
                        context: state,
                        hidden,
                        adapter: shape(rank, alpha),
                        input,
                        sharing: Sharing::Shared,
                    },
                }
            }
            ArchitectureSettings::Text2lora { head_in, rank, alpha, sharing } => Architecture::Text2lora {
                modulator: ModulatorOptions { context, head_in, adapter: shape(rank, alpha), sharing },
            },
            ArchitectureSettings::SharedBasis { hidden, bases, rank, alpha } => Architecture::SharedBasis {
                basis: SharedBasisOptions { context, hidden, bases, adapter: shape(rank, alpha) },
            },
            ArchitectureSettings::Residual { components, rank, alpha, .. } => Architecture::Residual {
                residual: ResidualOptions { context, components, adapter: shape(rank, alpha) },
            },
            ArchitectureSettings::ResidualEvo { components, rank, alpha, .. } => Architecture::ResidualEvo {
                residual: ResidualOptions { context, components, adapter: shape(rank, alpha) },
            },
        }
    }

    /// How histories are walked, where they are.
    pub fn walk(&self) -> Option<WalkOptions> {
        match self.architecture {
            ArchitectureSettings::Evo { walk, .. } | ArchitectureSettings::ResidualEvo { walk, .. } => Some(walk),
            _ => None,
        }
    }

    /// Whether the share of the repository's part that is kept is chosen on the validation sample.
    pub fn calibrated(&self) -> bool {
        use ArchitectureSettings::{Residual, ResidualEvo};
        matches!(self.architecture, Residual { calibrated: true, .. } | ResidualEvo { calibrated: true, .. })
    }

    /// What each commit adds, where histories are walked.
    pub fn step(&self) -> Option<StepInput> {
        match self.architecture {
            ArchitectureSettings::Evo { step, .. } => Some(step),
            ArchitectureSettings::ResidualEvo { .. } => Some(StepInput::RepoState),
            _ => None,
        }
    }

    /// Whether vectors of diffs are read.
    pub fn reads_diffs(&self) -> bool {
        matches!(self.step(), Some(StepInput::Diff | StepInput::Concat))
    }

    /// Refuses numbers out of their range.
    ///
    /// # Errors
    /// [`Error::Option`] that names the key.
    pub(super) fn check(&self) -> Result<()> {
        let (rank, alpha) = match self.architecture {
            ArchitectureSettings::Static { rank, alpha, .. }
            | ArchitectureSettings::Evo { rank, alpha, .. }
            | ArchitectureSettings::Text2lora { rank, alpha, .. }
            | ArchitectureSettings::SharedBasis { rank, alpha, .. }
            | ArchitectureSettings::Residual { rank, alpha, .. }
            | ArchitectureSettings::ResidualEvo { rank, alpha, .. } => (rank, alpha),
        };
        let widths = match self.architecture {
            ArchitectureSettings::Static { hidden, .. } => [hidden, 1],
            ArchitectureSettings::Evo { hidden, state, .. } => [hidden, state],
            ArchitectureSettings::Text2lora { head_in, .. } => [head_in, 1],
            ArchitectureSettings::SharedBasis { hidden, bases, .. } => [hidden, bases],
            ArchitectureSettings::Residual { components, .. }
            | ArchitectureSettings::ResidualEvo { components, .. } => [components, 1],
        };
        let width = widths.into_iter().find(|width| !(1..=1 << 16).contains(width)).unwrap_or(1);
        let checks = [
            ("network.architecture", width as f64, width == 1, "widths of 1 to 65536 are needed"),
            ("network.architecture.rank", rank as f64, (1..=4096).contains(&rank), "1 to 4096 is needed"),
            ("network.architecture.alpha", alpha, alpha > 0.0 && alpha.is_finite(), "a positive number is needed"),
            ("network.penalty", self.penalty, (0.0..1e9).contains(&self.penalty), "0 or more is needed"),
            ("network.dropout", self.dropout, (0.0..1.0).contains(&self.dropout), "0 to 1 is needed, 1 excluded"),
        ];
        if let Some((option, value, _, reason)) = checks.into_iter().find(|(_, _, fits, _)| !fits) {
            return Err(Error::option(option, value, reason));
        }
        if self.policy == ContextPolicy::Latest {
            let reason = "it is for answers; of training repositories \"anchor\" reads the same";
            return Err(Error::option("network.policy", "latest", reason));
        }
        self.walk().as_ref().map_or(Ok(()), WalkOptions::check)?;
        let is_evo = self.walk().is_some();
        if is_evo && self.vectors != VectorKind::RepoStateG2 {
            return Err(Error::option("network.vectors", self.vectors, "a history begins with repo_state_g2 (M79)"));
        }
        if is_evo && (self.policy, self.control) != (ContextPolicy::Fresh, Control::None) {
            let reason =
                "a state is that of its own commit; policies and controls are for networks that read one vector";
            return Err(Error::option("network.policy", format!("{:?}, {:?}", self.policy, self.control), reason));
        }
        if self.vectors == VectorKind::DiffG2 {
            return Err(Error::option("network.vectors", self.vectors, "it tells of one commit, not of a repository"));
        }
        Ok(())
    }
}
