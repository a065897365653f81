//! What scoring keeps of a task: its target and its facts, without the prefix.

use bench::stats::counted;
use bench::{TargetType, Task, TaskFacts, is_trivial, pytext};

use crate::training_lines::TrainingLines;

/// A task as it is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What results are grouped by.
    pub facts: TaskFacts,
    /// The raw target.
    pub target: String,
}

impl Asked {
    /// What is kept of `task`; `training` are the lines of training prefixes, if they were looked at. Where the anchor of
    /// its repository is, the caller may add.
    pub fn of(task: Task, training: Option<&TrainingLines>) -> Self {
        let Task { split, assertion } = task;
        let (prefix, target) = (&assertion.prefix, &assertion.target);
        let facts = TaskFacts {
            split,
            commit_index: assertion.evolution.as_ref().map(|evolution| evolution.commit_index),
            anchor_index: None,
            kind: assertion.kind,
            need: assertion.need,
            difficulty: assertion.difficulty,
            target_type: TargetType::of(target),
            target_chars: chars(target),
            prefix_chars: chars(prefix),
            unscored_by_paper: !counted(prefix, pytext::strip(target)),
            target_in_prefix: !is_trivial(target) && prefix.contains(pytext::strip(target)),
            line_in_training: training.map(|lines| lines.hold(prefix, target)),
            own: std::collections::BTreeMap::new(),
            task: assertion.id,
            repo: assertion.repo,
            commit: assertion.commit,
        };
        Self { facts, target: assertion.target }
    }
}

fn chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}
