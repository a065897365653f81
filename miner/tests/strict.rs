//! Whole repositories under the profile `strict`: which files are read, and which tasks are selected.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[expect(dead_code, reason = "other tests use the rest")]
mod fixture;

use bench::{Difficulty, Family, Profile, Role};
use fixture::{Fixture, nowhere};
use miner::{Caps, Choice, Entry, Framework, NoObserver, Options, Outcome, Repository, SkipReason, StrictEntry};

const TEST: &str = "def test_a():\n    assert f(1) == 12\n";

fn mined(fixture: &Fixture, profile: Profile) -> Outcome {
    let options = Options { profile, ..Options::new(nowhere()) };
    miner::mine(&fixture.spec(), &options, &NoObserver).unwrap()
}

fn sources(outcome: &Outcome, role: Role) -> Vec<&str> {
    outcome.sources.iter().filter(|source| source.role == role).map(|source| source.path.as_str()).collect()
}

fn targets(outcome: &Outcome) -> Vec<&str> {
    outcome.drafts.iter().map(|draft| &*draft.assertion.target).collect()
}

/// Q34, R40: whole names and real imports instead of the letters "test" anywhere.
#[test]
fn tests_and_production_code_are_told_apart() {
    let fixture = Fixture::bare()
        .file("a.py", "x = 1\n")
        .file("latest/attest.py", TEST)
        .file("tests/helpers.py", "x = 1\n")
        .file("tests/readme.md", "text\n")
        .file("testing/b.py", TEST)
        .file("c_test.py", TEST)
        .file("conftest.py", "import pytest\n")
        .file("words.py", "# import pytest\ndef test_a(): pass\n")
        .file("cases.py", "from unittest import TestCase\nclass A(TestCase):\n    def check(self): pass\n")
        .file("env/test_c.py", TEST)
        .commit();
    let (paper, strict) = (mined(&fixture, Profile::Paper), mined(&fixture, Profile::Strict));
    let tests = ["c_test.py", "cases.py", "conftest.py", "testing/b.py", "tests/helpers.py"];
    assert_eq!(sources(&strict, Role::Test), tests);
    assert_eq!(sources(&strict, Role::Production), ["a.py", "latest/attest.py", "words.py"]);
    let tests =
        ["c_test.py", "cases.py", "conftest.py", "latest/attest.py", "testing/b.py", "tests/helpers.py", "words.py"];
    assert_eq!(sources(&paper, Role::Test), tests);
    assert_eq!(sources(&paper, Role::Production), ["a.py", "tests/readme.md"]);
}

/// Q19, Q20: byte-order marks go, and invalid bytes are no text.
#[test]
fn texts_are_utf_8_or_nothing() {
    let fixture = Fixture::bare()
        .file("test_bytes.py", b"def test_a():\n    assert f('\xff') == 12\n")
        .file("test_mark.py", format!("\u{feff}{}", TEST.replace("12", "34").replace('\n', "\r\n")))
        .file("notes.md", b"\xff")
        .file("code.py", b"x = '\xff'\n")
        .commit();
    let (paper, strict) = (mined(&fixture, Profile::Paper), mined(&fixture, Profile::Strict));
    assert_eq!((targets(&paper), targets(&strict)), (vec!["12"], vec!["34"]));
    assert_eq!(strict.drafts[0].assertion.prefix, "def test_a():\n    assert f(1) == ");
    assert_eq!(strict.statistics.skipped[&SkipReason::FileNotUtf8], 3);
    assert_eq!(sources(&strict, Role::Production), [""; 0]);
    assert_eq!(sources(&paper, Role::Production), ["code.py"]);
}

/// R34: evidence of a framework is counted, and only under `strict`.
#[test]
fn frameworks_are_found() {
    let plain = Fixture::bare().file("tests/a.py", TEST).file("sub/tox.ini", "pytest").commit();
    let pytest = Fixture::bare().file("tests/a.py", TEST).file("setup.cfg", b"deps = PyTest\xff").commit();
    let unittest = Fixture::bare().file("tests/a.py", "def f():\n    from unittest import mock\n").commit();
    let of = |fixture: &Fixture| {
        let repository = Repository::open(fixture.path()).unwrap();
        Framework::read(&repository, &repository.resolve(None).unwrap()).unwrap()
    };
    assert_eq!(of(&plain), Framework::default());
    assert_eq!(of(&pytest), Framework { pytest: true, unittest: false });
    assert_eq!(of(&unittest), Framework { pytest: false, unittest: true });
    assert_eq!(mined(&pytest, Profile::Strict).statistics.counts()["pytest_dependency"], 1);
    assert!(!mined(&pytest, Profile::Paper).statistics.counts().contains_key("pytest_dependency"));
}

/// Q22, Q23: two classes with equal method names, and targets that repeat.
#[test]
fn budgets_belong_to_qualified_functions() {
    let method = |class: &str, from: u32| {
        let lines = (from..from + 4).map(|i| format!("        assert f({i}) == {i}{i}\n")).collect::<Vec<_>>().concat();
        format!("class {class}:\n    def test_a(self):\n{lines}        assert g() == 77\n\n")
    };
    let fixture = Fixture::bare().file("test_a.py", method("A", 10) + &method("B", 20)).commit();
    let selected = |profile| {
        let outcome = mined(&fixture, profile);
        outcome.drafts.iter().filter(|draft| draft.rank.is_some()).count()
    };
    assert_eq!((selected(Profile::Paper), selected(Profile::Strict)), (4, 10));
}

/// Q24, Q25: `paper` keeps the shortest of each tier; `strict` shares the slots among families and draws inside.
#[test]
fn strata_are_tier_and_family() {
    let functions: Vec<String> = (0..40).map(|i| format!("test_{i}")).collect();
    let target = |i: usize| if i < 20 { format!("{i}0") } else { format!("{i}00000") };
    let targets: Vec<String> = (0..40).map(target).collect();
    let difficulty = Difficulty::NumericLiteral;
    let strict: Vec<StrictEntry<'_>> = (0..40)
        .map(|i| StrictEntry {
            file: ["a.py", "b.py", "c.py", "d.py"][i % 4],
            function: &functions[i],
            target: &targets[i],
            multiline: false,
            difficulty,
            family: if i < 20 { Family::Assert } else { Family::AssertStar },
        })
        .collect();
    let paper: Vec<Entry<'_>> = strict
        .iter()
        .map(|&StrictEntry { file, function, target, multiline, difficulty, .. }| Entry {
            file,
            function,
            target,
            multiline,
            difficulty,
        })
        .collect();
    let caps = Caps { per_repository: 10, ..Caps::default() };
    assert!(miner::select(&paper, caps).iter().all(|&index| index < 20), "the shortest");
    let drawn = |choice| miner::select_strict(&strict, caps, choice);
    for choice in [Choice::default(), Choice::Shortest] {
        assert_eq!(drawn(choice).iter().filter(|&&index| index < 20).count(), 5, "{choice:?}");
    }
    let random = drawn(Choice::default());
    assert_ne!(random, drawn(Choice::Shortest));
    let repo = bench::RepoId::new("a/b").unwrap();
    assert_ne!(random, drawn(Choice::default().of_repository(&repo)), "each repository draws for itself");
}
