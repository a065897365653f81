//! What a method answered, and the card that says what the method is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::closed::closed_set;
use crate::ids::TaskId;
use crate::split::Split;

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
}

/// What a predictions file says of itself: the first line of JSON lines, the footer of Parquet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionsHeader {
    /// Version of the predictions format.
    pub repopeft_predictions: u32,
    /// Root hash of the release that was answered.
    pub release: String,
    /// The splits that are answered, each completely.
    pub splits: Vec<Split>,
    /// The method.
    pub card: MethodCard,
}

/// A whole predictions file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Predictions {
    /// What it says of itself.
    pub header: PredictionsHeader,
    /// The answers, by task id.
    pub rows: Vec<Prediction>,
}
