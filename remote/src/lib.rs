//! Methods whose model runs elsewhere: behind HTTP ([`served`]) or in another process ([`plugin`]).
//!
//! Both answer the tasks of a release in running order, keep what is answered in a [`bench::Journal`] and tell an
//! [`Observer`] what happens. Nothing here needs tensors. [`http`] is the only user of an HTTP library in the workspace.

mod error;
mod event;
mod halt;
pub mod http;
mod pace;
pub mod plugin;
mod secret;
pub mod served;
mod spent;

pub use error::{Error, Result};
pub use event::{Event, Observer};
pub use pace::Limits;
pub use secret::Secret;
pub use spent::{Prices, Spent};

/// What a run needs to know besides method and tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOptions {
    /// Root hash of the release the tasks are of.
    pub release: String,
    /// Where finished predictions are kept until the run is over; nowhere if none.
    pub journal: Option<std::path::PathBuf>,
}
