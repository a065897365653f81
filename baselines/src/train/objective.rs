//! What is minimised. Methods differ in their objective, never in their loop.

use std::rc::Rc;

use bench::{AdapterSpread, Seed};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tch::{Reduction, Tensor};

use super::batch::Batch;
use super::recompute;
use super::regularization::Regularization;
use crate::adapter::{Adapter, RowAdapters};
use crate::error::{Error, Result};
use crate::model::{Input, Layout, Parameters, Positions, Qwen2};

/// A loss that has not been divided yet.
#[derive(Debug)]
pub struct SummedLoss {
    /// Negative log-likelihood in nats, summed over the target tokens: [] f32.
    pub nll: Tensor,
    /// What is minimised, where that is something else: with every token weighted as the batch says, or with smoothed
    /// targets.
    pub weighted: Option<Tensor>,
    /// How many target tokens that were.
    pub tokens: i64,
}

impl SummedLoss {
    /// What is minimised.
    pub fn minimised(&self) -> &Tensor {
        self.weighted.as_ref().unwrap_or(&self.nll)
    }
}

/// What a batch presents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Size {
    /// Examples.
    pub examples: u64,
    /// Supervised tokens.
    pub tokens: u64,
    /// Tokens read, without padding.
    pub read: u64,
}

impl std::ops::AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.examples += other.examples;
        self.tokens += other.tokens;
        self.read += other.read;
    }
}

/// Something with parameters and a loss.
pub trait Objective {
    /// What one forward pass reads.
    type Batch;

    /// The parameters to train; `loss` must depend on these very tensors.
    fn parameters(&self) -> &Parameters;

    /// What `batch` presents.
    fn size(&self, batch: &Self::Batch) -> Size;

    /// The loss of one batch as it is validated, without anything random.
    ///
    /// # Errors
    /// If the batch does not fit the model.
    fn loss(&self, batch: &Self::Batch) -> Result<SummedLoss>;

    /// Adds `factor` times the gradient of what is minimised to the gradients of the parameters, and returns the summed
    /// loss; a loss that is not finite adds nothing. What is random must follow from `noise`.
    ///
    /// # Errors
    /// As [`Objective::loss`], or if libtorch fails.
    fn accumulate(&self, batch: &Self::Batch, factor: f64, _noise: Seed) -> Result<f64> {
        backward(&self.loss(batch)?, factor)
    }

    /// The batch as JSON, to be looked at when it broke a run.
    fn describe(&self, batch: &Self::Batch) -> Value;

    /// How far the adapters are apart that the parameters make now, where they make any (M232).
    ///
    /// # Errors
    /// As [`Objective::loss`].
    fn spread(&self) -> Result<Option<AdapterSpread>> {
        Ok(None)
    }

    /// What one step leaves to the next besides the parameters: it belongs to the state of a run.
    fn carried(&self) -> Parameters {
        Parameters::new()
    }

    /// Takes up what [`Objective::carried`] gave.
    ///
    /// # Errors
    /// If it is not of this objective.
    fn carry(&self, carried: Parameters) -> Result<()> {
        match carried.iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(Error::option("carried state", name, "nothing is carried from step to step here")),
        }
    }
}

/// What a training pass keeps of a forward pass for the backward one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activations {
    /// Everything.
    #[default]
    Kept,
    /// What enters each layer; the rest is computed again (M216), at the price of another forward pass.
    Recomputed,
}

/// How a training pass is made, unlike one that validates.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pass {
    /// What it keeps.
    pub(super) activations: Activations,
    /// How sure it may be.
    pub(super) regularization: Regularization,
    /// What is random follows from it.
    pub(super) seed: Seed,
}

/// Predicting each target token from what stands before it, with all parameters of the model.
#[derive(Debug)]
pub struct NextToken {
    /// The model.
    pub model: Qwen2,
    parameters: Parameters,
    activations: Activations,
    regularization: Regularization,
}

impl NextToken {
    /// Trains all of `parameters`, over which `model` is built.
    pub fn new(model: Qwen2, parameters: Parameters) -> Self {
        parameters.set_requires_grad(true);
        Self { model, parameters, activations: Activations::Kept, regularization: Regularization::default() }
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

    /// The trained parameters.
    pub fn into_parameters(self) -> Parameters {
        self.parameters.set_requires_grad(false);
        self.parameters
    }
}

impl Objective for NextToken {
    type Batch = Batch;

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn size(&self, batch: &Batch) -> Size {
        batch.size()
    }

    fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
        Ok(negative_log_likelihood(&self.model, None, batch))
    }

    fn accumulate(&self, batch: &Batch, factor: f64, noise: Seed) -> Result<f64> {
        let pass = Pass { activations: self.activations, regularization: self.regularization, seed: noise };
        accumulate(&self.model, None, batch, factor, pass)
    }

    fn describe(&self, batch: &Batch) -> Value {
        batch.describe()
    }
}

/// Predicting each target token with a frozen model, by training an adapter beside it.
#[derive(Debug)]
pub struct LowRank {
    /// The frozen model.
    pub model: Qwen2,
    adapter: Rc<Adapter>,
    parameters: Parameters,
    dropout: f64,
    activations: Activations,
    regularization: Regularization,
}

impl LowRank {
    /// Trains the pairs of `adapter` on `model`, whose own parameters stay as they are (M9).
    ///
    /// # Errors
    /// If the adapter does not fit the model.
    pub fn new(model: Qwen2, adapter: Adapter) -> Result<Self> {
        adapter.check(model.config())?;
        let parameters = adapter.parameters();
        parameters.set_requires_grad(true);
        let (activations, regularization) = (Activations::Kept, Regularization::default());
        Ok(Self { model, adapter: Rc::new(adapter), parameters, dropout: 0.0, activations, regularization })
    }

    /// The same with dropout on what the branches read, at this rate (M54).
    #[must_use]
    pub fn with_dropout(self, dropout: f64) -> Self {
        Self { dropout, ..self }
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

    /// The adapter as it is now; it shares the trained storage.
    pub fn adapter(&self) -> &Rc<Adapter> {
        &self.adapter
    }

    fn rows(&self, batch: &Batch) -> RowAdapters {
        RowAdapters::same(&self.adapter, batch.padding.len())
    }
}

impl Objective for LowRank {
    type Batch = Batch;

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn size(&self, batch: &Batch) -> Size {
        batch.size()
    }

    fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
        Ok(negative_log_likelihood(&self.model, Some(&self.rows(batch)), batch))
    }

    fn accumulate(&self, batch: &Batch, factor: f64, noise: Seed) -> Result<f64> {
        let rows = self.rows(batch).with_dropout(self.dropout, noise);
        let pass = Pass { activations: self.activations, regularization: self.regularization, seed: noise };
        accumulate(&self.model, Some(&rows), batch, factor, pass)
    }

    fn describe(&self, batch: &Batch) -> Value {
        batch.describe()
    }
}

/// What `model` pays for the targets of `batch`, its rows being read with `adapters`.
pub(crate) fn negative_log_likelihood(model: &Qwen2, adapters: Option<&RowAdapters>, batch: &Batch) -> SummedLoss {
    paid(model, adapters, batch, None, 0.0)
}

fn paid(
    model: &Qwen2,
    adapters: Option<&RowAdapters>,
    batch: &Batch,
    noise: Option<&Tensor>,
    label_smoothing: f64,
) -> SummedLoss {
    let device = model.device();
    let (ids, sources) = (batch.ids.to_device(device), batch.sources.to_device(device));
    let positions = Positions::Tail { at: &sources, from: batch.first_source() };
    let input = Input { ids: &ids, layout: Layout::Left(&batch.padding), positions, adapters, noise };
    summed(&model.forward(&input, None), batch, label_smoothing)
}

/// The loss of `logits` ([N, V]) against the targets of `batch`, which are smoothed in what is minimised.
pub(super) fn summed(logits: &Tensor, batch: &Batch, label_smoothing: f64) -> SummedLoss {
    let targets = batch.targets.to_device(logits.device());
    let of = |reduction, smoothing| logits.cross_entropy_loss(&targets, None::<Tensor>, reduction, -100, smoothing);
    let is_smoothed = label_smoothing > 0.0;
    match &batch.weights {
        None => {
            let weighted = is_smoothed.then(|| of(Reduction::Sum, label_smoothing));
            SummedLoss { nll: of(Reduction::Sum, 0.0), weighted, tokens: batch.tokens() }
        }
        Some(weights) => {
            // [N]
            let each = of(Reduction::None, 0.0);
            let minimised = if is_smoothed { of(Reduction::None, label_smoothing) } else { each.shallow_clone() };
            let weighted = (&minimised * weights.to_device(logits.device())).sum(tch::Kind::Float);
            SummedLoss { nll: each.detach().sum(tch::Kind::Float), weighted: Some(weighted), tokens: batch.tokens() }
        }
    }
}

/// Adds `factor` times the gradient of the loss of `batch` to everything it depends on.
pub(super) fn accumulate(
    model: &Qwen2,
    adapters: Option<&RowAdapters>,
    batch: &Batch,
    factor: f64,
    pass: Pass,
) -> Result<f64> {
    let shape = (batch.ids.size()[1], model.config().hidden_size);
    let noise = pass.regularization.noise(&batch.padding, shape, model.device(), pass.seed);
    let noise = noise.map(|noise| noise.to_kind(model.kind()));
    let label_smoothing = pass.regularization.label_smoothing;
    match pass.activations {
        Activations::Kept => backward(&paid(model, adapters, batch, noise.as_ref(), label_smoothing), factor),
        Activations::Recomputed => {
            recompute::accumulate(model, adapters, batch, factor, (noise.as_ref(), label_smoothing))
        }
    }
}

/// Adds `factor` times the gradient of `loss` to everything it depends on, and returns the summed loss; if that is not
/// finite, nothing is added.
pub(super) fn backward(loss: &SummedLoss, factor: f64) -> Result<f64> {
    let failed = |source| Error::torch("compute a gradient", source);
    let value = f64::try_from(&loss.nll).map_err(failed)?;
    if value.is_finite() {
        (loss.minimised() * factor).f_backward().map_err(failed)?;
    }
    Ok(value)
}

/// Mean loss per target token of `batches`, in nats; `check` is given the loss of each.
///
/// # Errors
/// If there is no target token, `check` refuses a loss, or the objective fails.
pub(crate) fn validation_loss<O: Objective>(
    objective: &O,
    batches: &[O::Batch],
    check: &dyn Fn(f64, &O::Batch) -> Result<()>,
) -> Result<f64> {
    let (mut nll, mut tokens) = (0.0, 0);
    for batch in batches {
        let loss = tch::no_grad(|| objective.loss(batch))?;
        let value = f64::try_from(&loss.nll).map_err(|source| Error::torch("read a validation loss", source))?;
        check(value, batch)?;
        nll += value;
        tokens += objective.size(batch).tokens;
    }
    if tokens == 0 {
        return Err(Error::option("validation", "empty", "it has no target token"));
    }
    Ok(nll / tokens as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::examples::Example;

    /// M125: what is minimised is smoothed, what is reported is not; examples count alike where they should.
    #[test]
    fn smoothed_targets_are_minimised_and_plain_ones_reported() {
        let examples = [Example { prefix: vec![1], target: vec![0, 2] }, Example { prefix: vec![3], target: vec![1] }];
        let logits: [[f64; 4]; 3] = [[0.1, -1.0, 2.0, 0.5], [1.5, 0.0, -0.5, 0.25], [0.0, 0.75, 0.5, -2.0]];
        let targets = [0, 2, 1];
        let paid = logits.map(|row| {
            let sum: f64 = row.iter().map(|x| x.exp()).sum();
            row.map(|x| sum.ln() - x)
        });
        let plain: Vec<f64> = paid.iter().zip(targets).map(|(row, at)| row[at]).collect();
        let smoothed = |at: usize| 0.9 * plain[at] + 0.1 * paid[at].iter().sum::<f64>() / 4.0;
        let logits = Tensor::from_slice(&logits.concat()).view([3, 4]);
        let near = |found: &Tensor, expected: f64| assert!((f64::try_from(found).unwrap() - expected).abs() < 1e-6);
        let flat = summed(&logits, &Batch::examples(&examples).unwrap(), 0.1);
        near(&flat.nll, plain.iter().sum());
        near(flat.minimised(), (0..3).map(smoothed).sum());
        let weighted = summed(&logits, &Batch::weighted_examples(&examples).unwrap(), 0.1);
        near(&weighted.nll, plain.iter().sum());
        near(weighted.minimised(), f64::midpoint(smoothed(0), smoothed(1)) + smoothed(2));
        assert!(summed(&logits, &Batch::examples(&examples).unwrap(), 0.0).weighted.is_none());
    }
}
