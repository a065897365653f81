//! The scores of one answer, and what is known of its task.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Metric;
use crate::difficulty::Difficulty;
use crate::failure::{ErrorClass, FailureMode};
use crate::ids::{CommitId, RepoId, TaskId};
use crate::kind::AssertionKind;
use crate::leaks::LeakFlags;
use crate::need::Need;
use crate::split::Split;
use crate::target_type::TargetType;

/// What scoring knows of a task beside its target: everything that results are grouped by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFacts {
    /// The task.
    pub task: TaskId,
    /// Its split.
    pub split: Split,
    /// Its repository: the unit that intervals resample.
    pub repo: RepoId,
    /// Its commit.
    pub commit: CommitId,
    /// The place of the commit among the kept commits of the repository, from 0; none in the static track.
    pub commit_index: Option<u32>,
    /// The place of the kept commit that stands for the repository in the static view (R125); none in the static track.
    pub anchor_index: Option<u32>,
    /// Its assertion type (S89).
    pub kind: AssertionKind,
    /// What it needs, where known.
    pub need: Option<Need>,
    /// The tier of its target (R69).
    pub difficulty: Difficulty,
    /// The type of its target (S91); none if the target is blank.
    pub target_type: Option<TargetType>,
    /// Characters of the target.
    pub target_chars: u32,
    /// Characters of the prefix.
    pub prefix_chars: u32,
    /// Whether the authors' evaluation of the static track leaves the task out (S83).
    pub unscored_by_paper: bool,
    /// Whether the target says nothing by standing somewhere, see [`is_commonplace`](crate::leaks::is_commonplace).
    pub commonplace: bool,
    /// The leaks of the task, as the release states them; without tables of leaks, whether the target stands in the
    /// prefix and no more.
    pub leaks: LeakFlags,
    /// The user's own groupings: what the task belongs to by each.
    pub own: BTreeMap<String, String>,
}

/// The four parts of `CodeBLEU`, each in 0..=1, as the package returns them (S31–S68).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Components {
    /// N, the match of token n-grams.
    pub ngram: f64,
    /// W, the match of n-grams in which keywords weigh more.
    pub weighted_ngram: f64,
    /// X, the share of the target's subtrees that the answer has.
    pub syntax: f64,
    /// D, the share of the target's data flow that the answer has; 0 if it has none.
    pub data_flow: f64,
}

/// Which of the cuts that look at the target changed an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Altered {
    /// To its first line (S6).
    pub lines: bool,
    /// At its first comma (S9).
    pub comma: bool,
    /// To its first word (S10).
    pub words: bool,
}

/// The scores of one answer.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a column of its own, and they depend on one another")]
pub struct TaskScore {
    /// The task; rows of many scores, and the task that was asked, hold one copy.
    pub facts: Arc<TaskFacts>,
    /// Whether there was an answer; a missing one scores as an empty text and is wrong.
    pub answered: bool,
    /// Of the tokens the model read, those of repository context; none if the answer does not say.
    pub context_tokens: Option<u32>,
    /// The cleaned prediction (`pred_clean`, S11).
    pub prediction: String,
    /// The cleaned target (`ref_clean`, S8).
    pub reference: String,
    /// [`Metric::ExactMatchPaper`].
    pub em_paper: bool,
    /// The same without the cuts of S9 and S10.
    pub em_uncut: bool,
    /// [`Metric::ExactMatchStrict`].
    pub em_strict: bool,
    /// [`Metric::ExactMatchAst`].
    pub em_ast: bool,
    /// [`Metric::EditSimilarity`].
    pub edit_similarity: f64,
    /// [`Metric::TokenBleu`].
    pub token_bleu: f64,
    /// [`Metric::CodeBleu`].
    pub code_bleu: f64,
    /// Its parts; none if a side is blank, or without an answer.
    pub components: Option<Components>,
    /// The cuts that changed the answer.
    pub altered: Altered,
    /// What went wrong by the published taxonomy (S96–S106); none if `em_paper`.
    pub error_class: Option<ErrorClass>,
    /// The same without artefacts of brackets that the slot closes (S108); none if `em_strict`.
    pub error_class_balanced: Option<ErrorClass>,
    /// What went wrong by the second script (S109); none if `em_paper`.
    pub failure_mode: Option<FailureMode>,
}

impl TaskScore {
    /// The value of `metric`, in 0..=1.
    pub fn value(&self, metric: Metric) -> f64 {
        let binary = |yes: bool| f64::from(u8::from(yes));
        match metric {
            Metric::ExactMatchPaper => binary(self.em_paper),
            Metric::ExactMatchStrict => binary(self.em_strict),
            Metric::ExactMatchAst => binary(self.em_ast),
            Metric::EditSimilarity => self.edit_similarity,
            Metric::TokenBleu => self.token_bleu,
            Metric::CodeBleu => self.code_bleu,
        }
    }
}
