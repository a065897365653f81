//! A task for tests.

use crate::difficulty::Difficulty;
use crate::ids::{CommitId, RepoId, RepoPath, TaskId};
use crate::kind::AssertionKind;
use crate::split::Split;
use crate::task::{Assertion, Task};

/// A training task with this prefix and target.
pub(super) fn task(prefix: &str, target: &str) -> Task {
    let assertion = Assertion {
        id: TaskId::of(&[prefix.as_bytes(), target.as_bytes()]),
        repo: RepoId::new("a/b").unwrap(),
        commit: CommitId::unknown(),
        path: RepoPath::new("t.py").unwrap(),
        line: 1,
        column: 0,
        target_column: 0,
        kind: AssertionKind::Assert,
        function: String::new(),
        class: String::new(),
        difficulty: Difficulty::of(target),
        multiline: false,
        prefix: prefix.to_owned(),
        target: target.to_owned(),
        need: None,
        evolution: None,
    };
    Task { split: Split::Train, assertion }
}
