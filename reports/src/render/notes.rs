//! What a reader needs to read the numbers: the same sentences in every format.

use bench::Split;

use super::number;
use crate::leaderboard::Leaderboard;

/// The verbs that make a leaderboard, in order, and what each does.
pub(super) const VERBS: [(&str, &str); 5] = [
    ("repopeft mine", "extracts the tasks of each repository at its pinned commit"),
    ("repopeft build", "assigns splits and seals the release whose hash stands above"),
    ("repopeft predict", "answers every task of the release with one method"),
    ("repopeft score", "scores the answers and resamples the intervals"),
    ("repopeft report", "makes this page"),
];

/// Definitions and cautions, each with the term it explains.
pub(crate) fn notes(board: &Leaderboard) -> Vec<(&'static str, String)> {
    let mut notes = vec![
        ("Intervals", intervals(board)),
        ("≈ best", NOT_SEPARABLE.to_owned()),
        ("EM (paper)", PAPER.to_owned()),
        ("EM (strict)", STRICT.to_owned()),
        ("Edit similarity", EDIT_SIMILARITY.to_owned()),
        ("Means", MEANS.to_owned()),
        ("Missing", MISSING.to_owned()),
    ];
    let groups = board.suites.iter().flat_map(|suite| &suite.groupings).flat_map(|grouping| &grouping.groups);
    if groups.into_iter().any(|group| group.chance.is_some()) {
        notes.push(("Chance", CHANCE.to_owned()));
    }
    if board.reported.is_some() {
        notes.push(("Token BLEU", TOKEN_BLEU.to_owned()));
    }
    notes
}

const NOT_SEPARABLE: &str = "The interval overlaps that of the best row, so this table does not separate the two. Overlap is \
    no test: paired differences over the same tasks are sharper.";
const PAPER: &str = "Exact match as the authors score it. Before comparing, the prediction is cut at line end, comment, comma or \
    first word depending on what the target looks like. Nobody has the target at hand when a test is written: read it as an \
    upper bound.";
const STRICT: &str = "Exact match without a look at the target: the completion is cut where its first bracket-balanced logical \
    expression ends.";
const EDIT_SIMILARITY: &str = "Ratcliff–Obershelp ratio of the cleaned prediction and target, from 0 to 1. It shares the cleaning \
    of EM (paper).";
const MEANS: &str = "Means are over tasks: all tasks weigh the same, so repositories with many tasks weigh more.";
const MISSING: &str = "A task without an answer counts as wrong in every metric.";
const CHANCE: &str =
    "What a method scores that knows the vocabulary of a convention and guesses. Only generated corpora know it.";
const TOKEN_BLEU: &str = "The column that the paper prints as CodeBLEU holds a smoothed BLEU over tokens. CodeBLEU proper is \
    another number and never stands in this column.";

/// How the intervals of `board` were made: resamples and seeds.
pub(crate) fn bootstraps(board: &Leaderboard) -> String {
    let made: Vec<String> = board
        .bootstraps
        .iter()
        .map(|&(resamples, seed)| format!("{} resamples, seed {seed}", number::count(u64::from(resamples))))
        .collect();
    made.join("; ")
}

fn intervals(board: &Leaderboard) -> String {
    format!(
        "Brackets hold 95 % intervals of a cluster bootstrap over repositories ({}). Tasks of one repository resemble each other, \
         so intervals that resample tasks are too narrow; where shown, they are there because the paper’s are of that kind.",
        bootstraps(board)
    )
}

/// What the tasks of a split are, in a line.
pub(crate) const fn about(split: Split) -> &'static str {
    match split {
        Split::Train => "training tasks of the training repositories; no claim rests on them",
        Split::InRepoVal => "held-out tasks of the training repositories, for choices",
        Split::InRepoTest => "held-out tasks of the training repositories, for claims",
        Split::CrossRepoVal => "tasks of repositories not trained on, for choices",
        Split::CrossRepoTest => "tasks of repositories not trained on, for claims",
        Split::OodTest => "tasks of repositories created after the cut-off",
    }
}
