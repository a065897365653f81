//! The settings of dependency-resolved context.

use serde::{Deserialize, Serialize};

use crate::context::Best;
use crate::error::{Error, Result};

/// What of the test is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The prefix alone (M103).
    Prefix,
    /// The whole function around the assertion, target and what follows it included, as the authors do: names that
    /// stand in the target alone select definitions (M101, M103).
    Function,
}

/// How imports are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rules {
    /// To the letter of M105, M107 and M108.
    Published,
    /// Aliases and attributes of modules are followed, re-exports through several packages; what several imports take
    /// from one file is put together; decorators and annotated assignments are shown.
    Repaired,
}

/// The settings of [`Drc`](super::Drc).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DrcSettings {
    /// What of the test is read.
    pub scope: Scope,
    /// How imports are followed.
    pub rules: Rules,
    /// Whether imports of test files (helpers, set-up) are followed too, but for the task's own file (M102).
    pub test_helpers: bool,
    /// Tokens that the blocks may take at most, separators not counted (M109, M110).
    pub budget_tokens: usize,
    /// If given, the budget is only what the prefix leaves of so many tokens, and 128 at least (M110).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rest_of_tokens: Option<usize>,
    /// If given, only so many of the first blocks are shown as fit whole, with the prefix, into so many tokens (M111).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_blocks_within: Option<usize>,
    /// Where the most relevant block stands.
    pub best: Best,
}

impl DrcSettings {
    /// What a model reads besides the prefix, in a clause for tables.
    pub(in crate::context) fn describe(&self) -> String {
        let read = match self.scope {
            Scope::Prefix => "the prefix",
            Scope::Function => "the test function, the hidden target included,",
        };
        format!("definitions that {read} imports and uses, at most {} tokens", self.budget_tokens)
    }

    /// Whether each number is in its range.
    ///
    /// # Errors
    /// [`Error::Option`] for the first that is not.
    pub(super) fn check(&self) -> Result<()> {
        let at_least_one = [
            ("context.budget_tokens", self.budget_tokens),
            ("context.rest_of_tokens", self.rest_of_tokens.unwrap_or(1)),
            ("context.whole_blocks_within", self.whole_blocks_within.unwrap_or(1)),
        ];
        match at_least_one.into_iter().find(|(_, value)| *value == 0) {
            Some((option, value)) => Err(Error::option(option, value, "it must be at least 1")),
            None => Ok(()),
        }
    }
}
