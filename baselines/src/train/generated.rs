//! Training a network that makes adapters.
//!
//! The network runs once a step, for all conditions together. Its adapters are taken as leaves: the rows of the step add
//! their gradients to them, batch by batch, and one backward pass takes the sums through the network (M215). That is the
//! gradient of the whole step, with the memory of one batch.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use bench::{AdapterSpread, Seed};
use serde_json::Value;
use tch::{Kind, Tensor};

use super::conditioned::{Conditioned, Conditions, Lane, Start};
use super::objective::{Activations, Objective, Pass, Size, SummedLoss, accumulate, negative_log_likelihood};
use super::regularization::Regularization;
use crate::adapter::{Adapter, AdapterStack, RowAdapters};
use crate::audit::spread_of;
use crate::error::{Error, Result};
use crate::hypernetwork::{HistoryNetwork, Mode, Network};
use crate::model::{Parameters, Qwen2};

/// What the names of carried states begin with in a checkpoint.
const LANE: &str = "lane.";

/// Predicting target tokens with a frozen model and the adapters of a trained network.
#[derive(Debug)]
pub struct Generated {
    /// The frozen model.
    pub model: Qwen2,
    network: Network,
    parameters: Parameters,
    activations: Activations,
    regularization: Regularization,
    /// How much the mean square of the adapters' numbers counts beside the loss (M125).
    penalty: f64,
    /// Dropout on what the low-rank branches read (M123).
    dropout: f64,
    /// Conditions whose adapters are held against each other now and then.
    watched: Option<Conditions>,
    /// The states that lanes were left in: [1, hidden] each.
    carried: RefCell<BTreeMap<usize, Tensor>>,
}

impl Generated {
    /// Trains `network` beside `model`, whose own parameters stay as they are (M9).
    pub fn new(model: Qwen2, network: Network) -> Self {
        let parameters = network.parameters();
        parameters.set_requires_grad(true);
        let carried = RefCell::default();
        let (activations, regularization) = (Activations::Kept, Regularization::default());
        let (penalty, dropout, watched) = (0.0, 0.0, None);
        Self { model, network, parameters, activations, regularization, penalty, dropout, watched, carried }
    }

    /// The same with this treatment of activations.
    #[must_use]
    pub fn with_activations(self, activations: Activations) -> Self {
        Self { activations, ..self }
    }

    /// The same, no surer than this (M125).
    #[must_use]
    pub fn with_regularization(self, regularization: Regularization) -> Self {
        Self { regularization, ..self }
    }

    /// The same with `penalty` times the mean square of the adapters' numbers added to the loss of a step.
    #[must_use]
    pub fn with_penalty(self, penalty: f64) -> Self {
        Self { penalty, ..self }
    }

    /// The same with dropout on what the low-rank branches read, at this rate.
    #[must_use]
    pub fn with_dropout(self, dropout: f64) -> Self {
        Self { dropout, ..self }
    }

    /// The same with an eye on how far the adapters of `conditions` are apart (M232).
    #[must_use]
    pub fn with_watched(self, conditions: Conditions) -> Self {
        Self { watched: Some(conditions), ..self }
    }

    /// The network as it is now; it shares the trained storage.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// The trained network.
    pub fn into_network(self) -> Network {
        self.parameters.set_requires_grad(false);
        self.network
    }

    /// The adapters of `conditions`. States of lanes are left for the next step if `carry` is true.
    fn adapters(&self, conditions: &Conditions, mode: Mode, carry: bool) -> Result<AdapterStack> {
        let device = self.model.device();
        match (&self.network, conditions) {
            (Network::OfVector(generator), Conditions::Vectors(vectors)) => {
                Ok(generator.generate(&vectors.to_device(device), mode))
            }
            (Network::OfHistory(network), Conditions::Histories(lanes)) => {
                Ok(network.head.generate(&self.walk(network, lanes, carry)?, mode))
            }
            (Network::OfVector(_), Conditions::Histories(_)) => {
                Err(Error::option("conditions", "histories", "the network reads vectors"))
            }
            (Network::OfHistory(_), Conditions::Vectors(_)) => {
                Err(Error::option("conditions", "vectors", "the network reads histories"))
            }
        }
    }

    /// What the head reads at the scored moments of `lanes`, lane by lane: [N, hidden]. Lanes advance together, a commit
    /// of each at a time, so that the weights are read once for all.
    fn walk(&self, network: &HistoryNetwork, lanes: &[Lane], carry: bool) -> Result<Tensor> {
        let device = self.model.device();
        let mut carried = self.carried.borrow_mut();
        let mut states: Vec<Tensor> = Vec::with_capacity(lanes.len());
        for lane in lanes {
            states.push(match &lane.start {
                Start::Initial(vector) => network.state.initial(&vector.to_device(device).unsqueeze(0)),
                Start::Carried => carried
                    .get(&lane.number)
                    .map(Tensor::shallow_clone)
                    .ok_or_else(|| Error::option("lane", lane.number, "it carries no state, and no history begins"))?,
            });
        }
        let mut contexts: Vec<Vec<Tensor>> = lanes.iter().map(|_| Vec::new()).collect();
        let longest = lanes.iter().map(|lane| lane.moments.len()).max().unwrap_or(0);
        for time in 0..longest {
            let here: Vec<usize> = (0..lanes.len()).filter(|&at| time < lanes[at].moments.len()).collect();
            let moment = |at: usize| &lanes[at].moments[time];
            for &at in here.iter().filter(|&&at| moment(at).cut) {
                states[at] = states[at].detach();
            }
            let inputs: Vec<Tensor> = here.iter().map(|&at| moment(at).input.to_device(device)).collect();
            let before = Tensor::cat(&here.iter().map(|&at| states[at].shallow_clone()).collect::<Vec<_>>(), 0);
            let after = network.state.advance(&Tensor::stack(&inputs, 0), &before);
            let read = if network.reads_before { &before } else { &after };
            for (row, &at) in (0..).zip(&here) {
                states[at] = after.narrow(0, row, 1);
                if moment(at).scored {
                    contexts[at].push(read.narrow(0, row, 1));
                }
            }
        }
        if carry {
            for (lane, state) in lanes.iter().zip(&states) {
                carried.insert(lane.number, state.detach().copy());
            }
        }
        let contexts: Vec<Tensor> = contexts.into_iter().flatten().collect();
        Ok(network.state.context(&Tensor::cat(&contexts, 0)))
    }

    fn rows(&self, adapters: &Rc<AdapterStack>, conditions: &[usize]) -> Result<RowAdapters> {
        RowAdapters::stacked(adapters, conditions, self.model.device())
    }
}

impl Objective for Generated {
    type Batch = Conditioned;

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn size(&self, batch: &Conditioned) -> Size {
        batch.size()
    }

    fn loss(&self, batch: &Conditioned) -> Result<SummedLoss> {
        let adapters = Rc::new(self.adapters(&batch.conditions, Mode::Inference, false)?);
        let mut sum =
            SummedLoss { nll: Tensor::zeros([], (Kind::Float, self.model.device())), weighted: None, tokens: 0 };
        for rows in &batch.rows {
            let loss =
                negative_log_likelihood(&self.model, Some(&self.rows(&adapters, &rows.conditions)?), &rows.batch);
            sum.nll = &sum.nll + &loss.nll;
            sum.tokens += loss.tokens;
        }
        Ok(sum)
    }

    fn accumulate(&self, batch: &Conditioned, factor: f64, noise: Seed) -> Result<f64> {
        let made =
            crate::adapter::seeded(noise.derive("network"), || self.adapters(&batch.conditions, Mode::Training, true))?;
        let leaves = Rc::new(made.leaf());
        let mut value = 0.0;
        for (index, rows) in (0..).zip(&batch.rows) {
            let seed = noise.chunk(index);
            let adapters = self.rows(&leaves, &rows.conditions)?.with_dropout(self.dropout, seed);
            let pass = Pass { activations: self.activations, regularization: self.regularization, seed };
            value += accumulate(&self.model, Some(&adapters), &rows.batch, factor, pass)?;
            if !value.is_finite() {
                return Ok(value);
            }
        }
        // The inner product of what was made with its gradient has the gradient of the loss by everything before it.
        let mut product = Tensor::zeros([], (Kind::Float, self.model.device()));
        for (tensor, leaf) in made.tensors().zip(leaves.tensors()) {
            let gradient = leaf.grad();
            if gradient.defined() {
                product = &product + (tensor * gradient).sum(Kind::Float);
            }
            if self.penalty > 0.0 {
                product = &product + tensor.square().sum(Kind::Float) * (self.penalty / made.count() as f64);
            }
        }
        product.f_backward().map_err(|source| Error::torch("compute a gradient", source))?;
        Ok(value)
    }

    fn spread(&self) -> Result<Option<AdapterSpread>> {
        let Some(conditions) = &self.watched else { return Ok(None) };
        let made = tch::no_grad(|| self.adapters(conditions, Mode::Inference, false))?;
        let adapters: Vec<Rc<Adapter>> = made.adapters().into_iter().map(Rc::new).collect();
        spread_of(&adapters, self.model.config().num_hidden_layers)
    }

    fn describe(&self, batch: &Conditioned) -> Value {
        batch.describe()
    }

    fn carried(&self) -> Parameters {
        let mut carried = Parameters::new();
        for (lane, state) in self.carried.borrow().iter() {
            carried.insert(format!("{LANE}{lane:08}"), state.shallow_clone());
        }
        carried
    }

    fn carry(&self, carried: Parameters) -> Result<()> {
        let mut states = BTreeMap::new();
        for (name, state) in carried.iter() {
            let lane = name.strip_prefix(LANE).and_then(|number| number.parse().ok());
            let lane = lane.ok_or_else(|| Error::option("carried state", name, "it is of no lane"))?;
            states.insert(lane, state.to_device(self.model.device()));
        }
        *self.carried.borrow_mut() = states;
        Ok(())
    }
}
