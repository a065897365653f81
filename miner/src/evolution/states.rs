//! What is remembered of every test file from one commit to the next (R90, R99, R100).

use std::collections::BTreeMap;
use std::sync::Arc;

use bench::Profile;

use super::digest::Digest;
use super::events::{self, Event};
use super::version::Version;

/// The states of the files of one repository, by path.
#[derive(Default)]
pub struct FileStates {
    files: BTreeMap<String, FileState>,
    /// Bytes of all of them.
    weight: usize,
}

#[derive(Default)]
struct FileState {
    /// The keys of the last version, sorted; none if it does not parse.
    keys: Vec<Digest>,
    /// The last version that parses.
    version: Option<Arc<Version>>,
    weight: usize,
}

impl FileStates {
    /// No file is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// The file at `path` was deleted, or cannot be read.
    pub fn forget(&mut self, path: &str) {
        if let Some(state) = self.files.remove(path) {
            self.weight -= state.weight;
        }
    }

    /// The file at `from` was renamed to `to`.
    pub fn rename(&mut self, from: &str, to: &str) {
        if let Some(state) = self.files.remove(from) {
            self.forget(to);
            self.files.insert(to.to_owned(), state);
        }
    }

    /// The file at `path` has a new version, none if it does not parse. Returns its tasks in walk order.
    ///
    /// `paper`: a version that does not parse empties the keys, so that the next one emits all it has (R100).
    /// `strict`: it changes nothing (R104). Both: what a task is called depends on the last version that parses.
    pub fn update(&mut self, path: &str, version: Option<&Arc<Version>>, profile: Profile) -> Vec<Event> {
        if !self.files.contains_key(path) {
            self.files.insert(path.to_owned(), FileState::default());
        }
        let state = self.files.get_mut(path).expect("because it was inserted");
        let Some(version) = version else {
            state.keys.clear();
            return Vec::new();
        };
        let previous = state.version.replace(Arc::clone(version));
        let events = match profile {
            Profile::Paper => events::paper(&state.keys, previous.as_deref(), version),
            Profile::Strict => events::strict(previous.as_deref(), version),
        };
        state.keys.clear();
        state.keys.extend_from_slice(version.keys());
        state.keys.sort_unstable();
        self.weight -= state.weight;
        state.weight = version.weight();
        self.weight += state.weight;
        events
    }

    /// About how many bytes of memory the states take: as much as the assertions of all files there are.
    pub fn weight(&self) -> usize {
        self.weight
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Old};
    use super::*;

    const BEFORE: &str =
        "def test_a():\n    assert f(1) == 1\n    assert f(2) == 2\n\ndef test_b():\n    assert f(1) == 1\n";

    /// Line, and what became of it: `+` added, `=` emitted again, `~` modified, with the old line and target.
    fn step(states: &mut FileStates, path: &str, text: &str, profile: Profile) -> Vec<String> {
        let version = Version::read(text).map(Arc::new);
        let events = states.update(path, version.as_ref(), profile);
        let version = version.as_deref();
        let line = |event: &Event| {
            let at = version.map_or(0, |version| version.cut(event.cut).line);
            match &event.change {
                Change::Added => format!("{at} +"),
                Change::Modified(Old { target, line, .. }) => format!("{at} ~ {line} {target}"),
                Change::Reemitted(Old { target, line, .. }) => format!("{at} = {line} {target}"),
            }
        };
        events.iter().map(line).collect()
    }

    #[test]
    fn paper_emits_what_stands_behind_an_edit() {
        let mut states = FileStates::new();
        let mut step = |text: &str| step(&mut states, "t.py", text, Profile::Paper);
        assert_eq!(step(BEFORE), ["2 +", "3 +", "6 +"]);
        assert_eq!(step(BEFORE), [""; 0]);
        assert_eq!(step(&BEFORE.replace("    assert", "\n\n      assert")), [""; 0]);
        let edited = BEFORE.replace("2) == 2", "2) == 3");
        assert_eq!(step(BEFORE), [""; 0]);
        assert_eq!(step(&edited), ["3 ~ 3 2", "6 = 6 1"]);
        assert_eq!(step(&format!("import x\n{edited}")), ["3 = 2 1", "4 = 3 3", "7 = 6 1"]);
        let doubled = format!("import x\n{edited}    assert f(1) == 1\n");
        assert_eq!(step(&doubled), ["8 +"]);
    }

    #[test]
    fn versions_that_do_not_parse() {
        for (profile, expected) in
            [(Profile::Paper, &["2 = 2 1", "3 ~ 3 2", "6 = 6 1"][..]), (Profile::Strict, &["3 ~ 3 2"])]
        {
            let mut states = FileStates::new();
            let mut step = |text: &str| step(&mut states, "t.py", text, profile);
            assert_eq!(step(BEFORE).len(), 3);
            assert!(step("print 'x'\n").is_empty());
            assert_eq!(step(&BEFORE.replace("2) == 2", "2) == 3")), expected);
            assert!(step("").is_empty());
            assert_eq!(step(BEFORE), ["2 +", "3 +", "6 +"]);
        }
    }

    #[test]
    fn strict_pairs_multisets() {
        let mut states = FileStates::new();
        let mut step = |text: &str| step(&mut states, "t.py", text, Profile::Strict);
        assert_eq!(step("def test_a():\n    assert x == 1\n    assert x == 2\n"), ["2 +", "3 +"]);
        assert_eq!(
            step("def test_a():\n    assert x == 2\n    assert x == 3\n    assert x == 2\n"),
            ["3 ~ 2 1", "4 +"]
        );
        assert_eq!(step("def test_b():\n    assert x == 2\n"), ["2 +"]);
        assert_eq!(step("class A:\n  def test_b():\n    assert x == 2\n"), ["3 +"]);
    }

    #[test]
    fn states_follow_their_files() {
        let mut states = FileStates::new();
        step(&mut states, "a.py", BEFORE, Profile::Paper);
        let weight = states.weight();
        states.rename("a.py", "b.py");
        states.rename("a.py", "c.py");
        assert!(step(&mut states, "b.py", BEFORE, Profile::Paper).is_empty());
        assert_eq!(states.weight(), weight);
        states.forget("b.py");
        assert_eq!(states.weight(), 0);
        assert_eq!(step(&mut states, "b.py", BEFORE, Profile::Paper).len(), 3);
    }
}
