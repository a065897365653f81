//! Lists of changes, held against `git log --raw`.

use std::fmt::Write;

use miner::Error;
use miner::history::{Change, FileVersion, History, Limits, Status, quoted_name};

use crate::random;
use crate::script::{Made, SUBMODULE, Script, git, run};

/// The history in git's words.
fn ours(made: &Made, limits: Limits) -> String {
    let repository = made.open();
    let history = History::open(&repository, limits).unwrap();
    let mut text = String::new();
    for step in history.walk(&repository.resolve(None).unwrap()).unwrap() {
        let step = step.unwrap();
        writeln!(text, "{} {} {} {}", step.commit, step.tree, step.author_time, step.committer_seconds).unwrap();
        for change in &step.changes {
            writeln!(text, "{}", line(change)).unwrap();
        }
    }
    text
}

fn line(change: &Change) -> String {
    let mode = |side: Option<FileVersion>| side.map_or(0, |side| side.mode.bits());
    let id = |side: Option<FileVersion>| side.map_or_else(|| "0".repeat(40), |side| side.id.to_string());
    let letter = match change.status {
        Status::Added => "A".to_owned(),
        Status::Modified => "M".to_owned(),
        Status::TypeChanged => "T".to_owned(),
        Status::Deleted => "D".to_owned(),
        Status::Renamed => format!("R{:03}", change.similarity.unwrap()),
    };
    let old_path = change.old_path.as_ref().map_or_else(String::new, |path| format!("{}\t", quoted_name(path)));
    let sides = [change.old, change.new];
    let [modes, ids] = [sides.map(|side| format!("{:06o}", mode(side))), sides.map(id)];
    format!(":{} {} {letter}\t{old_path}{}", modes.join(" "), ids.join(" "), quoted_name(&change.path))
}

/// The history as the program tells it, with `settings` such as `-c`, `diff.renameLimit=3`.
fn theirs(made: &Made, settings: &[&str]) -> String {
    let log = ["log", "--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "-M", "--format=%H %T %aI %ct"];
    let text = String::from_utf8(made.git(&[settings, &log[..]].concat())).unwrap();
    text.split_inclusive('\n').filter(|line| *line != "\n").collect()
}

#[track_caller]
fn check(script: &Script) -> String {
    let made = script.make();
    let ours = ours(&made, Limits::default());
    assert_eq!(ours, theirs(&made, &[]));
    ours
}

pub(crate) fn lines(prefix: &str, count: usize) -> String {
    (0..count).flat_map(|line| [prefix.to_owned(), format!(" {line}\n")]).collect()
}

#[test]
fn all_kinds_of_objects_and_changes() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.file("a", "1").file("a.b", "2").file("a0", "3").file("dir/x.py", "x\n").file("dir/sub/y.py", "y\n");
    script.write("100755", "run", "#!/bin/sh\n").write("120000", "link", "a").submodule("module", SUBMODULE);
    script.file("é.py", "é\n").file("tab\there", "").file("quote\"d", "q").file("line\nfeed", "l");
    script.commit("main", &[]);
    script.delete("a").file("a/x", "file to folder").delete("dir").file("dir", "folder to file");
    script.write("100644", "run", "#!/bin/sh\n").file("link", "no link").write("120000", "a0", "a").delete("module");
    script.file("module", "no module").file("é.py", "e\n");
    script.commit("main", &[]);
    script.submodule("module", SUBMODULE).write("120000", "run", "a").submodule("a/x", &SUBMODULE.replace('1', "a"));
    script.commit("main", &[]);
    script.rename("module", "moved").rename("run", "walk").rename("a0", "a1").submodule("a/x", SUBMODULE);
    script.commit("main", &[]);
    let text = check(&script);
    assert_eq!(
        ["\tT\t", " T\t", " D\t", " A\t", " M\t", " R100\t"].map(|kind| text.contains(kind)),
        [false, true, true, true, true, true]
    );
}

#[test]
fn merges_bring_in_what_their_side_did() {
    let mut script = Script::new();
    let root = script.commit("main", &[]);
    script.file("tests/test_a.py", "assert 1 == 1\n").file("b.py", lines("b", 20));
    script.branch("side", root);
    script.commit("side", &[]);
    script.file("tests/test_b.py", "assert 2 == 2\n").rename("b.py", "c.py");
    let side = script.commit("side", &[]);
    script.file("tests/test_c.py", "assert 3 == 3\n");
    script.commit("main", &[]);
    script.file("d.py", "");
    script.commit("main", &[side]);
    script.file("tests/test_b.py", "assert 2 == 2\n").file("tests/test_c.py", "assert 3 == 3\n").rename("b.py", "c.py");
    script.commit("main", &[]);
    script.delete("tests/test_a.py");
    script.commit("main", &[]);
    script.file("tests/test_a.py", "assert 1 == 1\n");
    let text = check(&script);
    assert!(text.contains(" R100\tb.py\tc.py\n") && text.matches("tests/test_b.py").count() == 1);
}

#[test]
fn renames_follow_every_rule() {
    let mut script = Script::new();
    script.commit("main", &[]);
    for name in ["one", "two", "three"] {
        script.file(&format!("same/{name}.py"), lines("same", 30));
        script.file(&format!("like/{name}.py"), lines("like", 30) + name);
    }
    script.file("empty", "").file("crlf", lines("c", 9).replace('\n', "\r\n")).file("long", "x".repeat(1_000));
    script
        .file("unique/base.py", lines("base", 20))
        .file("half", lines("h", 50))
        .file("binary", [0, 13, 10].repeat(90));
    script.commit("main", &[]);
    script.rename("same/two.py", "new/two.py").rename("same/one.py", "new/other.py").rename("empty", "nothing");
    script.rename("like/one.py", "like/1.py").file("like/1.py", lines("like", 28));
    script.rename("like/two.py", "like/2.py").file("like/2.py", lines("like", 27) + "z\n");
    script.delete("crlf").file("lf", lines("c", 9)).delete("long").file("longer", "x".repeat(1_300));
    script.delete("unique/base.py").file("moved/base.py", lines("base", 16) + &lines("new", 6));
    script.delete("half").file("other-half", lines("h", 26) + &lines("g", 24));
    script.delete("binary").file("binary2", [0, 13, 10].repeat(100));
    script.commit("main", &[]);
    script.delete("other-half").file("third", lines("h", 24) + &lines("g", 12) + &lines("z", 14));
    let text = check(&script);
    assert!(text.contains("\tsame/two.py\tnew/two.py\n") && text.contains("\tempty\tnothing\n"));
}

/// git turns the order of equal sources if there are 205 of them.
#[test]
fn some_numbers_of_sources_turn_the_order() {
    for (sources, first) in [(204, "old/000"), (205, "old/204"), (206, "old/000")] {
        let mut script = Script::new();
        script.commit("main", &[]);
        for source in 0..sources {
            script.file(&format!("old/{source:03}"), lines("same", 5));
        }
        script.commit("main", &[]);
        script.delete("old").file("new", lines("same", 5));
        let text = check(&script);
        assert!(text.contains(&format!(" R100\t{first}\tnew\n")), "{sources}");
    }
}

#[test]
fn too_many_pairs_leave_edited_renames_alone() {
    let mut script = Script::new();
    script.commit("main", &[]);
    for file in 0..4 {
        script.file(&format!("old/{file}.py"), lines(&file.to_string(), 30));
    }
    script.file("old/same.py", lines("same", 10)).file("old/near.py", lines("near", 30));
    script.commit("main", &[]);
    script.delete("old").file("new/same.py", lines("same", 10)).file("new/near.py", lines("near", 29));
    for file in 0..4 {
        script.file(&format!("new/{}.py", file + 10), lines(&file.to_string(), 28));
    }
    let made = script.make();
    for side in [3, 4] {
        let limits = Limits { rename_side: side, ..Limits::default() };
        let text = ours(&made, limits);
        assert_eq!(text, theirs(&made, &["-c", &format!("diff.renameLimit={side}")]));
        assert_eq!(text.matches(" R").count(), if side == 3 { 2 } else { 6 });
    }
}

#[test]
fn dates_are_shown_with_the_offset_of_the_author() {
    let mut script = Script::new();
    for (file, date) in
        ["0 +0000", "951782399 -0330", "1709164800 +1400", "4102444800 +0001", "1 +1260"].iter().enumerate()
    {
        script.commit_by("main", &[], &format!("Ä <a@example.org> {date}"));
        script.file(&file.to_string(), "");
    }
    check(&script);
}

#[test]
fn histories_made_by_chance() {
    for seed in 0..6 {
        let text = check(&random::history(seed, 60, 12));
        assert!(text.matches(" R0").count() > 10, "edits and renames must meet");
    }
}

#[test]
fn commits_without_changes_are_steps() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.commit("main", &[]);
    assert_eq!(check(&script).lines().count(), 2);
}

#[test]
fn shallow_clones_are_refused() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.commit("main", &[]);
    let (made, clone) = (script.make(), tempfile::tempdir().unwrap());
    let source = format!("file://{}", made.path().display());
    run(git(clone.path()).args(["clone", "-q", "--bare", "--depth=1", &source, "."]));
    let repository = miner::Repository::open(clone.path()).unwrap();
    let refused = History::open(&repository, Limits::default()).map(|_| ()).unwrap_err();
    assert!(matches!(refused, Error::Shallow { .. }) && refused.to_string().contains("--unshallow"));
}

#[test]
fn missing_commits_are_named() {
    let mut script = Script::new();
    for _ in 0..3 {
        script.commit("main", &[]);
    }
    let made = script.make();
    let middle = String::from_utf8(made.git(&["rev-parse", "main~1"])).unwrap();
    // So few objects are files of their own.
    let (folder, file) = middle.trim().split_at(2);
    std::fs::remove_file(made.path().join("objects").join(folder).join(file)).unwrap();
    let repository = made.open();
    let history = History::open(&repository, Limits::default()).unwrap();
    let refused = history.walk(&repository.resolve(None).unwrap()).map(|_| ()).unwrap_err();
    assert!(matches!(&refused, Error::Incomplete { what, .. } if what.contains(middle.trim())), "{refused}");
}

#[test]
fn limits_are_kept() {
    let mut script = Script::new();
    script.commit("main", &[]);
    script.file("a/b/c/d.py", lines("d", 9)).file("e.py", "");
    script.commit("main", &[]);
    script.delete("a").file("f.py", lines("d", 8));
    let made = script.make();
    let refuses = |limits: Limits| {
        let repository = made.open();
        let history = History::open(&repository, limits).unwrap();
        let walk = history.walk(&repository.resolve(None).unwrap());
        let error = walk.and_then(|walk| walk.collect::<Result<Vec<_>, _>>().map(|_| ())).unwrap_err();
        assert!(matches!(&error, Error::Beyond { .. }), "{error}");
    };
    let limits = Limits::default();
    refuses(Limits { commits: 1, ..limits });
    refuses(Limits { object_bytes: 20, ..limits });
    refuses(Limits { entries: 3, ..limits });
    refuses(Limits { depth: 2, ..limits });
    refuses(Limits { path_bytes: 9, ..limits });
    refuses(Limits { change_bytes: 100, ..limits });
    let blind = ours(&made, Limits { blob_bytes: 10, ..limits });
    assert_eq!(blind, ours(&made, Limits { rename_bytes: 10, ..limits }));
    assert!(!blind.contains(" R") && ours(&made, limits).contains(" R"));
}
