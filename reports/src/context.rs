//! What a leaderboard shows of its release and its runs that no score file says.

use std::collections::BTreeMap;

use bench::{Need, Split, Track};

/// Facts beside the scores. Everything here is data of the caller; nothing is read from disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Context {
    /// Heading of the page.
    pub title: String,
    /// What the tasks were mined from: `Probe corpus`, `8 repositories of repos.toml`.
    pub corpus: String,
    /// The track of the release.
    pub track: Track,
    /// How the release relates to the published one.
    pub origin: Origin,
    /// What the release holds, a row a split; splits without a row show no repositories.
    pub splits: Vec<SplitFacts>,
    /// Share of right answers (0..=1) of a method that guesses from the vocabulary, by need; empty where not known.
    pub chance: BTreeMap<Need, f64>,
    /// What the methods cost, where measured.
    pub costs: Vec<Cost>,
    /// Sentences a reader must see before the numbers.
    pub warnings: Vec<String>,
    /// The commands that made the page, oldest first; empty shows the verbs alone.
    pub commands: Vec<String>,
    /// The file of each summary, in the order of the summaries, for error messages; a missing one is named by its method.
    pub files: Vec<String>,
}

/// How a release relates to the one the paper reports on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// It is the published release: reported figures may be compared.
    Published,
    /// It is another one.
    Other {
        /// Why reported figures must not be compared with those of this release, a sentence each.
        differences: Vec<String>,
    },
}

/// What a release holds of one split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SplitFacts {
    /// The split.
    pub split: Split,
    /// Its repositories.
    pub repos: u64,
    /// Its tasks.
    pub tasks: u64,
}

/// Mean token counts of one predictions file on one split.
#[derive(Debug, Clone, PartialEq)]
pub struct Cost {
    /// BLAKE3 of the predictions file, as in `Summary::predictions`.
    pub predictions: String,
    /// The split.
    pub split: Split,
    /// Mean tokens the model read.
    pub prompt_tokens: Option<f64>,
    /// Of these, mean tokens of repository context.
    pub context_tokens: Option<f64>,
}
