//! `lock`: which commit is pinned, what is refused for what, and what a list keeps.

use std::fs;
use std::path::Path;

use bench::{Criterion, Partition, Provenance, RepoList, RepoSpec};

use crate::fixture::{MIT, Scripted, done, run};

const OLD: &str = "2024-06-01T00:00:00Z";
const NEW: &str = "2025-06-01T00:00:00Z";
const GPL: &str = "GNU GENERAL PUBLIC LICENSE\n   Version 3, 29 June 2007\n";

/// A mirror of `name` below `folder`.
fn mirror(folder: &Path, name: &str) -> Scripted {
    Scripted::new(&folder.join("mirrors").join(format!("{}.git", name.replace('/', "__"))))
}

/// A mirror that meets every criterion, with a file that makes its history its own.
fn worthy(folder: &Path, name: &str, date: &str) -> (Scripted, String) {
    let scripted = mirror(folder, name);
    let head = scripted.worthy(MIT).file("README.md", name).commit(date);
    (scripted, head)
}

fn listed(folder: &Path, extra: &[&str]) -> Vec<RepoSpec> {
    done(folder, &[&["lock", "--mirrors", "mirrors", "--out", "repos.toml"], extra].concat());
    RepoList::read(&folder.join("repos.toml")).expect("a list").repos
}

/// The rejections as (name, criterion).
fn rejected(folder: &Path) -> Vec<(String, Criterion)> {
    let text = fs::read_to_string(folder.join("rejected.tsv")).expect("a table");
    let row = |line: &str| {
        let mut cells = line.split('\t');
        let (name, criterion) = (cells.next().expect("a name"), cells.next().expect("a criterion"));
        (name.to_owned(), criterion.parse().expect("a known criterion"))
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn the_last_first_parent_commit_before_the_cutoff_is_pinned() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scripted, _) = worthy(folder.path(), "a/b", OLD);
    let pin = scripted.file("code.py", "x = 2\n").commit("2025-03-01T00:00:00Z");
    scripted.git(OLD, &["switch", "--quiet", "--create", "side"]);
    scripted.file("side.py", "").commit("2025-03-30T00:00:00Z");
    scripted.git(OLD, &["switch", "--quiet", "main"]);
    scripted.git("2025-05-01T00:00:00Z", &["merge", "--quiet", "--no-ff", "side", "--message", "merge"]);
    let specs = listed(folder.path(), &[]);
    assert_eq!(specs[0].rev.as_ref(), Some(&pin), "R116");
    assert_eq!((specs[0].licence.as_deref(), specs[0].provenance), (Some("MIT"), Some(Provenance::Ours)));
    assert_eq!((specs[0].partition, specs[0].source.as_str()), (None, "https://github.com/a/b.git"));
    let facts = specs[0].facts.clone().expect("facts");
    assert_eq!((facts.commits, facts.python_files, facts.test_files, facts.tasks), (2, 3, 2, 40));
    assert_eq!(facts.first_commit.to_string(), OLD);
    assert_eq!(facts.pinned.to_string(), "2025-03-01T00:00:00Z");
    assert_eq!(facts.last_commit.to_string(), "2025-05-01T00:00:00Z");
    assert_eq!(facts.evidence.map(String::from).as_deref(), Some("pyproject.toml"));
    let later = listed(folder.path(), &["--cutoff", "2025-05-01"]);
    assert_ne!(later[0].rev.as_ref(), Some(&pin), "a commit at the cut-off itself is not later");
    let exact = listed(folder.path(), &["--cutoff", "2025-04-30T23:59:59Z"]);
    assert_eq!(exact[0].rev.as_ref(), Some(&pin));
}

#[test]
fn histories_after_the_cutoff_are_out_of_distribution() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scripted, first) = worthy(folder.path(), "a/b", NEW);
    let head = scripted.file("code.py", "x = 2\n").commit("2025-09-01T00:00:00Z");
    let specs = listed(folder.path(), &[]);
    assert_eq!((specs[0].partition, specs[0].rev.as_ref()), (Some(Partition::OodTest), Some(&head)));
    let until = listed(folder.path(), &["--ood-until", "2025-07-01"]);
    assert_eq!(until[0].rev.as_ref(), Some(&first));
}

#[test]
fn each_criterion_refuses_and_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let bare = |name: &str| {
        let scripted = mirror(here, name);
        scripted.worthy(MIT).file("README.md", name);
        scripted
    };
    bare("a/fine").commit(OLD);
    bare("b/gpl").file("LICENSE", GPL).commit(OLD);
    bare("b/own").file("LICENSE", "All rights reserved.\n").commit(OLD);
    let none = bare("b/none");
    fs::remove_file(none.path().join("LICENSE")).expect("removed");
    none.commit(OLD);
    let untested = mirror(here, "b/untested");
    untested.file("LICENSE", MIT).file("pyproject.toml", "pytest").file("code.py", "x = 1\n").commit(OLD);
    bare("b/plain").file("pyproject.toml", "").commit(OLD);
    bare("b/few").file("tests/test_a.py", "").file("tests/test_b.py", "def test():\n    assert f() == 1\n").commit(OLD);
    let fork = mirror(here, "c/fork");
    let fine = here.join("mirrors/a__fine.git");
    fork.git(OLD, &["pull", "--quiet", fine.to_str().expect("text")]);
    fs::create_dir_all(here.join("mirrors/d__broken.git")).expect("made");
    Scripted::new(&here.join("mirrors/d__empty.git"));
    let shallow = here.join("mirrors/d__shallow.git");
    bare("a/fine").file("more", "").commit(OLD);
    let url = format!("file://{}", fine.display());
    fork.git(OLD, &["clone", "--quiet", "--depth", "1", &url, shallow.to_str().expect("text")]);
    let names: Vec<String> = listed(here, &[]).into_iter().map(|spec| spec.name.to_string()).collect();
    let mut expected = vec![
        ("b/few".to_owned(), Criterion::TooFewTasks),
        ("b/gpl".to_owned(), Criterion::LicenceNotPermissive),
        ("b/none".to_owned(), Criterion::LicenceMissing),
        ("b/own".to_owned(), Criterion::LicenceUnknown),
        ("b/plain".to_owned(), Criterion::NoFramework),
        ("b/untested".to_owned(), Criterion::NoTestFile),
        ("d/broken".to_owned(), Criterion::Unreadable),
        ("d/empty".to_owned(), Criterion::Unreadable),
        ("d/shallow".to_owned(), Criterion::Shallow),
    ];
    let copy = if names == ["a/fine"] { "c/fork" } else { "a/fine" };
    expected.push((copy.to_owned(), Criterion::SharedHistory));
    expected.sort();
    let mut found = rejected(here);
    found.sort();
    assert_eq!((names.len(), found), (1, expected));
}

#[test]
fn an_import_is_evidence_in_strict_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let scripted = mirror(folder.path(), "a/b");
    scripted
        .worthy(MIT)
        .file("pyproject.toml", "")
        .file("tests/test_0.py", "if x:\n    from unittest.mock import Mock\n");
    scripted.commit(OLD);
    assert_eq!(run(folder.path(), &["lock", "--mirrors", "mirrors"]).code, 2, "R21");
    assert_eq!(rejected(folder.path()), [("a/b".to_owned(), Criterion::NoFramework)]);
    let specs = listed(folder.path(), &["--profile", "strict"]);
    let evidence = specs[0].facts.as_ref().and_then(|facts| facts.evidence.clone());
    assert_eq!(evidence.map(String::from).as_deref(), Some("tests/test_0.py"), "R34");
}

#[test]
fn published_members_are_listed_with_what_they_fail() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    worthy(here, "a/ours", OLD);
    let young = mirror(here, "b/young");
    young.worthy(GPL).commit("2026-01-01T00:00:00Z");
    young.file("code.py", "x = 3\n").commit("2026-06-01T00:00:00Z");
    fs::write(here.join("cr.txt"), "# known\nb/young\n\nc/absent\n").expect("written");
    let specs = listed(here, &["--members", "cr_test=cr.txt", "--take", "0"]);
    assert_eq!(specs.len(), 1);
    assert_eq!(
        (specs[0].partition, specs[0].provenance),
        (Some(Partition::CrossRepoTest), Some(Provenance::Published))
    );
    let facts = specs[0].facts.clone().expect("facts");
    assert_eq!(facts.pinned.to_string(), "2026-01-01T00:00:00Z", "as cloned by the authors (R24)");
    assert_eq!(facts.fails, [Criterion::NoHistory, Criterion::LicenceNotPermissive]);
    assert_eq!(specs[0].licence.as_deref(), Some("GPL-3.0"));
    let expected = [("a/ours".to_owned(), Criterion::Surplus), ("c/absent".to_owned(), Criterion::Absent)];
    assert_eq!(rejected(here), expected);
    fs::write(here.join("train.txt"), "b/young\n").expect("written");
    let both =
        run(here, &["lock", "--mirrors", "mirrors", "--members", "cr_test=cr.txt", "--members", "train=train.txt"]);
    assert!(both.code == 2 && both.stderr.contains("b/young"), "{}", both.stderr);
    let unknown = run(here, &["lock", "--mirrors", "mirrors", "--members", "test=cr.txt"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("cr_test"), "{}", unknown.stderr);
}

#[test]
fn repositories_before_the_cutoff_need_tasks() {
    let folder = tempfile::tempdir().expect("a folder");
    worthy(folder.path(), "a/old", OLD);
    worthy(folder.path(), "b/new", NEW);
    assert_eq!(listed(folder.path(), &["--min-tasks", "40"]).len(), 2, "R80");
    let specs = listed(folder.path(), &["--min-tasks", "41"]);
    assert_eq!((specs.len(), specs[0].name.as_str()), (1, "b/new"), "R31");
    assert_eq!(rejected(folder.path()), [("a/old".to_owned(), Criterion::TooFewTasks)]);
}

#[test]
fn merging_adds_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, _) = worthy(here, "b/b", OLD);
    let before = listed(here, &[]);
    scripted.file("code.py", "x = 4\n").commit("2025-01-01T00:00:00Z");
    worthy(here, "a/a", OLD);
    let fork = mirror(here, "c/c");
    fork.git(OLD, &["pull", "--quiet", scripted.path().to_str().expect("text")]);
    let after = listed(here, &["--merge", "repos.toml"]);
    assert_eq!((after.len(), &after[1]), (2, &before[0]));
    assert_eq!(rejected(here), [("c/c".to_owned(), Criterion::SharedHistory)], "kept entries have copies too");
    let bytes = fs::read(here.join("repos.toml")).expect("read");
    listed(here, &["--merge", "repos.toml", "--threads", "1"]);
    assert_eq!(fs::read(here.join("repos.toml")).expect("read"), bytes);
}

#[test]
fn revisions_of_a_list_are_kept_or_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, first) = worthy(here, "a/b", OLD);
    scripted.file("code.py", "x = 5\n").commit("2025-01-01T00:00:00Z");
    let late = scripted.file("code.py", "x = 6\n").commit(NEW);
    let list = |rev: &str| {
        let text = format!("[[repo]]\nname = \"a/b\"\nsource = \"mirrors/a__b.git\"\nrev = \"{rev}\"\n");
        fs::write(here.join("list.toml"), text).expect("written");
        run(here, &["lock", "--repos", "list.toml", "--out", "repos.toml"])
    };
    assert_eq!(list(&first).code, 0);
    let spec = RepoList::read(&here.join("repos.toml")).expect("a list").repos.remove(0);
    assert_eq!(spec.rev, Some(first));
    assert!(fs::read_to_string(here.join("repos.toml")).expect("text").contains("source = \"mirrors/a__b.git\""));
    assert_eq!(list(&late).code, 2);
    assert_eq!(rejected(here), [("a/b".to_owned(), Criterion::NoHistory)]);
}

#[test]
fn lists_are_the_same_on_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a/a", "a/b", "B/c", "c/d", "c/e", "d/f"] {
        worthy(folder.path(), name, OLD);
    }
    let bytes = |threads: &str| {
        let names: Vec<String> = listed(folder.path(), &["--take", "4", "--threads", threads])
            .into_iter()
            .map(|spec| spec.name.to_string())
            .collect();
        assert!(names.len() == 4 && names.is_sorted(), "{names:?}");
        let read = |name: &str| fs::read(folder.path().join(name)).expect("read");
        (read("repos.toml"), read("rejected.tsv"))
    };
    assert_eq!(bytes("1"), bytes("3"));
}
