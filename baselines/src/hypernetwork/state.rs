//! The state of a repository over its commits (M76–M80).

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::layer::{self, LayerNorm, Linear, Place, Planned, Start};
use super::recurrence::Recurrence;
use crate::error::Result;
use crate::model::Parameters;

/// The shape of a state network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateOptions {
    /// Width of what each commit adds (M23: 2,048; twice that for diff and state together, M80).
    pub step_input: i64,
    /// Width of the vector that opens the state (M21: 2,048).
    pub initial_input: i64,
    /// Width of the state (M76: 2,048).
    pub hidden: i64,
}

impl StateOptions {
    fn plan(&self) -> Vec<Planned> {
        let hidden = self.hidden;
        let mut plan = Vec::new();
        plan.extend(layer::linear("diff_proj.0", self.step_input, hidden));
        plan.extend(layer::norm("diff_proj.1", hidden));
        plan.extend(layer::linear("repo_init_proj.0", self.initial_input, hidden));
        plan.extend(layer::norm("repo_init_proj.2", hidden));
        for name in ["weight_ih_l0", "weight_hh_l0"] {
            plan.push((format!("gru.{name}"), vec![3 * hidden, hidden], Start::Uniform(hidden)));
        }
        for name in ["bias_ih_l0", "bias_hh_l0"] {
            plan.push((format!("gru.{name}"), vec![3 * hidden], Start::Uniform(hidden)));
        }
        plan.extend(layer::norm("output_norm", hidden));
        plan
    }

    /// The number of parameters (M78: 33,583,104 at the published widths).
    pub fn count(&self) -> u64 {
        layer::count(&self.plan())
    }

    /// Fresh parameters (M77).
    pub fn init(&self, seed: Seed, device: Device) -> Parameters {
        layer::draw(self.plan(), seed, device)
    }
}

/// A residual recurrent unit with projections around it.
#[derive(Debug)]
pub struct StateNetwork {
    options: StateOptions,
    parameters: Parameters,
    step: (Linear, LayerNorm),
    initial: (Linear, LayerNorm),
    gates: [Tensor; 4],
    output: LayerNorm,
}

impl StateNetwork {
    /// The network over `parameters`, which it owns; `origin` is named in errors.
    ///
    /// # Errors
    /// If a tensor is missing, unexpected, or of another shape or kind.
    pub fn new(origin: &Path, options: StateOptions, parameters: Parameters) -> Result<Self> {
        layer::check(origin, &options.plan(), &parameters)?;
        let place = Place::root(&parameters);
        let gru = place.enter("gru");
        Ok(Self {
            step: (place.linear("diff_proj.0"), place.norm("diff_proj.1")),
            initial: (place.linear("repo_init_proj.0"), place.norm("repo_init_proj.2")),
            gates: ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map(|name| gru.tensor(name)),
            output: place.norm("output_norm"),
            options,
            parameters,
        })
    }

    /// The shape.
    pub fn options(&self) -> &StateOptions {
        &self.options
    }
}

impl Recurrence for StateNetwork {
    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn initial_width(&self) -> i64 {
        self.options.initial_input
    }

    fn initial(&self, vectors: &Tensor) -> Tensor {
        self.initial.1.forward(&self.initial.0.forward(vectors).gelu("none"))
    }

    /// Gates are reset, update, new (M77).
    fn advance(&self, vectors: &Tensor, state: &Tensor) -> Tensor {
        let input = self.step.1.forward(&self.step.0.forward(vectors));
        let [w_ih, w_hh, b_ih, b_hh] = &self.gates;
        input.gru_cell(state, w_ih, w_hh, Some(b_ih), Some(b_hh))
    }

    fn context(&self, state: &Tensor) -> Tensor {
        self.output.forward(state)
    }
}
