//! The loop: batches of a step → gradients → clipping → `AdamW`, with checkpoints between steps.

use std::time::Instant;

use tch::Tensor;

use super::adamw::{AdamW, AdamWOptions};
use super::checkpoint::{self, CheckpointOptions};
use super::clip::clip_by_global_norm;
use super::objective::Objective;
use super::observer::{Event, Observer, Step};
use super::schedule::Schedule;
use crate::error::{Error, Result};
use crate::model::Parameters;

/// How to train.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Steps and learning rates.
    pub schedule: Schedule,
    /// Constants of the optimizer.
    pub adamw: AdamWOptions,
    /// Gradients are clipped to this global norm; 0 switches it off.
    pub clip: f64,
    /// When and where to save, if at all.
    pub checkpoint: Option<CheckpointOptions>,
}

/// What a run did, whether or not it was interrupted on the way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// Steps taken in all.
    pub steps: u64,
    /// Mean loss per target token of the last step, also if that was taken before an interruption; nothing if the
    /// schedule has no steps.
    pub last_loss: Option<f64>,
}

/// Trains `objective` for the steps of the schedule. `batches` gives the batches of a step, counted from 0; their
/// gradients add up to one update. It must depend on the step alone, so that a resumed run reads what it would have read.
///
/// # Errors
/// [`Error::NonFinite`] if the loss or the norm of the gradient is not a number; the errors of `batches`, of the
/// objective and of checkpoints.
pub fn run<O: Objective>(
    objective: &O,
    batches: &dyn Fn(u64) -> Result<Vec<O::Batch>>,
    options: &RunOptions,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    let parameters = objective.parameters();
    let mut optimizer = AdamW::new(options.adamw, parameters);
    let mut last_loss = None;
    if let Some(checkpoint) = &options.checkpoint {
        last_loss = checkpoint::restore(checkpoint, parameters, &mut optimizer)?;
    }
    if last_loss.is_some() {
        observer.event(&Event::Resumed { step: optimizer.steps });
    }
    let steps = options.schedule.steps;
    while optimizer.steps < steps {
        let started = Instant::now();
        let step = optimizer.steps;
        let (loss, tokens) = accumulate(objective, &batches(step)?, step)?;
        let norm = clip_by_global_norm(&gradients(parameters), options.clip)?;
        check("gradient norm", norm, step)?;
        let lr = options.schedule.rate(step);
        optimizer.step(parameters, lr);
        let tokens_per_second = tokens as f64 / started.elapsed().as_secs_f64();
        observer.event(&Event::Step(Step { step: step + 1, steps, loss, lr, norm, tokens_per_second }));
        last_loss = Some(loss);
        if let Some(checkpoint) = options.checkpoint.as_ref().filter(|checkpoint| checkpoint.is_due(step + 1)) {
            checkpoint::save(checkpoint, parameters, &optimizer, loss)?;
            observer.event(&Event::Saved { path: checkpoint.path.clone(), step: step + 1 });
        }
    }
    Ok(Outcome { steps, last_loss })
}

/// Leaves in every parameter the gradient of the mean loss per token over all batches, and returns that loss and the
/// number of tokens.
fn accumulate<O: Objective>(objective: &O, batches: &[O::Batch], step: u64) -> Result<(f64, i64)> {
    for (_, parameter) in objective.parameters().iter() {
        parameter.shallow_clone().zero_grad();
    }
    let (mut total, mut tokens) = (0.0, 0);
    for batch in batches {
        let loss = objective.loss(batch)?;
        let failed = |source| Error::torch(format!("compute the gradient of step {step}"), source);
        let nll = f64::try_from(&loss.nll).map_err(failed)?;
        check("loss", nll, step)?;
        loss.nll.f_backward().map_err(failed)?;
        total += nll;
        tokens += loss.tokens;
    }
    if tokens == 0 {
        return Err(Error::option("batch", "empty", format!("step {step} has no target token")));
    }
    let _guard = tch::no_grad_guard();
    for mut gradient in gradients(objective.parameters()) {
        let _ = gradient.g_mul_scalar_(1.0 / tokens as f64);
    }
    Ok((total / tokens as f64, tokens))
}

fn gradients(parameters: &Parameters) -> Vec<Tensor> {
    parameters.iter().map(|(_, parameter)| parameter.grad()).filter(Tensor::defined).collect()
}

fn check(what: &'static str, value: f64, step: u64) -> Result<()> {
    if value.is_finite() { Ok(()) } else { Err(Error::NonFinite { what, value, step }) }
}
