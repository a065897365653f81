//! The verbs that need libtorch, as twins: with the feature `torch` they work, without it they say how to get them.

#[cfg(not(feature = "torch"))]
mod disabled;
#[cfg(feature = "torch")]
mod enabled;

#[cfg(not(feature = "torch"))]
pub(crate) use disabled::{
    adapt, audit, check_model, convert, embed, inspect, methods, needs, predict, pretrain, token_counter, train,
};
#[cfg(feature = "torch")]
pub(crate) use enabled::{
    adapt, audit, check_model, convert, embed, inspect, methods, needs, predict, pretrain, token_counter, train,
};
