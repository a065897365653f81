//! Looking into models and files of vectors, so that they can be held against other programs.

mod model;
mod vectors;

pub use model::{Asked, ModelReport, inspect_model, read_ids};
pub use vectors::{Spread, VectorsReport, inspect_vectors};
