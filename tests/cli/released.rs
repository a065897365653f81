//! The verbs that look at releases: `verify` on releases that were broken on purpose, `stats`, `diff`.

use std::fs;
use std::path::Path;

use bench::table::{Columns, Row, read_table, write_table};
use bench::{Contents, Manifest, Partition, SpanTask, Split, Task};
use serde_json::Value;
use tempfile::TempDir;

use super::{Run, contents, corpus, done, repopeft};

/// A corpus with a release of either track.
fn both_tracks() -> TempDir {
    let folder = corpus();
    done(folder.path(), &["build", "--mining", "mining", "--track", "evolution", "--out", "evolution"]);
    folder
}

/// Changes the release `name` in `folder` and seals it again, as one would who hides what he did.
fn reseal(folder: &Path, name: &str, edit: impl FnOnce(&mut Contents)) {
    let root = folder.join(name);
    let mut manifest: Manifest = bench::file::read_json(&root.join("manifest.json")).expect("a manifest");
    edit(&mut manifest.contents);
    for entry in &mut manifest.contents.tables {
        entry.blake3 = bench::file::hash(&root.join(&entry.path)).expect("a table");
    }
    let compact = folder.join("contents.json");
    fs::write(&compact, serde_json::to_vec(&manifest.contents).expect("JSON")).expect("written");
    manifest.root = bench::file::hash(&compact).expect("a hash");
    bench::file::write_json(&root.join("manifest.json"), &manifest).expect("written");
    for beside in ["provenance.json", "README.md", "LICENCES.md"] {
        fs::remove_file(root.join(beside)).expect("removed");
    }
}

/// Writes other rows into the table at `path` of the release `name` and seals it again.
fn rewrite<R: Row + Columns>(folder: &Path, name: &str, path: &str, edit: impl FnOnce(&mut Vec<R>)) {
    let file = folder.join(name).join(path);
    let mut rows: Vec<R> = read_table(&file).expect("a table");
    edit(&mut rows);
    let count = write_table(&file, &[], rows).expect("written");
    reseal(folder, name, |contents| {
        let entry = contents.tables.iter_mut().find(|entry| entry.path == path).expect("the table");
        entry.rows = count;
    });
}

fn rows<R: Row + Columns>(folder: &Path, path: &str) -> Vec<R> {
    read_table(&folder.join(path)).expect("a table")
}

/// `verify` of a broken release, which must answer no and name each of `words` in one line.
fn broken(folder: &Path, arguments: &[&str], words: &[&str]) -> Run {
    let run = repopeft(folder, &[&["verify"], arguments].concat());
    assert_eq!(run.code, 1, "{arguments:?}\n{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.lines().any(|line| words.iter().all(|word| line.contains(word))),
        "{words:?} in\n{}",
        run.stderr
    );
    run
}

#[test]
fn whole_releases_are_whole() {
    let folder = both_tracks();
    for release in ["release", "evolution"] {
        let run = done(folder.path(), &["verify", release]);
        assert!(run.stdout.ends_with("\twhole\n"), "{}", run.stdout);
        let run = done(folder.path(), &["verify", release, "--mining", "mining", "--format", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
        assert_eq!((&report["whole"], &report["compared"]["rebuilt"]), (&true.into(), &true.into()), "{report}");
        let run = done(folder.path(), &["verify", release, "--repos", "probe/repos.toml", "--sample", "2"]);
        assert!(run.stdout.contains("compared\t2 of 6 repositories with clones"), "{}", run.stdout);
        let all = run.stdout.lines().find(|line| line.starts_with("reproduced\t")).expect("compared");
        assert!(!all.starts_with("reproduced\t0") && all.ends_with("\t0 failed"), "{all}");
    }
}

/// What a power cut or another program did to the tables of a release is mended by making it again.
#[test]
fn damaged_releases_are_made_again() {
    let folder = both_tracks();
    let here = folder.path();
    let table = here.join("release/tasks/train.parquet");
    let whole = fs::read(&table).expect("read");
    fs::write(&table, "").expect("written");
    done(here, &["build", "--mining", "mining", "--out", "release"]);
    assert_eq!(fs::read(&table).expect("read"), whole);
    assert!(done(here, &["verify", "release"]).stdout.ends_with("\twhole\n"));
}

#[test]
fn training_tables_with_other_rows_are_named_r150_r156() {
    let folder = both_tracks();
    let here = folder.path();
    let stranger: Task = rows::<Task>(here, "release/tasks/ir_val.parquet").remove(0);
    let at = rows::<Task>(here, "release/tasks/train.parquet").len() + 1;
    rewrite(here, "release", "tasks/train.parquet", |tasks: &mut Vec<Task>| tasks.push(stranger));
    let place = format!("tasks/train.parquet, row {at}: ");
    broken(here, &["release"], &[&place, "is of ir_val", "[partition]"]);

    let mut stranger: SpanTask = rows::<SpanTask>(here, "evolution/tasks/ir_val.parquet").remove(0);
    stranger.split = Split::Train;
    rewrite(here, "evolution", "tasks/train.parquet", |spans: &mut Vec<SpanTask>| {
        let at = spans.iter().position(|span| span.repo == stranger.repo).expect("its repository");
        spans.insert(at, stranger);
    });
    let run = broken(here, &["evolution"], &["tasks/train.parquet, row ", "belongs to ir_val", "[stage]"]);
    assert!(run.stderr.contains("[counts]"), "{}", run.stderr);
}

#[test]
fn repositories_in_two_splits_are_named_r156() {
    let folder = corpus();
    let here = folder.path();
    reseal(here, "release", |contents| {
        let at = contents.repos.iter().position(|known| known.partition == Partition::Train).expect("a repository");
        let mut twin = contents.repos[at].clone();
        twin.partition = Partition::CrossRepoTest;
        contents.repos.insert(at, twin);
    });
    broken(here, &["release"], &["manifest.json", "is listed twice, in cr_test and in train", "[partition]"]);

    let folder = corpus();
    let here = folder.path();
    let mut moved: Task = rows::<Task>(here, "release/tasks/train.parquet").remove(0);
    moved.split = Split::CrossRepoTest;
    rewrite(here, "release", "tasks/cr_test.parquet", |tasks: &mut Vec<Task>| tasks.insert(0, moved));
    broken(here, &["release"], &["tasks/cr_test.parquet, row 1: ", "its repository of train", "[partition]"]);
}

#[test]
fn counts_and_join_keys_are_checked_r150() {
    let folder = corpus();
    let here = folder.path();
    reseal(here, "release", |contents| *contents.repos[0].tasks.values_mut().next().expect("a split") += 1);
    broken(here, &["release"], &["the manifest says", "[counts]"]);

    for twin in [|_: &mut Task| {}, |task: &mut Task| task.assertion.prefix.push(' ')] {
        let folder = corpus();
        let here = folder.path();
        rewrite(here, "release", "tasks/train.parquet", |tasks: &mut Vec<Task>| {
            let mut task = tasks[0].clone();
            twin(&mut task);
            task.assertion.id = task.assertion.address();
            tasks.insert(1, task);
        });
        broken(here, &["release"], &["tasks/train.parquet, row 2: ", "stands twice", "[unique]"]);
    }
}

#[test]
fn altered_files_are_named() {
    let folder = corpus();
    let here = folder.path();
    let table = here.join("release/tasks/cr_test.parquet");
    let bytes = fs::read(&table).expect("read");
    let mut other = bytes.clone();
    other[100] ^= 1;
    fs::write(&table, other).expect("written");
    broken(here, &["release"], &["tasks/cr_test.parquet", "was changed after sealing", "[files]"]);
    fs::remove_file(&table).expect("removed");
    broken(here, &["release"], &["tasks/cr_test.parquet: is missing", "[files]"]);
    fs::write(&table, &bytes).expect("written");
    fs::write(here.join("release/tasks/more.parquet"), &bytes).expect("written");
    broken(here, &["release"], &["tasks/more.parquet: is not in the manifest", "[files]"]);
    fs::remove_file(here.join("release/tasks/more.parquet")).expect("removed");

    let manifest = here.join("release/manifest.json");
    let text = fs::read_to_string(&manifest).expect("read");
    fs::write(&manifest, text.replacen("\"min_pairs\": 30", "\"min_pairs\": 29", 1)).expect("written");
    broken(here, &["release"], &["manifest.json: was changed after sealing", "[files]"]);
    fs::write(&manifest, text.replacen("tasks/cr_test.parquet", "../mining/mining.json", 1)).expect("written");
    broken(here, &["release"], &["../mining/mining.json: is no path inside a release", "[files]"]);
    fs::write(&manifest, &text).expect("written");

    fs::write(here.join("release/README.md"), "mine").expect("written");
    done(here, &["verify", "release"]);
    fs::write(here.join("release/LICENCES.md"), "all mine").expect("written");
    broken(here, &["release"], &["LICENCES.md: ", "[beside]"]);
}

#[test]
fn what_no_clone_gives_is_named_r150() {
    let folder = corpus();
    let here = folder.path();
    rewrite(here, "release", "tasks/cr_test.parquet", |tasks: &mut Vec<Task>| {
        let own = &mut tasks[0].assertion;
        own.target = "forged".to_owned();
        own.id = own.address();
    });
    done(here, &["verify", "release"]);
    let run = broken(here, &["release", "--mining", "mining"], &["is not what its clone gives", "[reproduced]"]);
    assert!(
        run.stderr.contains("tasks/cr_test.parquet: is another when it is built again [rebuilt]"),
        "{}",
        run.stderr
    );
    broken(here, &["release", "--repos", "probe/repos.toml"], &["is not what its clone gives", "[reproduced]"]);
}

#[test]
fn what_cannot_be_compared_is_no_yes() {
    let folder = corpus();
    let here = folder.path();
    fs::create_dir(here.join("empty")).expect("made");
    fs::write(here.join("other.toml"), "[[repo]]\nname = \"a/b\"\nsource = \"empty\"\n").expect("written");
    done(here, &["export", "--from", "release", "--layout", "hub", "--out", "hub"]);
    done(here, &["import", "--from", "hub", "--out", "imported"]);
    done(
        here,
        &["mine", "--repos", "probe/repos.toml", "--profile", "strict", "--tracks", "static", "--out", "strict"],
    );
    let cases: [(&[&str], &str); 12] = [
        (&["nowhere"], "is no release"),
        (&["mining"], "is no release"),
        (&["release", "--mining", "empty"], "is no folder of a finished `mine`"),
        (&["release", "--mining", "strict"], "was mined by the profile strict"),
        (&["imported", "--mining", "mining"], "was imported"),
        (&["release", "--mirrors", "empty"], "make it with `fetch`"),
        (&["release", "--repos", "other.toml"], "the list does not name it"),
        (&["release", "--sample", "1"], "<--mirrors <DIR>|--repos <FILE>>"),
        (&["release", "--keep", "random"], "<--mirrors <DIR>|--repos <FILE>>"),
        (&["release", "--time-limit", "5"], "<--mirrors <DIR>|--repos <FILE>>"),
        (&["release", "--mining", "mining", "--keep", "random"], "cannot be used with"),
        (&["release", "--mining", "mining", "--mirrors", "empty"], "cannot be used with"),
    ];
    for (arguments, word) in cases {
        let run = repopeft(here, &[&["verify"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(word) && !run.stdout.contains("whole"), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn releases_carry_card_and_licences_and_keep_them() {
    let folder = both_tracks();
    let here = folder.path();
    for release in ["release", "evolution"] {
        let read = |name: &str| fs::read_to_string(here.join(release).join(name)).expect("a file");
        let (card, licences) = (read("README.md"), read("LICENCES.md"));
        assert!(card.starts_with("---\npretty_name: ") && card.contains("\n  - split: cr_test\n"), "{card}");
        let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("JSON");
        for repo in manifest["contents"]["repos"].as_array().expect("repositories") {
            let line = format!("| {} | ", repo["repo"].as_str().expect("a name"));
            let found = licences.lines().find(|found| found.starts_with(&line)).expect("a line");
            assert!(found.contains(repo["commit"].as_str().expect("a commit")), "{found}");
        }
        let provenance: Value = serde_json::from_str(&read("provenance.json")).expect("JSON");
        assert_eq!(provenance["release"], manifest["root"]);
        assert!(provenance["made"]["counts"]["selected"].as_u64().expect("a count") > 100, "{provenance}");
    }
    assert!(fs::read_to_string(here.join("release/README.md")).expect("a card").contains("R86"));
    let strict =
        ["mine", "--repos", "probe/repos.toml", "--profile", "strict", "--tracks", "static", "--out", "strict"];
    done(here, &strict);
    done(here, &["build", "--mining", "strict", "--out", "grouped"]);
    assert!(!fs::read_to_string(here.join("grouped/README.md")).expect("a card").contains("R86"));
    let before = contents(&here.join("release"));
    done(here, &["build", "--mining", "mining", "--out", "release"]);
    assert_eq!(before, contents(&here.join("release")), "building again changes nothing");
}

#[test]
fn statistics_are_the_same_every_time() {
    let folder = both_tracks();
    let here = folder.path();
    let run = done(here, &["stats", "release", "evolution", "--out", "stats"]);
    assert!(run.stdout.contains("Static Train") && run.stdout.contains("(39,612, "), "{}", run.stdout);
    assert!(here.join("stats/stats.md").exists() && here.join("stats/stats.json").exists());
    let first = contents(&here.join("stats"));
    let run = done(
        here,
        &["stats", "release", "evolution", "--out", "stats", "--threads", "1", "--card", "--format", "json"],
    );
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    assert_eq!(report["measured"]["releases"].as_array().map(Vec::len), Some(2));
    assert_eq!(first, contents(&here.join("stats")));
    let card = || fs::read_to_string(here.join("release/README.md")).expect("a card");
    let with = card();
    assert!(with.contains("### Tables 1 and 5"), "{with}");
    done(here, &["stats", "release", "evolution", "--out", "stats", "--card"]);
    assert_eq!(with, card(), "statistics are replaced, not added");
    done(here, &["verify", "release"]);
    let twice = repopeft(here, &["stats", "release", "release", "--out", "twice"]);
    assert!(twice.code == 2 && twice.stderr.contains("both hold"), "{}", twice.stderr);
    let none = repopeft(here, &["stats", "release", "--out", "other", "--tokenizer", "nowhere"]);
    assert!(none.code == 2 && !here.join("other").exists(), "{}", none.stderr);
}

#[test]
fn equal_releases_are_equal_and_changes_are_counted() {
    let folder = both_tracks();
    let here = folder.path();
    done(here, &["build", "--mining", "mining", "--out", "copy"]);
    done(here, &["diff", "release", "copy"]);
    for release in ["release", "evolution"] {
        let hub = format!("hub-{release}");
        done(here, &["export", "--from", release, "--layout", "hub", "--out", &hub]);
        let run = done(here, &["diff", release, &hub]);
        assert!(run.stdout.ends_with("equal\n") && !run.stdout.contains("\t0 kept"), "{}", run.stdout);
        done(here, &["diff", &hub, release]);
    }
    rewrite(here, "copy", "tasks/cr_test.parquet", |tasks: &mut Vec<Task>| {
        tasks.remove(1);
        let own = &mut tasks[0].assertion;
        own.prefix.push(' ');
        own.id = own.address();
    });
    let run = repopeft(here, &["diff", "release", "copy", "--format", "json"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let report: Value = serde_json::from_str(&run.stdout).expect("JSON");
    let set = report["sets"].as_array().expect("sets").iter().find(|set| set["set"] == "cr_test").expect("CR-test");
    let count = |name: &str| set[name].as_u64().expect("a count");
    assert_eq!((count("changed"), count("added"), count("removed")), (1, 0, 1));
    assert_eq!(count("kept") + 2, count("a"));
    assert_eq!(report["tasks"].as_array().map(Vec::len), Some(2), "{report}");
    let run = repopeft(here, &["diff", "release", "copy", "--show", "0"]);
    assert!(run.code == 1 && run.stdout.ends_with("different\n"), "{}", run.stdout);

    reseal(here, "evolution", |contents| drop(contents.repos.remove(0)));
    done(here, &["build", "--mining", "mining", "--track", "evolution", "--out", "evolution-2"]);
    let run = repopeft(here, &["diff", "evolution", "evolution-2"]);
    assert!(run.code == 1 && run.stdout.contains("repository added\t"), "{}", run.stdout);
    for (a, b, word) in [("release", "evolution-2", "track"), ("release", "probe", "manifest.json")] {
        let run = repopeft(here, &["diff", a, b]);
        assert!(run.code == 2 && run.stderr.contains(word), "{}", run.stderr);
    }
}
