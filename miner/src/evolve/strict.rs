//! Test files from version to version under the profile `strict`: only what a commit adds or modifies is emitted, cut
//! from the source itself (R104, R151, Q29–Q32).

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::{Emission, Event, RepoPath};

use crate::evolution::{Mark, Origin, pair};
use crate::strict::{Duplicates, StrictCut, StrictVersion};

/// The last version that parses of every test file, by path.
#[derive(Default)]
pub(super) struct StrictStates {
    files: BTreeMap<String, Vec<Known>>,
}

/// An assertion as the next version needs to know it.
struct Known {
    mark: Mark,
    target: Arc<str>,
}

impl StrictStates {
    /// The file at `path` is gone, or cannot be read.
    pub(super) fn forget(&mut self, path: &str) {
        self.files.remove(path);
    }

    /// The file at `from` is now at `to`.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        if let Some(known) = self.files.remove(from) {
            self.files.insert(to.to_owned(), known);
        }
    }

    /// The rows that `version` of `path` emits.
    ///
    /// Every assertion takes part in the pairing; the filters then look at those that are added or modified.
    pub(super) fn update(&mut self, commit_index: u32, path: &RepoPath, version: &StrictVersion) -> Vec<Emission> {
        let known: Vec<Known> =
            version.cuts().map(|cut| Known { mark: cut.mark, target: Arc::clone(cut.target) }).collect();
        let before = self.files.get(path.as_str()).map_or(&[][..], |known| known);
        let origins = pair(&marks(before), &marks(&known));
        let mut rows = Vec::new();
        let mut seen = Duplicates::default();
        for (cut, origin) in version.cuts().zip(origins) {
            let old = match origin {
                Origin::Same(_) => continue,
                Origin::Changed(at) => Some(&before[at]),
                Origin::None => None,
            };
            if cut.passes(&mut seen) {
                rows.push(row(commit_index, path, cut, old));
            }
        }
        self.files.insert(path.as_str().to_owned(), known);
        rows
    }
}

fn marks(known: &[Known]) -> Vec<Mark> {
    known.iter().map(|known| known.mark).collect()
}

/// The row of an assertion that was added, or modified if there is an `old` one; the number of the text is filled in
/// later.
fn row(commit_index: u32, path: &RepoPath, cut: StrictCut<'_>, old: Option<&Known>) -> Emission {
    Emission {
        commit_index,
        path: path.clone(),
        blob: 0,
        line: cut.mark.line,
        column: cut.mark.column,
        target_line: cut.target_line,
        target_column: cut.target_column,
        prefix_end: cut.prefix_end,
        in_line: String::new(),
        kind: cut.kind,
        function: cut.function.to_owned(),
        class: cut.class.to_owned(),
        difficulty: cut.difficulty,
        multiline: cut.multiline,
        target: cut.target.to_string(),
        event: if old.is_some() { Event::Modified } else { Event::Added },
        old_target: old.map(|old| old.target.to_string()),
        old_line: old.map(|old| old.mark.line),
        old_column: old.map(|old| old.mark.column),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Event, line, target and former target of an emission.
    type Emitted = (Event, u32, String, Option<String>);

    fn emitted(states: &mut StrictStates, text: &str) -> Option<Vec<Emitted>> {
        let version = StrictVersion::read(text)?;
        let rows = states.update(0, &RepoPath::new("tests/test_a.py").unwrap(), &version);
        for row in &rows {
            let piece = format!("{}{}", &text[..row.prefix_end as usize], row.target);
            assert!(text.starts_with(piece.trim_end_matches(')')), "prefix and target are one piece of the file");
        }
        Some(rows.into_iter().map(|row| (row.event, row.line, row.target, row.old_target)).collect())
    }

    #[test]
    fn only_what_changed_is_emitted() {
        let mut states = StrictStates::default();
        let first = "def test_a():\n    assert f(1) == 12\n    assert g() == 'ab'\n";
        let added = |line, target: &str| (Event::Added, line, target.to_owned(), None);
        assert_eq!(emitted(&mut states, first).unwrap(), [added(2, "12"), added(3, "'ab'")]);
        let moved = format!("import os\n{first}");
        assert_eq!(emitted(&mut states, &moved).unwrap(), []);
        assert_eq!(emitted(&mut states, "def test_a(:\n"), None);
        let changed = moved.replace("12", "13");
        let modified = (Event::Modified, 3, "13".to_owned(), Some("12".to_owned()));
        assert_eq!(emitted(&mut states, &changed).unwrap(), [modified]);
        states.rename("tests/test_a.py", "tests/test_b.py");
        assert_eq!(emitted(&mut states, &changed).unwrap().len(), 2);
        states.forget("tests/test_a.py");
        assert_eq!(emitted(&mut states, &changed).unwrap().len(), 2);
    }

    #[test]
    fn filters_look_at_what_is_emitted() {
        let text = "assert f() == 12\ndef test_a():\n    assert f() == 7\n    assert g() == 12\n    assert h() == 12\n";
        let rows = emitted(&mut StrictStates::default(), text).unwrap();
        assert_eq!(rows, [(Event::Added, 4, "12".to_owned(), None)]);
    }
}
