//! What a base model is made from besides documents: sizes, budget and constants, as a commented TOML file.

use std::path::Path;

use bench::Seed;
use serde::{Deserialize, Serialize};
use toml::Table;

use crate::error::{Error, Result};
use crate::model::{Config, Family};
use crate::settings;
use crate::train::AdamWOptions;

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

/// The recipe that is taken unless another is laid over it, with comments.
const EMBEDDED: &str = include_str!("../../recipes/pretrain.toml");

impl Recipe {
    /// The embedded recipe, `recipes/pretrain.toml`, with seed 0.
    pub fn quickstart() -> Self {
        decode(embedded(), "the built-in recipe").expect("because a test reads the embedded recipe")
    }

    /// The embedded recipe with the TOML file `overrides`, if any, laid over it key by key, and `seed`.
    ///
    /// # Errors
    /// [`Error::Settings`] if the file is no TOML, or a key is unknown, of another type, or `seed`, which is not the
    /// file's to say; [`Error::Io`] if it cannot be read.
    pub fn read(overrides: Option<&Path>, seed: Seed) -> Result<Self> {
        let mut recipe = Self::quickstart();
        if let Some(path) = overrides {
            let text = std::fs::read_to_string(path).map_err(|source| Error::io("read", path, source))?;
            let origin = path.display().to_string();
            let over = settings::parse(&text, &origin)?;
            if over.contains_key("seed") {
                let reason = "the seed is an option of the command line, --seed".to_owned();
                return Err(Error::Settings { origin, reason });
            }
            let mut table = embedded();
            bench::overlay(&mut table, over);
            recipe = decode(table, &origin)?;
        }
        Ok(Self { seed, ..recipe })
    }

    pub(super) fn config(&self, rows: u32, eos: u32) -> Result<Config> {
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
            family: Family::Qwen2,
            num_hidden_layers: self.layers.into(),
            num_attention_heads: self.heads.into(),
            num_key_value_heads: self.kv_heads.into(),
            head_dim: (self.hidden_size / self.heads).into(),
            max_position_embeddings: self.context_tokens.into(),
            rope_theta: self.rope_theta,
            rms_norm_eps: 1e-6,
            tie_word_embeddings: self.tie_word_embeddings,
            initializer_range: 0.02,
            eos_token_ids: vec![eos],
        })
    }

    pub(super) fn check(&self) -> Result<()> {
        let counts = [
            ("layers", u64::from(self.layers)),
            ("intermediate_size", self.intermediate_size.into()),
            ("context_tokens", self.context_tokens.into()),
            ("batch_rows", self.batch_rows.into()),
            ("steps", self.steps),
        ];
        if let Some((option, _)) = counts.into_iter().find(|&(_, count)| count == 0) {
            return Err(Error::option(option, 0, "at least 1 is needed"));
        }
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let share = |value: f64| (0.0..1.0).contains(&value);
        let AdamWOptions { beta1, beta2, epsilon, weight_decay, .. } = self.adamw;
        let numbers = [
            ("cut_rate", self.cut_rate, (0.0..=1.0).contains(&self.cut_rate), "0 to 1 is needed"),
            ("learning_rate", self.learning_rate, positive(self.learning_rate), "a positive number is needed"),
            ("rope_theta", self.rope_theta, positive(self.rope_theta), "a positive number is needed"),
            ("clip", self.clip, positive(self.clip), "a positive number is needed"),
            ("adamw.beta1", beta1, share(beta1), "0 to 1 is needed, 1 excluded"),
            ("adamw.beta2", beta2, share(beta2), "0 to 1 is needed, 1 excluded"),
            ("adamw.epsilon", epsilon, positive(epsilon), "a positive number is needed"),
            (
                "adamw.weight_decay",
                weight_decay,
                weight_decay >= 0.0 && weight_decay.is_finite(),
                "0 or more is needed",
            ),
        ];
        match numbers.into_iter().find(|(_, _, fits, _)| !fits) {
            Some((option, value, _, reason)) => Err(Error::option(option, value, reason)),
            None => Ok(()),
        }
    }
}

/// The embedded recipe as a table, seed 0 included.
fn embedded() -> Table {
    let mut table: Table = EMBEDDED.parse().expect("because a test reads the embedded recipe");
    table.insert("seed".to_owned(), 0.into());
    table
}

fn decode(table: Table, origin: &str) -> Result<Recipe> {
    table.try_into().map_err(|error| settings::refused(origin, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_recipe_makes_a_model() {
        let recipe = Recipe::read(None, Seed(3)).expect("a recipe");
        assert_eq!(recipe.seed, Seed(3));
        recipe.check().expect("counts");
        recipe.config(1024, 0).expect("a configuration");
    }

    #[test]
    fn files_are_laid_over_it_or_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("own.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).expect("written");
            Recipe::read(Some(&path), Seed(0))
        };
        let own = read("steps = 7\n[adamw]\nbeta2 = 0.99\n").expect("a recipe");
        assert_eq!((own.steps, own.adamw.beta1, own.adamw.beta2), (7, Recipe::quickstart().adamw.beta1, 0.99));
        for (text, reason) in
            [("stepz = 1", "stepz"), ("seed = 1", "--seed"), ("steps = \"x\"", "own.toml"), ("=", "own.toml")]
        {
            let error = read(text).expect_err("refused").to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
