//! What the binary answers from outside: exit codes, errors, and that broken input destroys nothing.

mod board;
mod leaks;
mod released;
mod scoring;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use bench::{MethodCard, Prediction, Predictions, PredictionsHeader, Release, Split};
use tempfile::TempDir;

/// What a run of the binary gave.
struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

fn repopeft(folder: &Path, arguments: &[&str]) -> Run {
    let output = Command::new(env!("CARGO_BIN_EXE_repopeft"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A run that must succeed.
fn done(folder: &Path, arguments: &[&str]) -> Run {
    let run = repopeft(folder, arguments);
    assert_eq!(run.code, 0, "{arguments:?}\n{}", run.stderr);
    run
}

/// A folder with a small probe corpus, mined and sealed.
fn corpus() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let family = ["--train", "3", "--cr-val", "1", "--cr-test", "1", "--ood", "1"];
    done(folder.path(), &[&["probe", "--out", "probe"][..], &family].concat());
    done(folder.path(), &["mine", "--repos", "probe/repos.toml", "--out", "mining"]);
    done(folder.path(), &["build", "--mining", "mining", "--out", "release"]);
    folder
}

/// Every file below `folder` with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(folder).expect("below").to_owned(), fs::read(&path).expect("read")));
            }
        }
    }
    files.sort();
    files
}

#[test]
fn every_verb_helps() {
    let here = tempfile::tempdir().expect("a folder");
    let help = done(here.path(), &["--help"]).stdout;
    assert!(help.contains("Exit codes") && help.contains("Examples"), "{help}");
    for verb in [
        "probe",
        "discover",
        "fetch",
        "lock",
        "mine",
        "build",
        "leaks",
        "export",
        "verify",
        "stats",
        "diff",
        "pretrain",
        "predict",
        "check",
        "score",
        "compare",
        "explain",
        "selftest",
        "report",
        "experiment",
        "quickstart",
    ] {
        let help = done(here.path(), &[verb, "--help"]).stdout;
        assert!(help.contains("Example"), "{verb}: {help}");
    }
    assert_eq!(repopeft(here.path(), &["mine"]).code, 2);
}

/// Nothing is accepted and ignored.
#[test]
fn options_that_would_change_nothing_are_refused() {
    let here = tempfile::tempdir().expect("a folder");
    let label = ["probe", "--out", "p", "--label", "r", "--labels", "l"];
    let published = ["lock", "--from-release", "t.parquet"];
    let built = ["build", "--mining", "m", "--out", "r"];
    let cases: [(&[&str], &str, &str); 10] = [
        (&label, "--commits", "40"),
        (&label, "--train", "3"),
        (&label, "--seed", "1"),
        (&published, "--take", "3"),
        (&published, "--cutoff", "2025-01-01"),
        (&published, "--profile", "strict"),
        (&published, "--min-tasks", "30"),
        (&published, "--rejected", "x.tsv"),
        (&built, "--eval-cap", "8"),
        (&built, "--file-cap", "2"),
    ];
    for (arguments, option, value) in cases {
        let run = repopeft(here.path(), &[arguments, &[option, value]].concat());
        assert_eq!(run.code, 2, "{}", run.stderr);
        let refused = run.stderr.contains("cannot be used with") || run.stderr.contains("the static track has none");
        assert!(refused && run.stderr.contains(option), "{}", run.stderr);
    }
}

#[test]
fn mining_is_the_same_on_any_number_of_threads() {
    let folder = corpus();
    let mine = |threads: &str, out: &str| {
        done(folder.path(), &["mine", "--repos", "probe/repos.toml", "--out", out, "--threads", threads]);
        contents(&folder.path().join(out))
    };
    let one = mine("1", "one");
    assert_eq!(one, mine("2", "two"));
    assert_eq!(one, contents(&folder.path().join("mining")));
    assert_eq!(one, mine("2", "one"), "mining again changes nothing");
}

#[test]
fn broken_repositories_are_named_and_destroy_nothing() {
    let folder = corpus();
    let here = folder.path();
    fs::create_dir_all(here.join("plain")).expect("made");
    fs::write(here.join("file"), "x").expect("written");
    let bare = |name: &str, head: &str| {
        let git = here.join(name);
        fs::create_dir_all(git.join("objects")).and_then(|()| fs::create_dir_all(git.join("refs"))).expect("made");
        fs::write(git.join("HEAD"), head).expect("written");
    };
    bare("empty.git", "ref: refs/heads/main\n");
    let source = fs::read_dir(here.join("probe")).expect("a folder").map(|e| e.expect("an entry").path());
    let source = source.into_iter().find(|path| path.extension().is_some_and(|s| s == "git")).expect("a repository");
    let copied = Command::new("cp").arg("-r").arg(&source).arg(here.join("unborn.git")).status().expect("cp");
    assert!(copied.success());
    fs::write(here.join("unborn.git/HEAD"), "ref: refs/heads/nowhere\n").expect("written");

    let before = contents(&here.join("mining"));
    let cases = [
        ("missing", "missing"),
        ("plain", "plain"),
        ("file", "file"),
        ("empty.git", "empty.git"),
        ("unborn.git", "unborn.git"),
        ("unborn.git@nothing", "nothing"),
    ];
    let mut texts = Vec::new();
    for (source, named) in cases {
        let run = repopeft(here, &["mine", "--repo", &format!("a/b={source}"), "--out", "mining"]);
        assert_eq!(run.code, 2, "{source}: {}", run.stderr);
        assert!(run.stderr.contains("error:") && run.stderr.contains(named) && run.stdout.is_empty(), "{}", run.stderr);
        texts.push(run.stderr);
    }
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), cases.len(), "each fault has an error of its own");
    assert_eq!(before, contents(&here.join("mining")));
    let sealed = contents(&here.join("release"));
    let good = format!("a/b={}", source.display());
    let run = repopeft(here, &["mine", "--repo", &good, "--out", "release"]);
    assert_eq!(run.code, 2, "a release is no place for mined tables");
    assert_eq!(sealed, contents(&here.join("release")));
}

#[test]
fn a_cut_table_is_refused() {
    let folder = corpus();
    let table = contents(&folder.path().join("mining/drafts")).remove(0);
    let path = folder.path().join("mining/drafts").join(&table.0);
    fs::write(&path, &table.1[..table.1.len() / 2]).expect("cut");
    for arguments in
        [["build", "--mining", "mining", "--out", "new"], ["export", "--from", "mining", "--out", "new.parquet"]]
    {
        let run = repopeft(folder.path(), &arguments);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains(&*table.0.to_string_lossy()), "{}", run.stderr);
        assert!(!folder.path().join(arguments[4]).exists());
    }
    let mended = done(folder.path(), &["mine", "--repos", "probe/repos.toml", "--out", "mining"]);
    assert!(!mended.stdout.is_empty() && fs::read(&path).expect("read") == table.1);
}

/// Predictions that answer every CR-test task with its target.
fn perfect(folder: &Path) -> Predictions {
    let release = Release::open(&folder.join("release")).expect("a release");
    let rows = release.tasks(Split::CrossRepoTest).expect("tasks").into_iter().map(|task| Prediction {
        task: task.assertion.id,
        completion: task.assertion.target,
        prompt_tokens: None,
        context_tokens: None,
        new_tokens: None,
        stop: None,
    });
    let card = MethodCard::new("oracle", "Oracle", "none");
    let header = PredictionsHeader::new(release.id(), [Split::CrossRepoTest], card);
    Predictions { header, rows: rows.collect() }
}

#[test]
fn predictions_are_scored_or_refused() {
    let folder = corpus();
    let here = folder.path();
    let score = |file: &str, more: &[&str]| {
        let arguments = ["score", "--release", "release", "--predictions", file, "--out", "scores"];
        repopeft(here, &[&arguments[..], more].concat())
    };
    let whole = perfect(here);
    whole.write(&here.join("whole.jsonl")).expect("written");
    let run = score("whole.jsonl", &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("EM (paper) 100.0\t"), "{}", run.stdout);
    let before = contents(&here.join("scores"));

    let mut gap = whole.clone();
    let lost = gap.rows.pop().expect("a row");
    gap.write(&here.join("gap.jsonl")).expect("written");
    let run = score("gap.jsonl", &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains(lost.task.as_str()), "{}", run.stderr);

    let mut stranger = whole.clone();
    stranger.rows[0].task = bench::TaskId::of(&[b"stranger"]);
    stranger.write(&here.join("stranger.jsonl")).expect("written");
    let mut twice = whole.clone();
    twice.rows.push(twice.rows[0].clone());
    twice.write(&here.join("twice.parquet")).expect("written");
    let mut foreign = whole.clone();
    foreign.header.release = "0".repeat(64);
    foreign.write(&here.join("foreign.jsonl")).expect("written");
    let bytes = fs::read(here.join("twice.parquet")).expect("read");
    fs::write(here.join("half.parquet"), &bytes[..bytes.len() / 2]).expect("cut");
    for file in ["stranger.jsonl", "twice.parquet", "foreign.jsonl", "half.parquet", "absent.jsonl"] {
        let run = score(file, &[]);
        assert_eq!(run.code, 2, "{file}: {}", run.stderr);
        assert!(run.stderr.contains(file), "{}", run.stderr);
    }
    assert_eq!(before, contents(&here.join("scores")), "a refused file changes nothing");

    assert_eq!(score("gap.jsonl", &["--allow-missing"]).code, 0);
    let report = ["report", "--release", "release", "--scores", "scores", "--out", "report"];
    done(here, &report);
    let page = contents(&here.join("report"));
    done(here, &report);
    assert_eq!(page, contents(&here.join("report")), "the same page again");
}

#[test]
fn submissions_are_complete_incomplete_or_invalid() {
    let folder = corpus();
    let here = folder.path();
    let check =
        |files: &[&str]| repopeft(here, &[&["check", "--release", "release", "--format", "json"], files].concat());
    let report = |run: &Run| serde_json::from_str::<serde_json::Value>(&run.stdout).expect("JSON");
    let whole = perfect(here);
    whole.write(&here.join("whole.jsonl")).expect("written");
    let run = check(&["whole.jsonl"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    assert_eq!(report(&run)["verdict"], "complete");

    let mut shards = [whole.clone(), whole.clone()];
    let half = whole.rows.len() / 2;
    shards[0].rows.truncate(half);
    shards[1].rows.drain(..half);
    shards[0].write(&here.join("a.jsonl")).expect("written");
    shards[1].write(&here.join("b.parquet")).expect("written");
    assert_eq!(check(&["b.parquet", "a.jsonl"]).code, 0);
    let run = check(&["a.jsonl"]);
    assert_eq!((run.code, &report(&run)["verdict"]), (1, &"incomplete".into()));
    assert_eq!(report(&run)["counts"]["missing_answer"], whole.rows.len() - half);

    let run = check(&["whole.jsonl", "a.jsonl"]);
    let fault = &report(&run)["faults"][0];
    assert_eq!((run.code, &fault["code"], &fault["line"]), (2, &"duplicate_answer".into(), &2.into()));
    assert_eq!((&fault["file"], &fault["first_file"]), (&"a.jsonl".into(), &"whole.jsonl".into()));
    let run = repopeft(here, &["check", "--release", "release", "whole.jsonl", "a.jsonl", "--show", "1"]);
    assert!(
        run.stderr.contains("a.jsonl, line 2") && run.stderr.contains("more of duplicate_answer"),
        "{}",
        run.stderr
    );
    assert!(run.stderr.contains("`repopeft check --show N` shows more"), "{}", run.stderr);
    assert_eq!(check(&["absent.jsonl"]).code, 2);
    assert_eq!(repopeft(here, &["check", "--release", "probe", "whole.jsonl"]).code, 2);

    // The tasks of the evolution track are stored as spans, and known by the same name.
    done(here, &["build", "--mining", "mining", "--track", "evolution", "--out", "release-evolution"]);
    let release = Release::open(&here.join("release-evolution")).expect("a release");
    let mut header = whole.header;
    release.id().clone_into(&mut header.release);
    Predictions { header, rows: Vec::new() }.write(&here.join("none.jsonl")).expect("written");
    let run = repopeft(here, &["check", "--release", "release-evolution", "none.jsonl", "--format", "json"]);
    let tasks = release.tasks(Split::CrossRepoTest).expect("tasks").len();
    assert_eq!((run.code, &report(&run)["counts"]["missing_answer"]), (1, &tasks.into()));
}

/// The profile strict keeps the tasks of a function together, and no verb takes files of both profiles.
#[test]
fn profiles_are_never_mixed() {
    let folder = corpus();
    let here = folder.path();
    let refused = |arguments: &[&str], reason: &str| {
        let run = repopeft(here, arguments);
        assert_eq!(run.code, 2, "{arguments:?}\n{}", run.stderr);
        assert!(run.stderr.contains(reason), "{}", run.stderr);
    };
    let strict = ["mine", "--repos", "probe/repos.toml", "--profile", "strict", "--tracks", "static", "--out"];
    let before = contents(&here.join("mining"));
    refused(&[&strict[..], &["mining"]].concat(), "holds tasks of the profile paper");
    assert_eq!(before, contents(&here.join("mining")));
    let keep = ["mine", "--repos", "probe/repos.toml", "--out", "other", "--keep", "random"];
    refused(&keep, "--keep belongs to --profile strict");
    refused(&["build", "--mining", "mining", "--out", "other", "--group", "function"], "splits pair by pair");

    done(here, &[&strict[..], &["strict"]].concat());
    let build = ["build", "--mining", "strict", "--min-pairs", "1", "--out"];
    done(here, &[&build[..], &["strict-release"]].concat());
    refused(&[&build[..], &["release"]].concat(), "another folder");
    let release = Release::open(&here.join("strict-release")).expect("a release");
    let mut split_of = std::collections::BTreeMap::new();
    for split in [Split::Train, Split::InRepoVal, Split::InRepoTest] {
        for task in release.tasks(split).expect("tasks") {
            let bench::Assertion { repo, path, class, function, .. } = task.assertion;
            assert_eq!(*split_of.entry((repo, path, class, function)).or_insert(split), split);
        }
    }
    let parts: std::collections::BTreeSet<Split> = split_of.into_values().collect();
    assert_eq!(parts.len(), 3, "every part has functions");

    perfect(here).write(&here.join("whole.jsonl")).expect("written");
    refused(
        &["score", "--release", "strict-release", "--predictions", "whole.jsonl", "--out", "scores"],
        "whole.jsonl",
    );
}
