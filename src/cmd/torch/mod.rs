//! The verbs that need libtorch, as twins: with the feature `torch` they work, without it they say how to get them.

#[cfg(not(feature = "torch"))]
mod disabled;
#[cfg(feature = "torch")]
mod enabled;

#[cfg(not(feature = "torch"))]
pub(crate) use disabled::{audit, embed, inspect, methods, predict, pretrain, token_counter, train};
#[cfg(feature = "torch")]
pub(crate) use enabled::{audit, embed, inspect, methods, predict, pretrain, token_counter, train};
