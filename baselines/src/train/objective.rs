//! What is minimised. Methods differ in their objective, never in their loop.

use tch::{Reduction, Tensor};

use super::batch::Batch;
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
        let device = self.model.device();
        let (ids, sources) = (batch.ids.to_device(device), batch.sources.to_device(device));
        let input = Input { ids: &ids, layout: Layout::Left(&batch.padding), positions: Positions::At(&sources) };
        // [N, V]
        let logits = self.model.forward(&input, None);
        let targets = batch.targets.to_device(device);
        let nll = logits.cross_entropy_loss(&targets, None::<Tensor>, Reduction::Sum, -100, 0.0);
        Ok(SummedLoss { nll, tokens: batch.tokens() })
    }
}
