//! Where guesses at completions come from.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, Result};

/// Guesses at one prompt that are read at most: equal prompts may have several targets, and each costs columns.
pub(super) const MAX_GUESSES: usize = 4;

/// Which guesses are read ahead of the model's choices. None of them can change a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draft {
    /// Those given with a prompt (targets, in a run over tasks) and what other prompts of its tree go on with.
    Target,
    /// What followed the last tokens where they stood before.
    Ngram,
    /// First the given ones, then n-grams.
    #[default]
    Both,
    /// None.
    None,
}

impl Draft {
    /// Every kind, in the order of their explanation.
    pub const ALL: [Self; 4] = [Self::Target, Self::Ngram, Self::Both, Self::None];

    /// The written name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Ngram => "ngram",
            Self::Both => "both",
            Self::None => "none",
        }
    }

    pub(crate) fn given(self) -> bool {
        matches!(self, Self::Target | Self::Both)
    }

    pub(super) fn looked_up(self) -> bool {
        matches!(self, Self::Ngram | Self::Both)
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Draft {
    type Err = Error;

    fn from_str(word: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|draft| draft.name() == word);
        found.ok_or_else(|| Error::option("draft", word, "only target, ngram, both and none are known"))
    }
}
