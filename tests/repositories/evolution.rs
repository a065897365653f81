//! What the profile `strict` makes of a history, from outside.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::fixture::{Scripted, done};

/// The counts of the only repository of the mining folder `mining`.
fn counts(mining: &Path) -> Value {
    let index = fs::read_to_string(mining.join("mining.json")).expect("an index");
    let index: Value = serde_json::from_str(&index).expect("JSON");
    index["repos"][0]["counts"].clone()
}

/// A version that is broken, or whose bytes are no text, leaves what is known of a test file as it was (Q30), also where
/// only its content says that it is one (R40).
#[test]
fn a_broken_version_ends_no_test_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let tests = |number: u32| {
        let line = |at| format!("def test_{at}():\n    assert f({at}) == {}\n", at + 10);
        format!("import pytest\n{}", (0..number).map(line).collect::<String>())
    };
    for name in ["lib/checks.py", "tests/test_checks.py"] {
        let repository = Scripted::new(&folder.path().join(name.replace('/', "-")));
        repository.file(name, &tests(5)).commit("2020-01-01T00:00:00Z");
        repository.file(name, &format!("<<<<<<<\n{}", tests(5))).commit("2020-01-02T00:00:00Z");
        repository.file(name, &tests(5)).commit("2020-01-03T00:00:00Z");
        fs::write(repository.path().join(name), [tests(5).as_bytes(), b"# caf\xe9\n"].concat()).expect("written");
        repository.commit("2020-01-04T00:00:00Z");
        repository.file(name, &tests(6)).commit("2020-01-05T00:00:00Z");
        let (spec, out) =
            (format!("me/own={}", repository.path().display()), format!("{}-mined", name.replace('/', "-")));
        done(folder.path(), &["mine", "--repo", &spec, "--profile", "strict", "--out", &out]);
        let counts = counts(&folder.path().join(out));
        let found = ["kept_commits", "emitted", "unparsable_versions", "unreadable_versions"].map(|key| &counts[key]);
        assert_eq!(found, [2, 6, 1, 1], "{name}: {counts}");
    }
}
