//! What is minimised. Methods differ in their objective, never in their loop.

use std::rc::Rc;

use tch::{Reduction, Tensor};

use super::batch::Batch;
use crate::adapter::{Adapter, RowAdapters};
use crate::error::Result;
use crate::model::{Input, Layout, Parameters, Positions, Qwen2};

/// A loss that has not been divided yet.
#[derive(Debug)]
pub struct SummedLoss {
    /// Negative log-likelihood in nats, summed over the target tokens: [] f32.
    pub nll: Tensor,
    /// How many target tokens that were.
    pub tokens: i64,
}

/// Something with parameters and a loss.
pub trait Objective {
    /// What one forward pass reads.
    type Batch;

    /// The parameters to train; `loss` must depend on these very tensors.
    fn parameters(&self) -> &Parameters;

    /// The loss of one batch, with gradients.
    ///
    /// # Errors
    /// If the batch does not fit the model.
    fn loss(&self, batch: &Self::Batch) -> Result<SummedLoss>;
}

/// Predicting each target token from what stands before it, with all parameters of the model.
#[derive(Debug)]
pub struct NextToken {
    /// The model.
    pub model: Qwen2,
    parameters: Parameters,
}

impl NextToken {
    /// Trains all of `parameters`, over which `model` is built.
    pub fn new(model: Qwen2, parameters: Parameters) -> Self {
        parameters.set_requires_grad(true);
        Self { model, parameters }
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

    fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
        Ok(negative_log_likelihood(&self.model, None, batch))
    }
}

/// Predicting each target token with a frozen model, by training an adapter beside it.
#[derive(Debug)]
pub struct LowRank {
    /// The frozen model.
    pub model: Qwen2,
    adapter: Rc<Adapter>,
    parameters: Parameters,
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
        Ok(Self { model, adapter: Rc::new(adapter), parameters })
    }

    /// The adapter as it is now; it shares the trained storage.
    pub fn adapter(&self) -> &Rc<Adapter> {
        &self.adapter
    }
}

impl Objective for LowRank {
    type Batch = Batch;

    fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    fn loss(&self, batch: &Batch) -> Result<SummedLoss> {
        let rows = RowAdapters::same(&self.adapter, batch.padding.len());
        Ok(negative_log_likelihood(&self.model, Some(&rows), batch))
    }
}

/// What `model` pays for the targets of `batch`, its rows being read with `adapters`.
pub(crate) fn negative_log_likelihood(model: &Qwen2, adapters: Option<&RowAdapters>, batch: &Batch) -> SummedLoss {
    let device = model.device();
    let (ids, sources) = (batch.ids.to_device(device), batch.sources.to_device(device));
    let input = Input { ids: &ids, layout: Layout::Left(&batch.padding), positions: Positions::At(&sources), adapters };
    // [N, V]
    let logits = model.forward(&input, None);
    let targets = batch.targets.to_device(device);
    let nll = logits.cross_entropy_loss(&targets, None::<Tensor>, Reduction::Sum, -100, 0.0);
    SummedLoss { nll, tokens: batch.tokens() }
}
