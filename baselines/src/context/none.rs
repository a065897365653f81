//! No context: the model reads the prefix and nothing else (M91).

use bench::RepoView;

use super::{Context, Question};
use crate::error::Result;
use crate::tokenizer::Tokenizer;

/// Puts nothing before the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoContext;

impl Context for NoContext {
    fn describe(&self) -> String {
        "nothing".to_owned()
    }

    fn reads_files(&self) -> bool {
        false
    }

    fn enter(&mut self, _repo: &RepoView) -> Result<()> {
        Ok(())
    }

    fn before(&self, _question: Question<'_>, _repo: &RepoView, _tokenizer: &Tokenizer) -> Result<String> {
        Ok(String::new())
    }
}
