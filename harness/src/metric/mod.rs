//! The metrics: pure functions of a cleaned completion and a cleaned target, higher is better, all in 0..=1.

mod edit_similarity;
mod exact_match;



pub use edit_similarity::{Matcher, edit_similarity};
pub use exact_match::{em_ast, em_paper, em_strict};
