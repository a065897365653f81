//! How a method is trained: commented TOML files of this crate, over which a user may lay their own.

use std::collections::BTreeMap;
use std::path::Path;

use bench::MethodProfile;
use serde::{Deserialize, Serialize};
use toml::Table;

use super::network::NetworkSettings;
use crate::adapter::{LoraOptions, Module, Sharing};
use crate::error::{Error, Result};
use crate::examples::{BatchLimits, Budget, Sampling, SourceOptions, ValidationSample};
use crate::model::Config;
use crate::settings::{flatten, lay, parse, refused};
use crate::train::{
    Activations, AdamWOptions, ClipAt, Decay, Decays, Keep, Reduction, Regularization, Rounding, Schedule, Updates,
};

/// What every method starts from.
const SHARED: &str = include_str!("../../training/shared.toml");
/// What stands for these files in messages.
const BUILT_IN: &str = "the built-in training settings";

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// All parameters of the model.
    Full,
    /// One adapter.
    Lora,
    /// An adapter for each repository.
    LoraPerRepository,
    /// A network that makes adapters.
    Network,
}

/// Everything that decides how a method is trained, besides data, base model and seed. `training/` explains each key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingSettings {
    /// What is trained.
    pub kind: Kind,
    /// How much is presented.
    pub budget: Budget,
    /// Whether the budget is that of all adapters together, where there are many, or of each.
    pub share_budget: bool,
    /// What is drawn first; none where histories are walked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sampling: Option<Sampling>,
    /// Examples of a step; none where histories are walked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_examples: Option<usize>,
    /// What a forward pass keeps.
    pub activations: Activations,
    /// The shape of the adapter; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lora: Option<LoraSettings>,
    /// The network; none where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<NetworkSettings>,
    /// What is read.
    pub data: SourceOptions,
    /// How parameters are updated.
    pub optimizer: OptimizerSettings,
    /// How sure it may become of inputs and targets.
    pub regularization: Regularization,
    /// What fits the memory.
    pub batch: BatchLimits,
    /// What is validated.
    pub validation: ValidationSettings,
}

/// The shape of an adapter, and its dropout.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoraSettings {
    /// R.
    pub rank: i64,
    /// α; the scale is α/r.
    pub alpha: f64,
    /// Whether layers share their pairs.
    pub sharing: Sharing,
    /// The adapted modules.
    pub modules: Vec<Module>,
    /// Dropout on what the branches read.
    pub dropout: f64,
}

impl LoraSettings {
    /// The shape.
    pub fn options(&self) -> LoraOptions {
        LoraOptions { rank: self.rank, alpha: self.alpha, sharing: self.sharing, modules: self.modules.clone() }
    }
}

/// How parameters are updated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptimizerSettings {
    /// The highest rate.
    pub learning_rate: f64,
    /// Share of the steps in which it rises.
    pub warmup: f64,
    /// How that share becomes a number of steps.
    pub warmup_rounding: Rounding,
    /// How it falls.
    pub decay: Decay,
    /// See [`AdamWOptions`].
    pub beta1: f64,
    /// See [`AdamWOptions`].
    pub beta2: f64,
    /// See [`AdamWOptions`].
    pub epsilon: f64,
    /// See [`AdamWOptions`].
    pub weight_decay: f64,
    /// See [`AdamWOptions`].
    pub decays: Decays,
    /// See [`AdamWOptions`].
    pub updates: Updates,
    /// What the sum of losses is divided by.
    pub reduction: Reduction,
    /// The norm to clip to.
    pub clip: f64,
    /// When to clip.
    pub clip_at: ClipAt,
}

/// What is validated, how often, and what for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidationSettings {
    /// See [`ValidationSample`].
    pub split: bench::Split,
    /// See [`ValidationSample`].
    pub repositories: usize,
    /// See [`ValidationSample`].
    pub commits: usize,
    /// See [`ValidationSample`].
    pub tasks: usize,
    /// See [`ValidationSample`].
    pub seed: bench::Seed,
    /// Of the examples of a repository without a task of this split, so many in a hundred are held out (M119); for
    /// adapters for one repository only.
    pub hold_out_percent: u8,
    /// How often in a run.
    pub measures: u64,
    /// The parameters that the run ends with.
    pub keep: Keep,
}

impl ValidationSettings {
    /// The sample.
    pub fn sample(&self) -> ValidationSample {
        let Self { split, repositories, commits, tasks, seed, .. } = *self;
        ValidationSample { split, repositories, commits, tasks, seed }
    }

    /// Steps between measures in a run of `steps`.
    pub fn every(&self, steps: u64) -> u64 {
        steps.div_ceil(self.measures.max(1)).max(1)
    }
}

impl OptimizerSettings {
    /// The rates of a run of `steps`.
    pub fn schedule(&self, steps: u64) -> Schedule {
        let warmup_steps = self.warmup_rounding.of(self.warmup, steps);
        Schedule { peak: self.learning_rate, warmup_steps, steps, decay: self.decay }
    }

    /// The constants of the update.
    pub fn adamw(&self) -> AdamWOptions {
        let Self { beta1, beta2, epsilon, weight_decay, decays, updates, .. } = *self;
        AdamWOptions { beta1, beta2, epsilon, weight_decay, decays, updates }
    }
}

impl TrainingSettings {
    /// The settings of the TOML texts `layers` under `profile`, laid one after the other over those that all methods share,
    /// with the file `overrides`, if any, over all.
    ///
    /// # Errors
    /// [`Error::Settings`] if a text is no TOML, a key is unknown or of another type, or the file would change what is
    /// trained; [`Error::Io`] if it cannot be read; [`Error::Option`] if a value is out of its range.
    pub fn read(layers: &[&str], profile: MethodProfile, overrides: Option<&Path>) -> Result<Self> {
        let mut table = parse(SHARED, BUILT_IN)?;
        for text in layers {
            lay(&mut table, parse(text, BUILT_IN)?, profile);
        }
        let mut origin = BUILT_IN.to_owned();
        if let Some(path) = overrides {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            origin = path.display().to_string();
            let over = parse(&text, &origin)?;
            let network = over.get("network").and_then(|network| network.as_table());
            let architecture =
                network.and_then(|network| network.get("architecture")).and_then(|table| table.as_table());
            let fixed = [
                ("kind", over.contains_key("kind")),
                ("network.control", network.is_some_and(|network| network.contains_key("control"))),
                ("network.architecture.kind", architecture.is_some_and(|table| table.contains_key("kind"))),
                ("network.architecture.sharing", architecture.is_some_and(|table| table.contains_key("sharing"))),
            ];
            if let Some((key, _)) = fixed.into_iter().find(|(_, is_given)| *is_given) {
                let reason = format!("{key} makes the method what it is and cannot be changed");
                return Err(Error::Settings { origin, reason });
            }
            // One budget replaces the other: laid over each other they would be two.
            if over.contains_key("budget") {
                table.remove("budget");
            }
            bench::overlay(&mut table, over);
        }
        let settings: Self = table.try_into().map_err(|error| refused(&origin, &error))?;
        settings.check()?;
        Ok(settings.effective())
    }

    /// The same without what says nothing to this method, so that no record claims it: histories are walked commit by
    /// commit and clipped once a step, and only adapters of repositories can share a budget.
    #[must_use]
    pub(super) fn effective(mut self) -> Self {
        self.share_budget &= self.kind == Kind::LoraPerRepository;
        if self.network.as_ref().and_then(NetworkSettings::walk).is_some() {
            (self.sampling, self.step_examples) = (None, None);
            self.optimizer.clip_at = ClipAt::Step;
        }
        self
    }

    /// The same for a base model of this shape: no example is longer than what it reads.
    #[must_use]
    pub(super) fn within(mut self, config: &Config) -> Self {
        let positions = usize::try_from(config.max_position_embeddings).unwrap_or(0);
        self.data.max_len = self.data.max_len.min(positions);
        self
    }

    /// What examples are drawn by, and how many a step has.
    pub(super) fn drawn(&self) -> (Sampling, usize) {
        let both = self.sampling.zip(self.step_examples);
        both.expect("because only histories go without, and these are walked")
    }

    /// Every setting by its dotted key.
    pub fn listed(&self) -> BTreeMap<String, String> {
        let table = Table::try_from(self).expect("because settings came from TOML");
        let mut list = BTreeMap::new();
        flatten("training.", &table, &mut list);
        list
    }

    fn check(&self) -> Result<()> {
        self.budget.check()?;
        self.regularization.check()?;
        let OptimizerSettings { learning_rate, warmup, beta1, beta2, epsilon, weight_decay, clip, .. } = self.optimizer;
        let (rank, alpha, dropout) =
            self.lora.as_ref().map_or((1, 1.0, 0.0), |lora| (lora.rank, lora.alpha, lora.dropout));
        let step_examples = self.step_examples.unwrap_or(1);
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let share = |value: f64| (0.0..1.0).contains(&value);
        let divisor = if let Reduction::Sum(divisor) = self.optimizer.reduction { divisor } else { 1.0 };
        let numbers = [
            ("optimizer.learning_rate", learning_rate, positive(learning_rate), "a positive number is needed"),
            ("optimizer.warmup", warmup, (0.0..=1.0).contains(&warmup), "0 to 1 is needed"),
            ("optimizer.beta1", beta1, share(beta1), "0 to 1 is needed, 1 excluded"),
            ("optimizer.beta2", beta2, share(beta2), "0 to 1 is needed, 1 excluded"),
            ("optimizer.epsilon", epsilon, positive(epsilon), "a positive number is needed"),
            ("optimizer.weight_decay", weight_decay, (0.0..1e9).contains(&weight_decay), "0 or more is needed"),
            ("optimizer.clip", clip, (0.0..1e18).contains(&clip), "0 or more is needed"),
            ("optimizer.reduction", divisor, positive(divisor), "a positive divisor is needed"),
            ("lora.alpha", alpha, positive(alpha), "a positive number is needed"),
            ("lora.dropout", dropout, share(dropout), "0 to 1 is needed, 1 excluded"),
            ("lora.rank", rank as f64, (1..=4096).contains(&rank), "1 to 4096 is needed"),
            ("step_examples", step_examples as f64, step_examples > 0, "at least 1 is needed"),
            ("batch.rows", self.batch.rows as f64, self.batch.rows > 0, "at least 1 is needed"),
        ];
        if let Some((option, value, _, reason)) = numbers.into_iter().find(|(_, _, fits, _)| !fits) {
            return Err(Error::option(option, value, reason));
        }
        let percent = self.validation.hold_out_percent;
        if percent > 99 || percent > 0 && self.kind != Kind::LoraPerRepository {
            let reason = "0 to 99 is needed, and 0 where not every repository has an adapter of its own";
            return Err(Error::option("validation.hold_out_percent", percent, reason));
        }
        let tables = match self.kind {
            Kind::Full => (false, false),
            Kind::Lora | Kind::LoraPerRepository => (true, false),
            Kind::Network => (false, true),
        };
        if tables != (self.lora.is_some(), self.network.is_some()) {
            let reason = "LoRA needs the table lora, networks need the table network, and neither has the other's";
            return Err(Error::option("lora, network", "given or missing", reason));
        }
        self.network.as_ref().map_or(Ok(()), NetworkSettings::check)
    }
}
