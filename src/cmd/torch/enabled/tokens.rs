//! Counting tokens for `stats`.

use std::path::Path;

use anyhow::{Context, Result};
use baselines::Tokenizer;
use bench::stats::TokenCounter;

use super::folder_name;

/// The tokenizer of the model in `folder`, which needs no weights.
pub(crate) fn token_counter(folder: &Path) -> Result<Box<dyn TokenCounter>> {
    let tokenizer = Tokenizer::open(folder, &[]).with_context(|| format!("{} has no tokenizer", folder.display()))?;
    Ok(Box::new(Counter { name: folder_name(folder), tokenizer }))
}

struct Counter {
    name: String,
    tokenizer: Tokenizer,
}

impl TokenCounter for Counter {
    fn name(&self) -> &str {
        &self.name
    }

    fn count(&self, texts: &[&str]) -> bench::Result<Vec<u64>> {
        let counted = self
            .tokenizer
            .encode_all(texts)
            .map_err(|error| bench::Error::Statistics { action: "count tokens", reason: error.to_string() })?;
        Ok(counted.iter().map(|ids| ids.len() as u64).collect())
    }
}
