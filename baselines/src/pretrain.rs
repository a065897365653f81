//! Making a small base model from source code, where no published weights can be had: tokenizer, then decoder, then a
//! folder that is opened like any other checkpoint.
//!
//! Documents of one repository stand side by side in the training stream, so that repeating what was defined a little
//! earlier pays: that is what retrieval will later rely on.

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use tch::{Device, Kind};

use crate::error::{Error, Result};
use crate::model::{self, Config, Parameters, Qwen2, write_json};
use crate::tokenizer::{self, Tokenizer};
use crate::train::{
    self, AdamWOptions, Batch, CheckpointOptions, Decay, Event, NextToken, Observer, RunOptions, Schedule,
};

mod stream;

use stream::Stream;

/// Written last: a folder that has it is complete.
const RECORD: &str = "pretraining.json";
/// The state of an unfinished run.
const CHECKPOINT: &str = "checkpoint.safetensors";

/// A text of a repository: a file, or what a prompt will look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Documents of equal `repository` are put side by side.
    pub repository: String,
    /// The text.
    pub text: String,
}

/// All that decides what comes out, besides the documents: equal recipes and documents give equal models on one machine
/// with one number of threads. The budget is steps, never seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Tokens of the vocabulary, bytes and special tokens included.
    pub vocab_size: usize,
    /// Width of the hidden states.
    pub hidden_size: u32,
    /// Decoder layers.
    pub layers: u32,
    /// Query heads; their width is `hidden_size / heads`.
    pub heads: u32,
    /// Key and value heads.
    pub kv_heads: u32,
    /// Width of the MLP.
    pub intermediate_size: u32,
    /// Whether the head is the embedding.
    pub tie_word_embeddings: bool,
    /// Base of the rotary frequencies.
    pub rope_theta: f64,
    /// Tokens of a training window, and the longest sequence the model is made for.
    pub context_tokens: u32,
    /// Windows of a step.
    pub batch_rows: u32,
    /// How often a text is cut where a prompt could end, so that both parts are encoded apart; from 0 to 1.
    pub cut_rate: f64,
    /// How many of the windows are random tokens that repeat themselves, from 0 to 1: they teach to copy from what was
    /// read, which small models otherwise learn late.
    pub copy_rate: f64,
    /// Standard deviation of fresh weights.
    pub initializer_range: f64,
    /// Steps.
    pub steps: u64,
    /// Highest learning rate; it rises linearly and falls as a cosine.
    pub learning_rate: f64,
    /// Steps of the rise.
    pub warmup_steps: u64,
    /// Constants of the optimizer.
    pub adamw: AdamWOptions,
    /// Gradients are clipped to this global norm.
    pub clip: f64,
    /// Root of all randomness.
    pub seed: Seed,
}

impl Recipe {
    /// A model of about two million parameters that two CPU cores train in about a minute and a half. Our choice
    /// throughout: small windows of many repositories, and a high rate, because there are few steps.
    pub fn quickstart() -> Self {
        Self {
            vocab_size: 2048,
            hidden_size: 192,
            layers: 4,
            heads: 6,
            kv_heads: 2,
            intermediate_size: 512,
            tie_word_embeddings: true,
            rope_theta: 10_000.0,
            context_tokens: 512,
            batch_rows: 8,
            cut_rate: 0.1,
            copy_rate: 0.1,
            initializer_range: 0.05,
            steps: 150,
            learning_rate: 3e-3,
            warmup_steps: 10,
            adamw: AdamWOptions { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weight_decay: 0.05 },
            clip: 1.0,
            seed: Seed(0),
        }
    }

    fn config(&self, rows: u32, eos: u32) -> Result<Config> {
        if self.heads == 0 || self.kv_heads == 0 || !self.heads.is_multiple_of(self.kv_heads) {
            return Err(Error::option("kv_heads", self.kv_heads, format!("it must divide the {} heads", self.heads)));
        }
        if self.hidden_size == 0 || !self.hidden_size.is_multiple_of(2 * self.heads) {
            let reason = format!("a multiple of twice the {} heads is needed", self.heads);
            return Err(Error::option("hidden_size", self.hidden_size, reason));
        }
        Ok(Config {
            vocab_size: rows.into(),
            hidden_size: self.hidden_size.into(),
            intermediate_size: self.intermediate_size.into(),
            num_hidden_layers: self.layers.into(),
            num_attention_heads: self.heads.into(),
            num_key_value_heads: self.kv_heads.into(),
            head_dim: (self.hidden_size / self.heads).into(),
            max_position_embeddings: self.context_tokens.into(),
            rope_theta: self.rope_theta,
            rms_norm_eps: 1e-6,
            tie_word_embeddings: self.tie_word_embeddings,
            initializer_range: self.initializer_range,
            eos_token_ids: vec![eos],
        })
    }

    fn check(&self) -> Result<()> {
        let counts = [
            ("layers", u64::from(self.layers)),
            ("intermediate_size", self.intermediate_size.into()),
            ("context_tokens", self.context_tokens.into()),
            ("batch_rows", self.batch_rows.into()),
            ("steps", self.steps),
        ];
        match counts.into_iter().find(|&(_, count)| count == 0) {
            Some((option, _)) => Err(Error::option(option, 0, "at least 1 is needed")),
            None => Ok(()),
        }
    }
}

/// How to make it, as far as the result does not depend on it.
#[derive(Debug, Clone)]
pub struct PretrainOptions {
    /// What to make.
    pub recipe: Recipe,
    /// Where to compute.
    pub device: Device,
    /// A run that is killed loses at most this many steps; 0 never saves.
    pub checkpoint_every: u64,
}

/// What was made; also the content of `pretraining.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pretrained {
    /// How it was made.
    pub recipe: Recipe,
    /// Hash of recipe and documents.
    pub identity: String,
    /// Documents read.
    pub documents: usize,
    /// Tokens of all documents.
    pub corpus_tokens: usize,
    /// Tokens of the vocabulary.
    pub vocabulary: u32,
    /// Numbers in the model.
    pub parameters: u64,
    /// Tokens trained on, repetitions counted.
    pub trained_tokens: u64,
    /// Mean loss per token of the last step, in nats.
    pub last_loss: f64,
}

/// Trains a tokenizer and a model on `documents` and leaves a Hugging Face folder at `folder`. A folder that already
/// holds this very model is left as it is; an interrupted run is continued.
///
/// # Errors
/// If the recipe makes no model, the documents are too few for one window, the folder holds another model or cannot be
/// written, or the loss is not a number.
pub fn pretrain(
    documents: &[Document],
    folder: &Path,
    options: &PretrainOptions,
    observer: &mut dyn Observer,
) -> Result<Pretrained> {
    let recipe = &options.recipe;
    recipe.check()?;
    let identity = identity(recipe, documents);
    if let Some(finished) = finished(folder, &identity)? {
        return Ok(finished);
    }
    std::fs::create_dir_all(folder).map_err(|source| Error::io("create", folder, source))?;
    let texts: Vec<&str> = documents.iter().map(|document| document.text.as_str()).collect();
    let tokenizer = tokenizer::train(&texts, recipe.vocab_size)?;
    let stream = Stream::pack(documents, &tokenizer, recipe)?;
    let config = recipe.config(tokenizer.rows(), tokenizer.eos())?;
    let objective = objective(&config, recipe.seed, options.device);
    let parameters = train::Objective::parameters(&objective).count();
    observer.event(&Event::Prepared {
        documents: documents.len(),
        tokens: stream.len(),
        vocabulary: tokenizer.rows(),
        parameters,
    });
    let run = run_options(options, folder, &identity);
    let batches = |step| Ok(vec![Batch::windows(&stream.windows(step))]);
    let outcome = train::run(&objective, &batches, &run, observer)?;
    let made = Pretrained {
        recipe: recipe.clone(),
        identity,
        documents: documents.len(),
        corpus_tokens: stream.len(),
        vocabulary: tokenizer.rows(),
        parameters,
        trained_tokens: recipe.steps * u64::from(recipe.batch_rows) * u64::from(recipe.context_tokens),
        last_loss: outcome.last_loss.expect("because a recipe has at least one step"),
    };
    finish(folder, &config, &objective.into_parameters(), &tokenizer, &made)?;
    Ok(made)
}

fn objective(config: &Config, seed: Seed, device: Device) -> NextToken {
    let parameters = Parameters::init(config, seed.derive("init"), Kind::Float, device);
    NextToken::new(Qwen2::new(config, &parameters), parameters)
}

fn run_options(options: &PretrainOptions, folder: &Path, identity: &str) -> RunOptions {
    let recipe = &options.recipe;
    RunOptions {
        schedule: Schedule {
            peak: recipe.learning_rate,
            warmup_steps: recipe.warmup_steps,
            steps: recipe.steps,
            decay: Decay::Cosine,
        },
        adamw: recipe.adamw,
        clip: recipe.clip,
        checkpoint: Some(CheckpointOptions {
            path: folder.join(CHECKPOINT),
            every: options.checkpoint_every,
            identity: identity.to_owned(),
        }),
    }
}

/// Writes the model, then the record, then forgets the checkpoint.
fn finish(
    folder: &Path,
    config: &Config,
    parameters: &Parameters,
    tokenizer: &Tokenizer,
    made: &Pretrained,
) -> Result<()> {
    model::save(folder, config, parameters, tokenizer)?;
    let record = serde_json::to_value(made).expect("because the record is plain");
    write_json(&folder.join(RECORD), &record)?;
    let checkpoint = folder.join(CHECKPOINT);
    match std::fs::remove_file(&checkpoint) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &checkpoint, source)),
        _ => Ok(()),
    }
}

/// The record of `folder` if it holds exactly this model.
fn finished(folder: &Path, identity: &str) -> Result<Option<Pretrained>> {
    let path = folder.join(RECORD);
    if !path.exists() {
        return Ok(None);
    }
    let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
    let record: Pretrained =
        serde_json::from_slice(&bytes).map_err(|source| Error::Json { path: path.clone(), source })?;
    if record.identity == identity {
        return Ok(Some(record));
    }
    let reason = "it holds a model of another recipe or other documents; delete it or choose another folder";
    Err(Error::option("folder", folder.display(), reason))
}

/// A hash of everything the result depends on.
fn identity(recipe: &Recipe, documents: &[Document]) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut add = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    add(&serde_json::to_string(recipe).expect("because a recipe is plain"));
    for document in documents {
        add(&document.repository);
        add(&document.text);
    }
    hasher.finalize().to_hex().to_string()
}
