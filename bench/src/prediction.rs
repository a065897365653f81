//! What a method answered, and the card that says what the method is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::ids::TaskId;
use crate::split::Split;

/// Version of the predictions format. Fields that are added are optional and leave it as it is.
pub const PREDICTIONS_FORMAT: u32 = 1;

/// Bytes of a completion at most. Our choice: far more than 128 tokens have, little enough to be scored in time.
pub const MAX_COMPLETION_BYTES: usize = 64 << 10;

closed_set! {
    /// Why decoding of a completion ended.
    pub enum Stop as "stop reason" {
        /// The model emitted its end-of-text token.
        Eos = "eos",
        /// The limit of new tokens was reached.
        Length = "length",
    }
}

/// One answer: the raw decoded text; cleaning happens when it is scored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prediction {
    /// The task.
    pub task: TaskId,
    /// The raw completion, special tokens removed.
    pub completion: String,
    /// Tokens the model read, context included; absent if not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u32>,
    /// Of these, tokens of repository context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_tokens: Option<u32>,
    /// Tokens the model wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_tokens: Option<u32>,
    /// Why it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
}

/// What produced a set of predictions.
///
/// Fields are added over time, always optional ones, so that old files stay readable: write a card in Rust as
/// `MethodCard { context: …, ..MethodCard::new(…) }`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodCard {
    /// Kebab-case id: `pretrained`, `rag`.
    pub method: String,
    /// Name for tables.
    pub title: String,
    /// What the model reads besides the prefix, in a sentence.
    pub context: String,
    /// Which weights read it, in a sentence.
    pub adaptation: String,
    /// The base model's name or folder name.
    pub base_model: String,
    /// Parameters of the base model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<u64>,
    /// BLAKE3 of the base model's weights, configuration and tokenizer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_model_hash: Option<String>,
    /// Every other setting that can change an answer (decoding limits, retrieval sizes, …), by name.
    #[serde(default)]
    pub settings: BTreeMap<String, String>,
    /// How answers were decoded (S111), by name: `strategy`, `max_new_tokens`, `max_input_tokens`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub decoding: BTreeMap<String, String>,
    /// Which adapters were used and what a repository without one got (S116), in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adapters: Option<String>,
    /// What it ran on, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<String>,
    /// What training took; absent if not stated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training_budget: Option<TrainingBudget>,
    /// The licence of the weights: an SPDX identifier, or words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Whom to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Where to read more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether anyone can have the weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_weights: Option<bool>,
}

impl MethodCard {
    /// The card of `method`, called `title`: `base_model` reads the prefix alone, with its own weights; all that is optional
    /// is absent.
    pub fn new(method: impl Into<String>, title: impl Into<String>, base_model: impl Into<String>) -> Self {
        Self {
            method: method.into(),
            title: title.into(),
            context: "none".to_owned(),
            adaptation: "none".to_owned(),
            base_model: base_model.into(),
            parameters: None,
            base_model_hash: None,
            settings: BTreeMap::new(),
            decoding: BTreeMap::new(),
            adapters: None,
            hardware: None,
            training_budget: None,
            licence: None,
            contact: None,
            url: None,
            open_weights: None,
        }
    }
}

/// What training a method took, beyond its base model. Everything is optional.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingBudget {
    /// Steps of the optimizer, of all adapters together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<u64>,
    /// Training examples seen, repetitions included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<u64>,
    /// Tokens that a loss was computed on, repetitions included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervised_tokens: Option<u64>,
    /// Hours of one accelerator, all of them summed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu_hours: Option<f64>,
    /// Whatever the numbers do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What a predictions file says of itself: the first line of JSON lines, the footer of Parquet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionsHeader {
    /// Version of the predictions format.
    pub repopeft_predictions: u32,
    /// Root hash of the release that was answered.
    pub release: String,
    /// The splits that are answered, each completely.
    pub splits: Vec<Split>,
    /// Version of the scoring rules that the answers were made for (S115); absent if any will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// The method.
    pub card: MethodCard,
}

impl PredictionsHeader {
    /// The header, in today's format, of answers to `splits` of `release`.
    pub fn new(release: impl Into<String>, splits: impl Into<Vec<Split>>, card: MethodCard) -> Self {
        let (release, splits) = (release.into(), splits.into());
        Self { repopeft_predictions: PREDICTIONS_FORMAT, release, splits, rules: None, card }
    }
}

/// A whole predictions file.
#[derive(Debug, Clone, PartialEq)]
pub struct Predictions {
    /// What it says of itself.
    pub header: PredictionsHeader,
    /// The answers, by task id.
    pub rows: Vec<Prediction>,
}
