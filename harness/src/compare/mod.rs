//! Comparisons of methods.

mod flip;
mod holm;
mod letters;
mod mcnemar;
mod options;
mod pair;
mod plan;
mod repositories;
mod series;
mod spread;
mod student;
mod subsets;

pub use holm::holm;
pub use mcnemar::mcnemar;
pub use options::CompareOptions;
pub use plan::compare;
pub use series::Series;
