//! Making a small base model from source code, where no published weights can be had: tokenizer, then decoder, then a
//! folder that is opened like any other checkpoint.
//!
//! Documents of one repository stand side by side in the training stream, so that repeating what was defined a little
//! earlier pays: that is what retrieval will later rely on.

use std::path::Path;

use bench::Seed;
use bench::file::{claim_folder, remove_file, temporary};
use serde::{Deserialize, Serialize};
use tch::{Device, Kind};

use crate::error::{Error, Result};
use crate::model::{self, Config, Parameters, Qwen2};
use crate::tokenizer::{self, Tokenizer};
use crate::train::{self, Batch, CheckpointOptions, Decay, Event, NextToken, Observer, RunOptions, Schedule};

mod recipe;
mod stream;

pub use recipe::Recipe;

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
    /// Where in it, in bytes, the answer of a task begins, if it ends with one. Prompt and answer are encoded apart, as
    /// they will be when the model is asked (M6).
    pub answer: Option<usize>,
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
        // What a run that was killed in its last moment left.
        forget(folder)?;
        return Ok(finished);
    }
    let _claim = claim_folder(folder)?;
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
    let schedule = Schedule {
        peak: recipe.learning_rate,
        warmup_steps: recipe.warmup_steps,
        steps: recipe.steps,
        decay: Decay::Cosine,
    };
    RunOptions {
        adamw: recipe.adamw,
        clip: recipe.clip,
        checkpoint: Some(CheckpointOptions {
            path: folder.join(CHECKPOINT),
            every: options.checkpoint_every,
            // The last bits of a number depend on device and threads, so an interrupted run keeps both.
            identity: format!("{identity}/{:?}/{}", options.device, tch::get_num_threads()),
        }),
        ..RunOptions::new(schedule)
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
    bench::file::write_json(&folder.join(RECORD), made)?;
    forget(folder)
}

/// Removes the state of the run and the curve beside it: what stands beside the weights counts as part of the model.
fn forget(folder: &Path) -> Result<()> {
    let checkpoint = CheckpointOptions { path: folder.join(CHECKPOINT), every: 0, identity: String::new() };
    for path in [&checkpoint.path, &checkpoint.curve()] {
        for path in [path, &temporary(path)?] {
            remove_file(path)?;
        }
    }
    Ok(())
}

/// The record of `folder` if it holds exactly this model.
fn finished(folder: &Path, identity: &str) -> Result<Option<Pretrained>> {
    let path = folder.join(RECORD);
    let foreign = "it holds a model of another recipe or other documents; delete it or choose another folder";
    if !path.exists() {
        let unfinished = folder.join(CHECKPOINT).exists();
        let model = ["config.json", "tokenizer.json", "model.safetensors", "model.safetensors.index.json"];
        if !unfinished && model.iter().any(|name| folder.join(name).exists()) {
            return Err(Error::option("folder", folder.display(), foreign));
        }
        return Ok(None);
    }
    let bytes = std::fs::read(&path).map_err(|source| Error::io("read", &path, source))?;
    let record: Pretrained =
        serde_json::from_slice(&bytes).map_err(|source| Error::Json { path: path.clone(), source })?;
    if record.identity == identity {
        return Ok(Some(record));
    }
    Err(Error::option("folder", folder.display(), foreign))
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
        add(&document.answer.map_or_else(String::new, |at| at.to_string()));
    }
    hasher.finalize().to_hex().to_string()
}
