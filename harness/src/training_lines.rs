//! Whether the line that a held-out task completes was there to be trained on.
//!
//! The profile `paper` splits training repositories task by task, so a training prefix can hold the very assertion that
//! is held out (R86); and code is copied between repositories. A line counts as seen if a training prefix holds the same
//! line, runs of white space taken as one blank, or if a training task completes to it. Assertions that span lines, or
//! that something follows on their line, are not recognised: the flag errs on the side of silence.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher};

use bench::Task;
use bench::pytext::{collapse, strip};

/// What every assertion of the five families has on its line.
const SIGNS: [&str; 3] = ["assert", "raises", "approx"];

/// The assertion lines of training prefixes, as hashes.
///
/// Two lines of one hash are taken as one: among the million lines of a full release that happens to one task in 10⁸.
#[derive(Debug, Default)]
pub struct TrainingLines {
    hashes: HashSet<u64, BuildHasherDefault<DefaultHasher>>,
    /// The prefix that was read last: tasks of one file come one after the other, each prefix continuing the one before.
    last: String,
}

impl TrainingLines {
    /// Takes in the prefix and the completed line of a training task.
    pub fn read(&mut self, task: &Task) {
        let (prefix, target) = (&task.assertion.prefix, &task.assertion.target);
        let known = if prefix.starts_with(&self.last) { self.last.rfind('\n').unwrap_or(0) } else { 0 };
        for line in prefix[known..].lines().filter(|line| SIGNS.iter().any(|sign| line.contains(sign))) {
            self.hashes.insert(hash(line));
        }
        self.hashes.insert(hash(&completed(prefix, target)));
        self.last.clone_from(prefix);
    }

    /// Whether the line that `target` completes was read.
    pub fn hold(&self, prefix: &str, target: &str) -> bool {
        self.hashes.contains(&hash(&completed(prefix, target)))
    }
}

/// The last line of `prefix`, continued by `target`.
fn completed(prefix: &str, target: &str) -> String {
    let line = prefix.rsplit('\n').next().unwrap_or("");
    format!("{line}{target}")
}

fn hash(line: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    collapse(strip(line)).hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use bench::{Assertion, AssertionKind, CommitId, Difficulty, RepoId, RepoPath, Split, TaskId};

    use super::*;

    fn task(prefix: &str, target: &str) -> Task {
        let assertion = Assertion {
            id: TaskId::of(&[]),
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

    #[test]
    fn lines_of_prefixes_and_completed_lines_are_seen() {
        let mut lines = TrainingLines::default();
        lines.read(&task("x = 1\n    assert f(1)  ==  2\n    assert g() == ", "3"));
        lines.read(&task("x = 1\n    assert f(1)  ==  2\n    assert g() == 3\n    assert h() == ", "4"));
        for (prefix, target) in [("assert f(1) == ", "2"), ("\tassert g() == ", "3"), ("assert h() == ", "4")] {
            assert!(lines.hold(prefix, target), "{prefix}{target}");
        }
        assert!(!lines.hold("x = ", "1"), "no assertion");
        assert!(!lines.hold("assert h() == ", "5") && !lines.hold("assert f(1) ==", "2"));
    }
}
