//! Counting tokens, which needs a tokenizer that this crate does not have.

use crate::error::Result;

/// What stands between prefix and answer in a prompt; Table 7 counts it with the prefix (R142).
pub const PREFIX_END: &str = "\n### Target:\n";

/// A tokenizer, as far as statistics need one.
pub trait TokenCounter {
    /// What it is called in tables: the name of the model it belongs to.
    fn name(&self) -> &str;

    /// The tokens of each of `texts`, in order, with no special tokens.
    ///
    /// # Errors
    /// If a text cannot be encoded.
    fn count(&self, texts: &[&str]) -> Result<Vec<u64>>;
}
