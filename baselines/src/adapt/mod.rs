//! From a checkpoint and one repository to an adapter, outside of any release: what a user of the methods wants.
//!
//! [`Trained`] opens a checkpoint in any of its forms; [`Progress`] is the state of a network that walks a history, with
//! the file that it is kept in between calls. Who reads the repository is the caller's affair: here are only its vectors.

mod progress;
mod trained;

pub use progress::{Binding, Place, Progress};
pub use trained::Trained;
pub(crate) use trained::{check_width, method_of};
