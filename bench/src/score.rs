//! Scores: one row a task, one summary a method.

mod row;
mod summary;
mod tally;

use crate::closed::closed_set;

pub use row::{Altered, Components, TaskFacts, TaskScore};
pub use summary::{
    Estimate, PaperBias, SUMMARY_FORMAT, ScoreManifest, Slice, SplitSummary, Spread, Summary, TokenMeans, Versions,
};
pub use tally::ErrorTally;

/// The properties that every score file can be sliced by; the user's own must have other names.
pub const BUILT_IN_SLICES: [&str; 22] = [
    "all",
    "need",
    "family",
    "kind",
    "target_type",
    "difficulty",
    "analysis_difficulty",
    "target_chars",
    "prefix_chars",
    "context",
    "leaks",
    "target_in_prefix",
    "target_in_sources",
    "target_in_diff",
    "line_in_training",
    "repeated_in_training",
    "near_duplicate",
    "unscored_by_paper",
    "commit_position",
    "commit_age",
    "commit_after_anchor",
    "repo",
];

closed_set! {
    /// A number that says how good an answer is. All are in 0..=1, higher is better.
    pub enum Metric as "metric" {
        /// Exact match as the authors score it (S5–S14).
        ExactMatchPaper = "em_paper",
        /// Exact match without looking at the target: cut at the end of the bracket-balanced logical expression (M46).
        ExactMatchStrict = "em_strict",
        /// As strict, but equal after parsing: quotes, spacing, number spelling and redundant brackets do not matter.
        ExactMatchAst = "em_ast",
        /// Edit similarity of the cleaned strings (S17–S23).
        EditSimilarity = "edit_similarity",
        /// Token BLEU, the number that the paper prints as `CodeBLEU` (S69–S74).
        TokenBleu = "token_bleu",
        /// The true `CodeBLEU` of the package (S24–S68).
        CodeBleu = "code_bleu",
    }
}

impl Metric {
    /// The name printed in tables.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ExactMatchPaper => "EM (paper)",
            Self::ExactMatchStrict => "EM (strict)",
            Self::ExactMatchAst => "EM (AST)",
            Self::EditSimilarity => "Edit similarity",
            Self::TokenBleu => "Token BLEU (paper’s CodeBLEU)",
            Self::CodeBleu => "CodeBLEU",
        }
    }

    /// Whether every value is 0 or 1, so that it is printed in percent and counted by paired tests.
    pub const fn is_binary(self) -> bool {
        matches!(self, Self::ExactMatchPaper | Self::ExactMatchStrict | Self::ExactMatchAst)
    }
}
