//! Texts of diffs, held against `git diff`.

use miner::Error;
use miner::history::{Abbreviation, Attributes, Diff, History, Limits, Names, Step, Style, filter};
use miner::is_evolution_production;

use crate::listing::lines;
use crate::random;
use crate::script::{Made, SUBMODULE, Script, git, run};

const EMPTY_TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

fn style(names: Names) -> Style {
    Style { names, abbreviation: Abbreviation::SHORTEST, attributes: Attributes::default() }
}

fn steps(history: &History<'_>, made: &Made) -> Vec<Step> {
    let head = made.open().resolve(None).unwrap();
    history.walk(&head).unwrap().map(Result::unwrap).collect()
}

/// What the program prints, decoded as Python decodes with `errors="replace"`.
fn theirs(made: &Made, settings: &[&str], old: &str, new: &str) -> String {
    let diff = ["diff", "--no-color", "-U3", old, new];
    String::from_utf8_lossy(&made.git(&[settings, &diff[..]].concat())).into_owned()
}

/// Compares the diffs of all commits `distance` apart, filtered and unfiltered.
#[track_caller]
fn check(script: &Script, distance: usize) -> Vec<Diff> {
    let made = script.make();
    let repository = made.open();
    let history = History::open(&repository, Limits::default()).unwrap();
    let steps = steps(&history, &made);
    let mut diffs = Vec::new();
    for (index, step) in steps.iter().enumerate() {
        let base = index.checked_sub(distance).map(|base| steps[base].tree);
        let base_name = base.map_or_else(|| EMPTY_TREE.to_owned(), |base| base.to_string());
        let raw = history.diff(base, Some(step.tree), &style(Names::Raw), &|_| true).unwrap();
        assert_eq!(raw.text, theirs(&made, &["-c", "core.quotePath=off"], &base_name, step.commit.as_str()));
        let kept = history.diff(base, Some(step.tree), &style(Names::Quoted), &is_evolution_production).unwrap();
        let expected = filter(&theirs(&made, &[], &base_name, step.commit.as_str()), &is_evolution_production);
        assert_eq!(kept.text, expected);
        assert_eq!(kept.chunks, kept.text.lines().filter(|line| line.starts_with("diff --git ")).count());
        if base == step.parent_tree {
            assert_eq!(history.diff_of(&step.changes, &style(Names::Raw), &|_| true).unwrap(), raw);
        }
        diffs.push(raw);
    }
    diffs
}

#[test]
fn all_kinds_of_chunks() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.file("a.py", "x = 1\ny = 2").file("empty.py", "").file("b c.py", "1\n").file("q\"é\t.py", "1\n");
    script.file("bin.md", b"a\0b\n").write("120000", "link.py", "a.py").submodule("module.py", SUBMODULE);
    script.write("100755", "run.py", "1\n").file("moved.rst", "one\ntwo\nthree\nfour\n").file("gone.py", "1\n");
    script.file("invalid.py", b"caf\xe9\n\xe2\x82\n").file("x b/y.py", "1\n").file("exact.py", "same\n");
    script.commit("main", &[]);
    script.file("a.py", "x = 1\ny = 2\n").file("empty.py", "1\n").file("b c.py", "2\n").file("q\"é\t.py", "2\n");
    script.file("bin.md", b"a\0c\n").write("120000", "link.py", "b.py");
    script.submodule("module.py", &SUBMODULE.replace('1', "f")).write("100644", "run.py", "1\n");
    script.delete("moved.rst").write("100755", "there.rst", "one\ntwo\nthree\n").delete("gone.py");
    script.file("invalid.py", b"caf\xe9\n\xe2\x82\xac\n").file("x b/y.py", "2").rename("exact.py", "exactly.py");
    script.commit("main", &[]);
    script.file("link.py", "no link\n").write("120000", "a.py", "b.py").file("module.py", "").delete("empty.py");
    script.file("bin.md", "a\n").write("100755", "exactly.py", b"\0").delete("run.py").file("x b/y.py", "");
    script.commit("main", &[]);
    script.delete("module.py").delete("link.py").submodule("a.py", SUBMODULE).write("100755", "x b/y.py", "");
    let diffs = check(&script, 1);
    let all: String = diffs.iter().map(|diff| &*diff.text).collect();
    let parts = [
        "\\ No newline at end of file",
        "Binary files a/bin.md and b/bin.md differ",
        "Binary files /dev/null and b/bin.md",
        "-Subproject commit 1",
        "rename from moved.rst",
        "similarity index 100%",
        "old mode 100755",
        "\u{fffd}",
        "--- a/b c.py\t\n",
        "deleted file mode 120000",
        "index 0000000..e69de29\n",
    ];
    for part in parts {
        assert!(all.contains(part), "{part}");
    }
    check(&script, 2);
}

#[test]
fn hunks_name_the_place_above() {
    let mut script = Script::new();
    let text = |marks: [&str; 3]| {
        let filler = |count: usize| lines("    line", count);
        let [one, two, three] = marks;
        let long = format!("def {}é{}():\n", "n".repeat(75), "m".repeat(20));
        format!("{one}{}class A:   \r\n{}{two}{long}{}{three}$x\n_y é\n", filler(6), filler(9), filler(9))
    };
    script.commit("main", &[]);
    script.file("a.py", text(["", "", ""])).file("b.py", b"caf\xe9 (\n1\n2\n3\n4\n5\n6\n");
    script.commit("main", &[]);
    script.file("a.py", text(["1\n", "2\n", "3\n"])).file("b.py", b"caf\xe9 (\n1\n2\n3\n4\n5\n7\n");
    let diffs = check(&script, 1);
    assert!(diffs[1].text.contains("@@ class A:\n") && diffs[1].text.contains("nnn\n"), "{}", diffs[1].text);
    assert!(diffs[1].text.contains(" @@ caf\n"));
}

#[test]
fn histories_made_by_chance() {
    for seed in 10..13 {
        check(&random::history(seed, 25, 9), 1);
        check(&random::history(seed, 12, 9), 3);
    }
}

/// `git diff` in a clone sees the attributes of the files that are checked out.
#[test]
fn attributes_of_the_head_shape_every_diff() {
    let method =
        |value: &str| format!("class A:\n    def f(self):\n{}        return {value}\n", "        1\n".repeat(9));
    let heading = |value: &str| format!("# Title\n\n{}text\n\n{value}\n", "Line\n".repeat(5));
    let mut script = Script::new();
    for value in ["1", "2", "3"] {
        script.commit("main", &[]);
        script.file("a.py", method(value)).file("docs/a.py", method(value)).file("a.md", heading(value));
        script.file("b.rst", value).file("docs/b.rst", format!("\0{value}")).file("docs/deep/c.py", value);
    }
    script.file(".gitattributes", "*.py diff=python\n*.md diff=markdown\n*.rst binary\n");
    script.file("docs/.gitattributes", "/a.py !diff\n*.rst diff\n").file("docs/deep/.gitattributes", "* -diff\n");
    let (made, clone) = (script.make(), tempfile::tempdir().unwrap());
    run(git(clone.path()).args(["clone", "-q", &made.path().display().to_string(), "."]));
    let repository = made.open();
    let history = History::open(&repository, Limits::default()).unwrap();
    let steps = steps(&history, &made);
    let attributes = Attributes::read(&history, steps[2].tree).unwrap();
    let style = Style { attributes, ..style(Names::Raw) };
    for pair in steps.windows(2) {
        let [old, new] = [&pair[0], &pair[1]];
        let program = run(git(clone.path()).args(["diff", "-U3", old.commit.as_str(), new.commit.as_str()]));
        let ours = history.diff(Some(old.tree), Some(new.tree), &style, &|_| true).unwrap();
        assert_eq!(ours.text, String::from_utf8_lossy(&program));
    }
}

#[test]
fn the_length_of_ids_is_that_of_the_clone() {
    let mut script = Script::new();
    script.commit("main", &[]);
    let files = 17_000;
    for file in 0..files {
        script.file(&format!("{}/{file}", file % 100), file.to_string());
    }
    script.commit("main", &[]);
    script.file("a.py", "1\n");
    let made = script.make();
    let repository = made.open();
    let history = History::open(&repository, Limits::default()).unwrap();
    let steps = steps(&history, &made);
    let style = Style { abbreviation: Abbreviation::of(&repository).unwrap(), ..style(Names::Raw) };
    let ours = history.diff_of(&steps[1].changes, &style, &|_| true).unwrap();
    assert_eq!(ours.text, theirs(&made, &[], steps[0].commit.as_str(), steps[1].commit.as_str()));
    assert!(ours.text.contains("index 00000000.."));
}

#[test]
fn what_cannot_be_read_or_is_too_long_is_an_error() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.file("a.py", "1\n".repeat(100)).file("b.txt", "1\n");
    let made = script.make();
    let repository = made.open();
    let diff = |limits: Limits| {
        let history = History::open(&repository, limits).unwrap();
        let tree = steps(&history, &made)[0].tree;
        history.diff(None, Some(tree), &style(Names::Quoted), &|_| true)
    };
    let limits = Limits::default();
    assert!(matches!(diff(Limits { diff_bytes: 300, ..limits }), Err(Error::Beyond { .. })));
    let blind = diff(Limits { blob_bytes: 50, ..limits }).unwrap();
    assert!(
        blind.text.contains("Binary files /dev/null and b/a.py differ\n")
            && blind.text.ends_with("@@ -0,0 +1 @@\n+1\n")
    );
    let history = History::open(&repository, limits).unwrap();
    let step = steps(&history, &made).remove(0);
    let mut changes = step.changes;
    changes[0].new.as_mut().unwrap().id = absent();
    let lost = history.diff_of(&changes, &style(Names::Quoted), &|_| true);
    assert!(matches!(lost, Err(Error::Incomplete { .. })));
    assert_eq!(history.blob(absent(), 9), None);
    let blob = changes[1].new.unwrap().id;
    assert_eq!((history.blob(blob, 2), history.blob(blob, 1)), (Some(b"1\n".to_vec()), None));
    assert_eq!(history.blob(step.tree, 999), None, "a tree is no blob");
}

fn absent() -> git2::Oid {
    git2::Oid::from_str(SUBMODULE).unwrap()
}
