//! What training took: the file `training.json`, the same for every method (M237).

use bench::{Seed, TrainingBudget};
use serde::{Deserialize, Serialize};

use super::calibration::Calibration;
use super::settings::TrainingSettings;
use crate::examples::Dropped;
use crate::train::{Best, Outcome};

/// What a method was presented, repetitions counted: the columns without which methods cannot be compared (M38).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Presented {
    /// Steps of the optimizer, of all adapters together.
    pub steps: u64,
    /// Examples.
    pub examples: u64,
    /// Tokens with a loss.
    pub supervised_tokens: u64,
    /// Tokens read, padding not counted.
    pub tokens: u64,
}

/// The record of a training.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRecord {
    /// The method.
    pub method: String,
    /// What the adapter is for: a repository; none if it is for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo: Option<String>,
    /// Numbers in the base model.
    pub base_parameters: u64,
    /// Numbers that were trained, of all adapters together.
    pub parameters: u64,
    /// What was presented.
    pub presented: Presented,
    /// Distinct examples.
    pub distinct_examples: u64,
    /// Tasks that were no examples.
    pub dropped: Dropped,
    /// Repositories with examples.
    pub repositories: usize,
    /// Steps whose gradient was scaled down (M220).
    pub clipped_steps: u64,
    /// Mean loss per supervised token of the last step, in nats; none where there are many adapters.
    pub last_loss: Option<f64>,
    /// The lowest validation loss; none if nothing was validated, or there are many adapters.
    pub best: Option<Best>,
    /// What was kept of the part that the repository adds; none if there is no such part, or it was left as trained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// Tasks of the validation sample.
    pub validation_tasks: usize,
    /// Seconds of training and validation, interruptions left out.
    pub seconds: f64,
    /// The most memory that the process held, in bytes; none on a GPU, whose memory libtorch's bindings do not count.
    pub peak_bytes: Option<u64>,
    /// Where it was computed.
    pub device: String,
    /// Threads.
    pub threads: usize,
    /// The kind of number the base model computed in.
    pub precision: String,
    /// BLAKE3 of the base model.
    pub base_model_hash: String,
    /// Root hash of the release.
    pub release: String,
    /// Root of all randomness.
    pub seed: Seed,
    /// How it was trained.
    pub settings: TrainingSettings,
}

impl Presented {
    /// What a run presented.
    pub(super) fn of(outcome: &Outcome) -> Self {
        let size = outcome.presented;
        Self { steps: outcome.steps, examples: size.examples, supervised_tokens: size.tokens, tokens: size.read }
    }
}

impl From<Presented> for TrainingBudget {
    fn from(presented: Presented) -> Self {
        let Presented { steps, examples, supervised_tokens, .. } = presented;
        Self {
            steps: Some(steps),
            examples: Some(examples),
            supervised_tokens: Some(supervised_tokens),
            ..Self::default()
        }
    }
}

impl std::ops::AddAssign for Presented {
    fn add_assign(&mut self, other: Self) {
        self.steps += other.steps;
        self.examples += other.examples;
        self.supervised_tokens += other.supervised_tokens;
        self.tokens += other.tokens;
    }
}
