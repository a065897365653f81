//! The metrics: pure functions of a cleaned completion and a cleaned target, higher is better, all in 0..=1.

mod code_bleu;
mod edit_similarity;
mod exact_match;
mod ngram;
mod token_bleu;

pub(crate) use code_bleu::short_cut;
pub use code_bleu::{CodeBleu, CodeBleuComponents, HashSensitivity};
pub use edit_similarity::{Matcher, edit_similarity};
pub use exact_match::{em_ast, em_paper, em_strict};
pub use token_bleu::{TokenBleu, token_bleu};
