//! The linear maps of a layer that adapters change (M8).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::Config;

/// A kind of adapted linear map: each layer has one of each. The order is the alphabetical one of the checkpoint names,
/// which generators of adapters rely on (M57, M225).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Module {
    /// [F -> D], closes the MLP.
    DownProj,
    /// [D -> F], gates the MLP.
    GateProj,
    /// [D -> K·E], keys.
    KProj,
    /// [H·E -> D], closes the attention.
    OProj,
    /// [D -> H·E], queries.
    QProj,
    /// [D -> F], opens the MLP.
    UpProj,
    /// [D -> K·E], values.
    VProj,
}

impl Module {
    /// All kinds, in order.
    pub const ALL: [Self; 7] =
        [Self::DownProj, Self::GateProj, Self::KProj, Self::OProj, Self::QProj, Self::UpProj, Self::VProj];

    /// The name in checkpoints.
    pub const fn name(self) -> &'static str {
        match self {
            Self::DownProj => "down_proj",
            Self::GateProj => "gate_proj",
            Self::KProj => "k_proj",
            Self::OProj => "o_proj",
            Self::QProj => "q_proj",
            Self::UpProj => "up_proj",
            Self::VProj => "v_proj",
        }
    }

    /// The name within a layer: `mlp.down_proj`, `self_attn.q_proj`.
    pub const fn path(self) -> &'static str {
        match self {
            Self::DownProj => "mlp.down_proj",
            Self::GateProj => "mlp.gate_proj",
            Self::KProj => "self_attn.k_proj",
            Self::OProj => "self_attn.o_proj",
            Self::QProj => "self_attn.q_proj",
            Self::UpProj => "mlp.up_proj",
            Self::VProj => "self_attn.v_proj",
        }
    }

    /// Input and output width in a model of this shape (M8: 1,536 and 8,960 for gate and up of the published one).
    pub const fn widths(self, config: &Config) -> (i64, i64) {
        let (d, f) = (config.hidden_size, config.intermediate_size);
        let (q, kv) = (config.num_attention_heads * config.head_dim, config.num_key_value_heads * config.head_dim);
        match self {
            Self::DownProj => (f, d),
            Self::GateProj | Self::UpProj => (d, f),
            Self::KProj | Self::VProj => (d, kv),
            Self::OProj => (q, d),
            Self::QProj => (d, q),
        }
    }
}

impl fmt::Display for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Module {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Error::option("module", name, format!("only {known} can be adapted"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// M50, M57, M225: alphabetical by name, whatever the declaration says.
    #[test]
    fn the_order_is_alphabetical() {
        assert!(Module::ALL.is_sorted() && Module::ALL.map(Module::name).is_sorted());
        for module in Module::ALL {
            assert_eq!(module.name().parse::<Module>().unwrap(), module);
            assert!(module.path().ends_with(module.name()));
        }
        assert!("embed_tokens".parse::<Module>().is_err());
    }
}
