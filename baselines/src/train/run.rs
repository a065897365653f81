//! The loop: batches of a step → gradients → clipping → `AdamW`, with validation and checkpoints between steps.

use std::time::Instant;

use bench::{Seed, TrainingStep};
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

use super::adamw::{AdamW, AdamWOptions};
use super::checkpoint::{self, CheckpointOptions};
use super::clip::clip_by_global_norm;
use super::memory::peak_bytes;
use super::objective::{Objective, Size, validation_loss};
use super::observer::{Event, Observer, Step};
use super::progress::{self, Best, Progress};
use super::schedule::Schedule;
use crate::error::{Error, Result};
use crate::model::Parameters;

/// Steps between two looks at how far adapters are apart (M232); the last step is looked at too.
const SPREAD_EVERY: u64 = 100;

/// What the sum of losses of a step is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reduction {
    /// The supervised tokens of the step.
    #[default]
    Tokens,
    /// The examples of the step; their batches weigh them alike (M114).
    Examples,
    /// A number (M115, M118: 16).
    Sum(f64),
}

/// When gradients are clipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClipAt {
    /// Once a step.
    #[default]
    Step,
    /// After every micro-batch, what has been accumulated so far (M66).
    MicroStep,
}

/// How to train.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// Steps and learning rates.
    pub schedule: Schedule,
    /// Constants of the optimizer.
    pub adamw: AdamWOptions,
    /// What is divided by.
    pub reduction: Reduction,
    /// Gradients are clipped to this global norm; 0 switches it off.
    pub clip: f64,
    /// When they are.
    pub clip_at: ClipAt,
    /// Root of what is random in the objective.
    pub seed: Seed,
    /// When and where to save, if at all.
    pub checkpoint: Option<CheckpointOptions>,
}

impl RunOptions {
    /// Mean loss per token, gradients clipped to norm 1 once a step, nothing saved.
    pub fn new(schedule: Schedule) -> Self {
        Self {
            schedule,
            adamw: AdamWOptions::default(),
            reduction: Reduction::Tokens,
            clip: 1.0,
            clip_at: ClipAt::Step,
            seed: Seed(0),
            checkpoint: None,
        }
    }
}

/// What is trained on, and what is validated on.
pub struct Feed<'a, B> {
    /// The batches of a step, counted from 0; their gradients add up to one update. They must depend on the step alone,
    /// so that a resumed run reads what it would have read.
    pub batches: &'a dyn Fn(u64) -> Result<Vec<B>>,
    /// What is validated on, if anything.
    pub held_out: Option<HeldOut<'a, B>>,
}

/// What is validated on, and when.
pub struct HeldOut<'a, B> {
    /// The batches, always the same.
    pub batches: &'a [B],
    /// After every so many steps, before the first and after the last; at least 1.
    pub every: u64,
    /// Which parameters the run ends with.
    pub keep: Keep,
}

/// Which parameters a run ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Keep {
    /// Those with the lowest validation loss; the earlier ones of equals.
    #[default]
    Best,
    /// Those after the last step.
    Last,
}

/// What a run did, whether or not it was interrupted on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Steps taken in all.
    pub steps: u64,
    /// Mean loss per target token of the last step, also if that was taken before an interruption; nothing if the
    /// schedule has no steps.
    pub last_loss: Option<f64>,
    /// What was presented, repetitions counted.
    pub presented: Size,
    /// Steps whose gradient was scaled down.
    pub clipped: u64,
    /// The lowest validation loss.
    pub best: Option<Best>,
    /// The steps.
    pub curve: Vec<TrainingStep>,
    /// Seconds that training and validation took.
    pub seconds: f64,
    /// The most memory that the process held, in bytes, where the system says.
    pub peak_bytes: Option<u64>,
}

/// Trains `objective` for the steps of the schedule on `batches`, as [`Feed::batches`] describes them.
///
/// # Errors
/// As [`run_validated`].
pub fn run<O: Objective>(
    objective: &O,
    batches: &dyn Fn(u64) -> Result<Vec<O::Batch>>,
    options: &RunOptions,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    run_validated(objective, &Feed { batches, held_out: None }, options, observer)
}

/// Trains `objective` for the steps of the schedule on what `feed` gives.
///
/// # Errors
/// [`Error::NonFinite`] or, where there is a folder to leave the batches in, [`Error::Diverged`], if a loss or the norm of
/// the gradient is not a number; the errors of the batches, of the objective and of checkpoints.
pub fn run_validated<O: Objective>(
    objective: &O,
    feed: &Feed<'_, O::Batch>,
    options: &RunOptions,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    if feed.held_out.as_ref().is_some_and(|held_out| held_out.keep == Keep::Best) && options.checkpoint.is_none() {
        return Err(Error::option("keep", "best", "there must be a folder to keep the best parameters in"));
    }
    let mut training = Training::begin(objective, options, observer)?;
    let steps = options.schedule.steps;
    if training.progress.steps == 0 && steps > 0 {
        training.validate_first(feed)?;
    }
    while training.progress.steps < steps {
        training.step(feed)?;
    }
    training.end(feed)
}

/// A run under way.
struct Training<'a, O: Objective> {
    objective: &'a O,
    options: &'a RunOptions,
    observer: &'a mut dyn Observer,
    optimizer: AdamW,
    progress: Progress,
    curve: Vec<TrainingStep>,
    /// When this process took the run up, and the time that was spent before.
    begun: (Instant, f64),
    /// The step that was saved last.
    saved: Option<u64>,
}

impl<'a, O: Objective> Training<'a, O> {
    fn begin(objective: &'a O, options: &'a RunOptions, observer: &'a mut dyn Observer) -> Result<Self> {
        let parameters = objective.parameters();
        give_gradients(parameters)?;
        let mut optimizer = AdamW::new(options.adamw, parameters);
        let (mut progress, mut curve, mut saved) = (Progress::default(), Vec::new(), None);
        if let Some(checkpoint) = &options.checkpoint
            && let Some((found, carried)) = checkpoint::restore(checkpoint, parameters, &mut optimizer)?
        {
            objective.carry(carried)?;
            curve = progress::curve_until(checkpoint, found.steps)?;
            observer.event(&Event::Resumed { step: found.steps });
            (progress, saved) = (found.clone(), Some(found.steps));
        }
        let begun = (Instant::now(), progress.seconds);
        Ok(Self { objective, options, observer, optimizer, progress, curve, begun, saved })
    }

    fn step(&mut self, feed: &Feed<'_, O::Batch>) -> Result<()> {
        let (started, step) = (Instant::now(), self.progress.steps);
        let batches = (feed.batches)(step)?;
        let sums = self.accumulate(&batches, step)?;
        let lr = self.options.schedule.rate(step);
        self.optimizer.step(self.objective.parameters(), lr);
        let (clipped, loss) =
            (sums.norm > self.options.clip && self.options.clip > 0.0, sums.nll / count(sums.size.tokens));
        self.progress.steps = step + 1;
        self.progress.last_loss = Some(loss);
        self.progress.clipped += u64::from(clipped);
        self.progress.add(sums.size);
        let rate = |tokens: u64| count(tokens) / started.elapsed().as_secs_f64().max(1e-9);
        self.observer.event(&Event::Step(Step {
            step: step + 1,
            steps: self.options.schedule.steps,
            loss,
            lr,
            norm: sums.norm,
            clipped,
            tokens_per_second: rate(sums.size.tokens),
            read_per_second: rate(sums.size.read),
        }));
        self.curve.push(self.row(Some((loss, lr, sums.norm)), clipped));
        if (step + 1).is_multiple_of(SPREAD_EVERY) || step + 1 == self.options.schedule.steps {
            self.measure_spread()?;
        }
        if let Some(held_out) = &feed.held_out
            && ((step + 1).is_multiple_of(held_out.every.max(1)) || step + 1 == self.options.schedule.steps)
        {
            self.validate(held_out)?;
        }
        match &self.options.checkpoint {
            Some(checkpoint) if checkpoint.is_due(step + 1) => self.save(checkpoint),
            _ => Ok(()),
        }
    }

    fn row(&self, step: Option<(f64, f64, f64)>, clipped: bool) -> TrainingStep {
        let Progress { steps, examples, tokens, .. } = self.progress;
        TrainingStep {
            step: steps,
            examples,
            tokens,
            loss: step.map(|(loss, ..)| loss),
            lr: step.map(|(_, lr, _)| lr),
            norm: step.map(|(.., norm)| norm),
            clipped,
            validation: None,
            spread: None,
        }
    }

    /// Measures how far the adapters are apart.
    fn measure_spread(&mut self) -> Result<()> {
        let Some(spread) = self.objective.spread()? else { return Ok(()) };
        self.curve.last_mut().expect("because a step was taken").spread = Some(spread);
        self.observer.event(&Event::Spread { step: self.progress.steps, spread });
        Ok(())
    }

    /// Leaves in every parameter the gradient of the reduced loss over all batches, clipped.
    fn accumulate(&self, batches: &[O::Batch], step: u64) -> Result<Sums> {
        let parameters = self.objective.parameters();
        for (_, parameter) in parameters.iter() {
            parameter.shallow_clone().zero_grad();
        }
        let mut size = Size::default();
        batches.iter().for_each(|batch| size += self.objective.size(batch));
        if size.tokens == 0 {
            return Err(Error::option("batch", "empty", format!("step {step} has no target token")));
        }
        let divisor = match self.options.reduction {
            Reduction::Tokens => count(size.tokens),
            Reduction::Examples => count(size.examples),
            Reduction::Sum(divisor) => divisor,
        };
        let noise = self.options.seed.derive("noise").chunk(step);
        let (mut nll, mut norm) = (0.0, 0.0);
        for (index, batch) in batches.iter().enumerate() {
            let loss = self.objective.accumulate(batch, 1.0 / divisor, noise.chunk(index as u64))?;
            self.check("loss", loss, step, std::slice::from_ref(batch))?;
            nll += loss;
            if self.options.clip_at == ClipAt::MicroStep || index + 1 == batches.len() {
                norm = clip_by_global_norm(&gradients(parameters), self.options.clip)?;
                self.check("gradient norm", norm, step, &batches[..=index])?;
            }
        }
        Ok(Sums { nll, norm, size })
    }

    /// Refuses to go on with what is not a number, and leaves the batches that led to it for inspection.
    fn check(&self, what: &'static str, value: f64, step: u64, batches: &[O::Batch]) -> Result<()> {
        if value.is_finite() {
            return Ok(());
        }
        let Some(checkpoint) = &self.options.checkpoint else {
            return Err(Error::NonFinite { what, value, step });
        };
        let path = checkpoint.failure(step);
        let batches: Vec<_> = batches.iter().map(|batch| self.objective.describe(batch)).collect();
        let record = serde_json::json!({ "what": what, "value": value.to_string(), "step": step, "batches": batches });
        bench::file::write_json(&path, &record)?;
        Err(Error::Diverged { what, value, step, path })
    }

    /// Measures the sample before the first step, for the curve alone.
    fn validate_first(&mut self, feed: &Feed<'_, O::Batch>) -> Result<()> {
        let Some(held_out) = &feed.held_out else { return Ok(()) };
        let loss = self.measure(held_out)?;
        self.observer.event(&Event::Validated { step: 0, loss, best: false });
        self.curve.push(TrainingStep { validation: Some(loss), ..self.row(None, false) });
        Ok(())
    }

    fn validate(&mut self, held_out: &HeldOut<'_, O::Batch>) -> Result<()> {
        let (loss, step) = (self.measure(held_out)?, self.progress.steps);
        let best = self.progress.best.is_none_or(|best| loss < best.loss);
        if best {
            self.progress.best = Some(Best { step, loss });
            if let (Keep::Best, Some(checkpoint)) = (held_out.keep, &self.options.checkpoint) {
                checkpoint::save_best(checkpoint, self.objective.parameters(), step)?;
            }
        }
        self.curve.last_mut().expect("because a step was taken").validation = Some(loss);
        self.observer.event(&Event::Validated { step, loss, best });
        Ok(())
    }

    fn measure(&self, held_out: &HeldOut<'_, O::Batch>) -> Result<f64> {
        let check = |value: f64, batch: &O::Batch| {
            self.check("validation loss", value, self.progress.steps, std::slice::from_ref(batch))
        };
        validation_loss(self.objective, held_out.batches, &check)
    }

    fn save(&mut self, checkpoint: &CheckpointOptions) -> Result<()> {
        self.progress.seconds = self.begun.1 + self.begun.0.elapsed().as_secs_f64();
        self.progress.peak_bytes = self.progress.peak_bytes.max(peak_bytes());
        progress::write_curve(&checkpoint.curve(), &self.curve)?;
        let state = (self.objective.parameters(), &self.objective.carried());
        checkpoint::save(checkpoint, state, &self.optimizer, &self.progress)?;
        self.saved = Some(self.progress.steps);
        self.observer.event(&Event::Saved { path: checkpoint.path.clone(), step: self.progress.steps });
        Ok(())
    }

    /// Saves what a finished run must not compute again, and leaves the parameters that are kept.
    fn end(mut self, feed: &Feed<'_, O::Batch>) -> Result<Outcome> {
        let steps = self.progress.steps;
        if let Some(checkpoint) = &self.options.checkpoint {
            if checkpoint.every > 0 && self.saved != Some(steps) {
                self.save(checkpoint)?;
            }
            if let (Some(Keep::Best), Some(best)) = (feed.held_out.as_ref().map(|held| held.keep), self.progress.best) {
                checkpoint::restore_best(checkpoint, self.objective.parameters(), best.step)?;
            }
        }
        let Progress { last_loss, examples, tokens, read, clipped, best, .. } = self.progress;
        Ok(Outcome {
            steps,
            last_loss,
            presented: Size { examples, tokens, read },
            clipped,
            best,
            curve: self.curve,
            seconds: self.begun.1 + self.begun.0.elapsed().as_secs_f64(),
            peak_bytes: self.progress.peak_bytes.max(peak_bytes()),
        })
    }
}

/// What the batches of a step came to.
struct Sums {
    nll: f64,
    norm: f64,
    size: Size,
}

fn count(number: u64) -> f64 {
    number as f64
}

/// Gives every parameter a gradient of zero: one that a step does not touch would else have none in a run that was taken
/// up and zero in one that was not, and the optimizer tells them apart.
fn give_gradients(parameters: &Parameters) -> Result<()> {
    for (_, parameter) in parameters.iter().filter(|(_, parameter)| !parameter.grad().defined()) {
        let nothing = parameter.sum(Kind::Float) * 0.0;
        nothing.f_backward().map_err(|source| Error::torch("compute a gradient", source))?;
    }
    Ok(())
}

fn gradients(parameters: &Parameters) -> Vec<Tensor> {
    parameters.iter().map(|(_, parameter)| parameter.grad()).filter(Tensor::defined).collect()
}
