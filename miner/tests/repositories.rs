//! Mining whole repositories: what is read, what is skipped, and what is refused.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod fixture;

use bench::{Need, RepoSpec, Role};
use fixture::{Fixture, nowhere, spec};
use miner::{Error, NoObserver, Options, Outcome, SkipReason, mine};

const TEST: &str = "def test_a():\n    assert f(1) == 12\n";

fn options() -> Options {
    Options::new(nowhere())
}

fn mined(fixture: &Fixture) -> Outcome {
    mine(&fixture.spec(), &options(), &NoObserver).unwrap()
}

fn error(fixture: &Fixture) -> Error {
    mine(&fixture.spec(), &options(), &NoObserver).unwrap_err()
}

/// Path and target of every draft.
fn drafts(outcome: &Outcome) -> Vec<(&str, &str)> {
    outcome.drafts.iter().map(|draft| (draft.assertion.path.as_str(), &*draft.assertion.target)).collect()
}

fn sources(outcome: &Outcome, role: Role) -> Vec<&str> {
    outcome.sources.iter().filter(|source| source.role == role).map(|source| source.path.as_str()).collect()
}

#[test]
fn what_is_no_repository_is_refused() {
    let missing = nowhere();
    let result = mine(&spec(missing.to_str().unwrap()), &options(), &NoObserver);
    assert!(matches!(result, Err(Error::Missing { path }) if path == missing));

    let folder = tempfile::tempdir().unwrap();
    let result = mine(&spec(folder.path().to_str().unwrap()), &options(), &NoObserver);
    assert!(matches!(result, Err(Error::NotRepository { .. })));
}

#[test]
fn a_folder_inside_a_repository_is_no_repository() {
    let outer = Fixture::ordinary().file("a.py", "").commit();
    let inner = outer.path().join("inner");
    std::fs::create_dir(&inner).unwrap();
    let result = mine(&spec(inner.to_str().unwrap()), &options(), &NoObserver);
    assert!(matches!(result, Err(Error::NotRepository { .. })));
}

#[test]
fn repositories_without_a_commit_are_told_apart() {
    assert!(matches!(error(&Fixture::bare()), Error::Empty { .. }));
    assert!(matches!(error(&Fixture::ordinary()), Error::Empty { .. }));
    let unborn = Fixture::bare().file("test_a.py", TEST).commit_to("refs/heads/other");
    assert!(matches!(error(&unborn), Error::Unborn { .. }));
    let chosen = bench::RepoSpec { rev: Some("other".to_owned()), ..unborn.spec() };
    assert_eq!(drafts(&mine(&chosen, &options(), &NoObserver).unwrap()), [("test_a.py", "12")]);
}

#[test]
fn revisions_are_resolved_or_refused() {
    let fixture = Fixture::bare().file("test_a.py", TEST).commit();
    let head = mined(&fixture).commit;
    let at =
        |rev: &str| mine(&bench::RepoSpec { rev: Some(rev.to_owned()), ..fixture.spec() }, &options(), &NoObserver);
    assert_eq!(at("main").unwrap().commit, head);
    assert_eq!(at(&head.as_str()[..10]).unwrap().commit, head);
    for bad in ["nope", "0123456789012345678901234567890123456789", "main:test_a.py", "", "a b"] {
        assert!(matches!(at(bad), Err(Error::Revision { rev, .. }) if rev == bad), "{bad:?}");
    }
}

#[test]
fn bare_and_ordinary_clones_agree() {
    let make = |fixture: Fixture| mined(&fixture.file("tests/test_a.py", TEST).file("a.py", "x = 1\n").commit());
    assert_eq!(make(Fixture::bare()), make(Fixture::ordinary()));
}

#[test]
fn files_are_separated_by_path_and_content() {
    let fixture = Fixture::bare()
        .file("a.py", "x = 1\n")
        .file("latest/b.py", "x = 1\n")
        .file("words.py", "# import pytest\n")
        .file("defines.py", "if x:\n    class MyTests: pass\n")
        .file("broken.py", "def test_a(:\n")
        .file("env/test_c.py", TEST)
        .file("site-packages/test_d.py", TEST)
        .file("TEST_HYPERNET_old/test_e.py", TEST)
        .file("tests/readme.md", "text\n")
        .file("build/f.py", "x = 1\n")
        .file("g.PY", "x = 1\n")
        .file("h.min.py", "x = 1\n")
        .file("empty.rst", "")
        .file("large.md", vec![b'x'; 2_000_001])
        .commit();
    let outcome = mined(&fixture);
    assert_eq!(sources(&outcome, Role::Test), ["defines.py", "latest/b.py", "words.py"]);
    let production =
        ["TEST_HYPERNET_old/test_e.py", "a.py", "broken.py", "g.PY", "site-packages/test_d.py", "tests/readme.md"];
    assert_eq!(sources(&outcome, Role::Production), production);
    assert_eq!(drafts(&outcome), []);
}

#[test]
fn texts_are_decoded_as_the_reference_decodes_them() {
    let fixture = Fixture::bare()
        .file("test_bom.py", format!("\u{feff}{TEST}"))
        .file("test_crlf.py", TEST.replace('\n', "\r\n"))
        .file("test_feed.py", "import os\n\u{c}\ndef test_a():\n    x = 1\n    assert f(1) == 12\n")
        .file("test_nul.py", "def test_a():\n    assert f('\0') == 12\n")
        .file("test_utf8.py", b"def test_a():\n    assert f('\xff') == 1\xfe2\n")
        .commit();
    let outcome = mined(&fixture);
    assert_eq!(drafts(&outcome), [("test_crlf.py", "12"), ("test_feed.py", "12"), ("test_utf8.py", "12")]);
    let prefix = |index: usize| &*outcome.drafts[index].assertion.prefix;
    assert_eq!(prefix(0), "def test_a():\n\n    assert f(1) == ");
    assert_eq!(prefix(1), "import os\n\n\ndef test_a():\n\n    x = 1");
    assert_eq!(prefix(2), "def test_a():\n\n    assert f('') == ");
    assert_eq!(outcome.statistics.invalid_files, 2);
    assert_eq!(outcome.statistics.skipped[&SkipReason::FileInvalid], 2);
}

#[test]
fn links_and_submodules_are_what_a_checkout_shows() {
    let fixture = Fixture::bare()
        .file("tests/test_a.py", TEST)
        .link("tests/test_alias.py", "test_a.py")
        .link("tests/test_chain.py", "test_alias.py")
        .file("plain.py", "x = 1\n")
        .link("tests/test_plain.py", "../plain.py")
        .link("tests/test_outside.py", "/etc/passwd")
        .link("tests/test_loop.py", "test_loop.py")
        .link("more", "tests")
        .link("alias.py", "plain.py")
        .submodule("vendor")
        .commit();
    let outcome = mined(&fixture);
    let expected = [("tests/test_a.py", "12"), ("tests/test_alias.py", "12"), ("tests/test_chain.py", "12")];
    assert_eq!(drafts(&outcome), expected);
    assert_eq!(outcome.statistics.skipped[&SkipReason::LinkUnresolved], 3);
    assert_eq!(sources(&outcome, Role::Production), ["alias.py", "plain.py"]);
}

#[test]
fn giant_files_are_counted_and_not_read() {
    let fixture = Fixture::bare().file("test_a.py", TEST).file("test_big.py", TEST.repeat(100)).commit();
    let options = Options { max_file_bytes: 1_000, ..options() };
    let outcome = mine(&fixture.spec(), &options, &NoObserver).unwrap();
    assert_eq!(drafts(&outcome), [("test_a.py", "12")]);
    assert_eq!(outcome.statistics.skipped[&SkipReason::FileTooLarge], 1);
}

#[test]
fn a_repository_without_tests_is_an_empty_outcome() {
    let outcome = mined(&Fixture::bare().file("a.py", "assert 1 == 2\n").commit());
    assert_eq!((outcome.drafts.len(), outcome.statistics.test_files, outcome.statistics.production_files), (0, 0, 1));
}

#[test]
fn ranks_number_the_selection() {
    let line = |i: usize| format!("    assert f({i}) == {}\n", "x".repeat(9 - i));
    let body = (0..9).map(line).collect::<Vec<_>>().concat();
    let outcome = mined(&Fixture::bare().file("test_a.py", format!("def test_a():\n{body}")).commit());
    let ranks: Vec<Option<u32>> = outcome.drafts.iter().map(|draft| draft.rank).collect();
    assert_eq!(ranks, [None, None, None, None, Some(4), Some(3), Some(2), Some(1), Some(0)]);
    assert_eq!(outcome.statistics.selected, 5);
}

#[test]
fn labels_are_joined_by_place() {
    let fixture = Fixture::bare().file("test_a.py", TEST).commit();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("needs.jsonl");
    let row = |line| {
        format!("{{\"path\":\"test_a.py\",\"line\":{line},\"function\":\"test_a\",\"need\":\"history\",\"extra\":1}}\n")
    };
    let with = |text: String| {
        std::fs::write(&path, text).unwrap();
        mine(&bench::RepoSpec { needs: Some(path.clone()), ..fixture.spec() }, &options(), &NoObserver)
    };
    let outcome = with(row(2) + &row(3)).unwrap();
    assert_eq!(outcome.drafts[0].assertion.need, Some(Need::History));
    assert_eq!(outcome.statistics.unused_labels, 1);
    assert!(matches!(with(row(2) + "\n{}\n"), Err(Error::Labels { row: 3, .. })));
    assert!(matches!(with(row(2) + &row(2)), Err(Error::Labels { row: 2, .. })));
}

#[test]
fn urls_are_cloned_once() {
    let fixture = Fixture::bare().file("test_a.py", TEST).commit();
    let cache = tempfile::tempdir().unwrap();
    let options = Options::new(cache.path());
    let url = format!("file://{}", fixture.path().display());
    let first = mine(&spec(&url), &options, &NoObserver).unwrap();
    assert_eq!(drafts(&first), [("test_a.py", "12")]);
    drop(fixture);
    assert_eq!(mine(&spec(&url), &options, &NoObserver).unwrap(), first);
    let clones: Vec<_> = std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(clones.len(), 1);
    assert!(clones[0].join("HEAD").exists());
    let other = Fixture::bare().file("test_b.py", TEST).commit();
    let url = format!("file://{}", other.path().display());
    let second = mine(&spec(&url), &options, &NoObserver).unwrap();
    assert_eq!(drafts(&second), [("test_b.py", "12")], "another source is another clone");
}

/// A clone that a killed run left half is made anew, and nothing of it stays.
#[test]
fn half_a_clone_is_made_anew() {
    let fixture = Fixture::bare().file("test_a.py", TEST).commit();
    let cache = tempfile::tempdir().unwrap();
    let options = Options::new(cache.path());
    let url = format!("file://{}", fixture.path().display());
    let first = mine(&spec(&url), &options, &NoObserver).unwrap();
    let names = || std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
    let whole = names();
    let half = whole[0].with_extension("git.partial");
    std::fs::rename(&whole[0], &half).unwrap();
    std::fs::write(half.join("HEAD"), "half").unwrap();
    std::fs::create_dir(half.join("left")).unwrap();
    assert_eq!(mine(&spec(&url), &options, &NoObserver).unwrap(), first);
    assert_eq!(names(), whole);
    assert!(!whole[0].join("left").exists());
}

/// Thirteen folders, each naming the next one ten times: ten billion paths in a few objects.
#[test]
fn trees_that_unfold_without_end_are_refused() {
    let fixture = Fixture::bare().file("test_a.py", TEST).commit();
    let git = git2::Repository::open(fixture.path()).unwrap();
    let mut tree = git.treebuilder(None).unwrap().write().unwrap();
    for _ in 0..10 {
        let mut folder = git.treebuilder(None).unwrap();
        for name in 0..10 {
            folder.insert(format!("d{name}"), tree, 0o040_000).unwrap();
        }
        tree = folder.write().unwrap();
    }
    let author = git2::Signature::new("a", "a@example.org", &git2::Time::new(0, 0)).unwrap();
    let commit = git.commit(None, &author, &author, "bomb", &git.find_tree(tree).unwrap(), &[]).unwrap();
    let pinned = RepoSpec { rev: Some(commit.to_string()), ..spec(&fixture.path().display().to_string()) };
    let refused = mine(&pinned, &Options::new("cache"), &NoObserver);
    assert!(matches!(refused, Err(Error::TreeTooLarge { .. })));
}

#[test]
fn urls_that_cannot_be_cloned_leave_nothing() {
    let cache = tempfile::tempdir().unwrap();
    let options = Options::new(cache.path());
    let gone = mine(&spec("file:///no/such/folder"), &options, &NoObserver);
    assert!(matches!(gone, Err(Error::Clone { .. })));
    assert!(matches!(mine(&spec("ext://sh -c true"), &options, &NoObserver), Err(Error::Scheme { .. })));
    let refused = mine(&spec("http://127.0.0.1:1/a/b"), &options, &NoObserver);
    assert!(matches!(refused, Err(Error::Clone { .. })));
    assert_eq!(std::fs::read_dir(cache.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_repository_is_an_error() {
    let fixture = Fixture::bare().file("tests/test_a.py", TEST).commit();
    let tree = fixture.git.head().unwrap().peel_to_tree().unwrap().id().to_string();
    let object = fixture.path().join("objects").join(&tree[..2]).join(&tree[2..]);
    std::fs::remove_file(object).unwrap();
    assert!(matches!(error(&fixture), Error::Damaged { .. }));
}
