//! Which decoders are implemented, and what `config.json` calls them.

/// A family of decoders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Biases on queries, keys and values (M3).
    Qwen2,
    /// No biases; a norm over each head of queries and keys (M10).
    Qwen3,
}

impl Family {
    /// Every family.
    pub const ALL: [Self; 2] = [Self::Qwen2, Self::Qwen3];

    /// What the field `model_type` holds.
    pub const fn model_type(self) -> &'static str {
        match self {
            Self::Qwen2 => "qwen2",
            Self::Qwen3 => "qwen3",
        }
    }

    /// What the field `architectures` may hold: the decoder with its head, which is what is written, and without.
    pub(super) const fn architectures(self) -> [&'static str; 2] {
        match self {
            Self::Qwen2 => ["Qwen2ForCausalLM", "Qwen2Model"],
            Self::Qwen3 => ["Qwen3ForCausalLM", "Qwen3Model"],
        }
    }

    /// The width of a head where the file does not say it; none if it follows from the other sizes.
    pub(super) const fn head_dim(self) -> Option<i64> {
        match self {
            Self::Qwen2 => None,
            Self::Qwen3 => Some(128),
        }
    }
}
