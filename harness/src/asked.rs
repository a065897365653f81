//! What scoring keeps of a task: its target and its facts, without the prefix.

use std::sync::Arc;

use bench::leaks::{Leak, LeakFlags, is_commonplace, stands_in_prefix};
use bench::stats::counted;
use bench::{TargetType, Task, TaskFacts, pytext};

/// A task as it is scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What results are grouped by.
    pub facts: Arc<TaskFacts>,
    /// The raw target.
    pub target: String,
}

impl Asked {
    /// What is kept of `task`; `leaks` are those that its release states, if it does. Where the anchor of its repository
    /// is, the caller may add.
    pub fn of(task: Task, leaks: Option<LeakFlags>) -> Self {
        let Task { split, assertion } = task;
        let (prefix, target) = (&assertion.prefix, &assertion.target);
        let leaks = leaks.unwrap_or_else(|| {
            let mut alone = LeakFlags::default();
            alone.set(Leak::TargetInPrefix, Some(stands_in_prefix(prefix, target)));
            alone
        });
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
            commonplace: is_commonplace(target),
            leaks,
            own: std::collections::BTreeMap::new(),
            task: assertion.id,
            repo: assertion.repo,
            commit: assertion.commit,
        };
        Self { facts: Arc::new(facts), target: assertion.target }
    }
}

fn chars(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}
