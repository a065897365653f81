//! The kind of number the model computes in: chosen once, with its reason.

use std::fmt;
use std::str::FromStr;

use tch::{Device, Kind};

use crate::error::{Error, Result};

/// What the user asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PrecisionChoice {
    /// bf16 on a GPU, f32 on the CPU.
    #[default]
    Auto,
    /// 32-bit floats.
    F32,
    /// bfloat16 weights and activations; norms, softmax and logits stay in f32.
    Bf16,
}

impl FromStr for PrecisionChoice {
    type Err = Error;

    /// Reads `auto`, `f32` or `bf16`.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "auto" => Ok(Self::Auto),
            "f32" => Ok(Self::F32),
            "bf16" => Ok(Self::Bf16),
            _ => Err(Error::option("precision", text, "only auto, f32 and bf16 are known")),
        }
    }
}

/// The kind of weights and activations, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Precision {
    kind: Kind,
    reason: &'static str,
}

impl Precision {
    /// 32-bit floats.
    pub const F32: Self = Self { kind: Kind::Float, reason: "asked for" };
    /// bfloat16.
    pub const BF16: Self = Self { kind: Kind::BFloat16, reason: "asked for" };

    /// The precision for `choice` on `device`.
    pub fn choose(choice: PrecisionChoice, device: Device) -> Self {
        match (choice, device) {
            (PrecisionChoice::F32, _) => Self::F32,
            (PrecisionChoice::Bf16, _) => Self::BF16,
            (PrecisionChoice::Auto, Device::Cuda(_)) => {
                Self { kind: Kind::BFloat16, reason: "GPUs compute bf16 natively, and the paper's runs are in bf16" }
            }
            (PrecisionChoice::Auto, _) => {
                Self { kind: Kind::Float, reason: "CPUs without bf16 units compute f32 faster than bf16" }
            }
        }
    }

    /// The kind of weights and activations.
    pub fn kind(self) -> Kind {
        self.kind
    }

    /// Why this precision.
    pub fn reason(self) -> &'static str {
        self.reason
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.kind == Kind::BFloat16 { "bf16" } else { "f32" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn automatic_precision_follows_the_device() {
        assert_eq!(Precision::choose(PrecisionChoice::Auto, Device::Cpu).kind(), Kind::Float);
        assert_eq!(Precision::choose(PrecisionChoice::Auto, Device::Cuda(0)).kind(), Kind::BFloat16);
        assert_eq!(Precision::choose("bf16".parse().unwrap(), Device::Cpu).kind(), Kind::BFloat16);
        assert!("fp8".parse::<PrecisionChoice>().is_err());
    }
}
