//! The static set of tasks of an OOD repository, as published: taken from the evolution track (R123).

use std::collections::BTreeMap;

use crate::evolution::{Emission, SpanTask};
use crate::ids::RepoPath;
use crate::paper::{MAX_STATIC_OOD_PREFIX_CHARS, MAX_STATIC_OOD_TASKS};
use crate::pytext;

/// Of all emissions of a repository, which come in table order, the last one of each line of each file.
#[derive(Debug, Default)]
pub(super) struct LastOfLine {
    by_line: BTreeMap<(RepoPath, u32), Emission>,
}

impl LastOfLine {
    /// Takes the next emission.
    pub(super) fn push(&mut self, emission: &Emission) {
        self.by_line.insert((emission.path.clone(), emission.line), emission.clone());
    }

    /// Those that become tasks, by file and line.
    pub(super) fn tasks(self) -> impl Iterator<Item = Emission> {
        let usable = |emission: &Emission| {
            let target = pytext::strip(&emission.target);
            !target.is_empty() && !target.starts_with(',')
        };
        self.by_line.into_values().filter(usable).take(MAX_STATIC_OOD_TASKS)
    }
}

/// Cuts the prefix of `span`, which lies in `text`, to its last characters.
pub(super) fn shorten(span: &mut SpanTask, text: &str) {
    let in_line = span.emission.in_line.chars().count();
    let end = usize::try_from(span.emission.prefix_end).unwrap_or(text.len());
    let Some(body) = text.get(..end) else { return };
    let Some(room) = MAX_STATIC_OOD_PREFIX_CHARS.checked_sub(in_line) else {
        let surplus = span.emission.in_line.char_indices().nth(in_line - MAX_STATIC_OOD_PREFIX_CHARS);
        let surplus = surplus.map_or(0, |(at, _)| at);
        span.emission.in_line.drain(..surplus);
        span.prefix_start = span.emission.prefix_end;
        return;
    };
    let start = match room {
        0 => end,
        room => body.char_indices().rev().nth(room - 1).map_or(0, |(at, _)| at),
    };
    span.prefix_start = u32::try_from(start).expect("because it is at most `prefix_end`");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evolution::{Event, Stage};
    use crate::{AssertionKind, CommitId, Difficulty, RepoId, Split, TaskId};

    fn span(text: &str, in_line: &str) -> SpanTask {
        SpanTask {
            id: TaskId::of(&[]),
            repo: RepoId::new("a/b").expect("an id"),
            commit: CommitId::new("0".repeat(40)).expect("an id"),
            stage: Stage::Test,
            split: Split::OodTest,
            prefix_start: 0,
            emission: Emission {
                commit_index: 0,
                path: RepoPath::new("tests/a.py").expect("a path"),
                blob: 0,
                line: 1,
                column: 0,
                target_line: 1,
                target_column: 0,
                prefix_end: u32::try_from(text.len()).expect("short"),
                in_line: in_line.to_owned(),
                kind: AssertionKind::Assert,
                function: String::new(),
                class: String::new(),
                difficulty: Difficulty::Variable,
                multiline: false,
                target: "x".to_owned(),
                event: Event::Added,
                old_target: None,
                old_line: None,
                old_column: None,
            },
        }
    }

    #[test]
    fn prefixes_keep_their_last_characters_r123() {
        let limit = MAX_STATIC_OOD_PREFIX_CHARS;
        for (body, in_line) in [(9, 3), (limit - 3, 3), (limit - 2, 3), (2 * limit, 3), (5, limit), (5, limit + 7)] {
            let (text, in_line) = ("é".repeat(body), "ß".repeat(in_line));
            let mut span = span(&text, &in_line);
            shorten(&mut span, &text);
            let whole: Vec<char> = text.chars().chain(in_line.chars()).collect();
            let expected: String = whole[whole.len().saturating_sub(limit)..].iter().collect();
            assert_eq!(span.prefix(&text), Some(expected));
        }
    }

    #[test]
    fn the_last_of_a_line_survives_r123() {
        let mut last = LastOfLine::default();
        for (commit_index, line, target) in [(0, 5, "a"), (0, 2, ", b"), (0, 5, "c"), (1, 9, "d"), (2, 5, "e")] {
            let mut emission = span("", "").emission;
            (emission.commit_index, emission.line, emission.target) = (commit_index, line, target.to_owned());
            last.push(&emission);
        }
        let left: Vec<(u32, String)> = last.tasks().map(|emission| (emission.line, emission.target)).collect();
        assert_eq!(left, [(5, "e".to_owned()), (9, "d".to_owned())]);
    }
}
