//! Whether the line that a held-out task completes was there to be trained on.
//!
//! The profile `paper` splits training repositories task by task, so a training prefix can hold the very assertion that
//! is held out (R86); and code is copied between repositories. A line counts as seen if a training prefix holds the same
//! line, runs of white space taken as one blank, or if a training task completes to it. Assertions that span lines, or
//! that something follows on their line, are not recognised: the flag errs on the side of silence.

use rustc_hash::FxHashSet;

use super::token::key;
use crate::pytext::{collapse, strip};
use crate::task::Task;

/// What every assertion of the five families has on its line.
const SIGNS: [&str; 3] = ["assert", "raises", "approx"];

/// The assertion lines of training prefixes, as numbers.
///
/// Two lines of one number are taken as one: among the million lines of a full release that happens to one task in 10⁸.
/// The set is only asked for single numbers, so its order reaches nothing.
#[derive(Debug, Default)]
pub(super) struct TrainingLines {
    numbers: FxHashSet<u64>,
}

impl TrainingLines {
    /// The numbers of the lines in the prefixes of `tasks` and of those that they complete to.
    pub(super) fn of(tasks: &[Task]) -> Vec<u64> {
        let mut found = Vec::new();
        // Tasks of one file come one after the other, each prefix continuing the one before.
        let mut last = "";
        for task in tasks {
            let (prefix, target) = (&task.assertion.prefix, &task.assertion.target);
            let known = if prefix.starts_with(last) { last.rfind('\n').unwrap_or(0) } else { 0 };
            let lines = prefix[known..].lines().filter(|line| SIGNS.iter().any(|sign| line.contains(sign)));
            found.extend(lines.map(line_number));
            found.push(line_number(&completed(prefix, target)));
            last = prefix;
        }
        found
    }

    /// Takes in lines by their numbers.
    pub(super) fn extend(&mut self, numbers: Vec<u64>) {
        self.numbers.extend(numbers);
    }

    /// Whether the line that `target` completes was taken in.
    pub(super) fn hold(&self, prefix: &str, target: &str) -> bool {
        self.numbers.contains(&line_number(&completed(prefix, target)))
    }
}

/// The last line of `prefix`, continued by `target`.
fn completed(prefix: &str, target: &str) -> String {
    [prefix.rsplit('\n').next().unwrap_or(""), target].concat()
}

fn line_number(line: &str) -> u64 {
    key(&[&collapse(strip(line))])
}

#[cfg(test)]
mod tests {
    use super::super::sample::task;
    use super::*;

    #[test]
    fn lines_of_prefixes_and_completed_lines_are_seen() {
        let mut lines = TrainingLines::default();
        lines.extend(TrainingLines::of(&[
            task("x = 1\n    assert f(1)  ==  2\n    assert g() == ", "3"),
            task("x = 1\n    assert f(1)  ==  2\n    assert g() == 3\n    assert h() == ", "4"),
        ]));
        for (prefix, target) in [("assert f(1) == ", "2"), ("\tassert g() == ", "3"), ("assert h() == ", "4")] {
            assert!(lines.hold(prefix, target), "{prefix}{target}");
        }
        assert!(!lines.hold("x = ", "1"), "no assertion");
        assert!(!lines.hold("assert h() == ", "5") && !lines.hold("assert f(1) ==", "2"));
    }
}
