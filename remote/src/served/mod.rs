//! Models behind an HTTP interface as `OpenAI` introduced it: completions, or chat.
//!
//! [`run`] answers tasks with a [`ServedModel`] whose answers come from a [`Source`]: a [`Client`] that asks a server, a
//! [`Recording`] of one, or both.

mod answer;
mod client;
mod endpoint;
mod model;
mod recording;
mod run;
mod settings;
mod unwrapping;

pub use client::{Client, ClientOptions};
pub use endpoint::Endpoint;
pub use model::{Api, ModelOptions, ServedModel};
pub use recording::Recording;
pub use run::{Outcome, Source, run};
pub use settings::{ChatSettings, RequestSettings, ServedSettings};
pub use unwrapping::Unwrapping;
