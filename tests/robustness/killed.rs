//! `kill -9` at random moments: what is started again ends with the bytes of a run that nobody disturbed.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::dice::Dice;
use crate::measured::{Limits, contents, run, start};

/// No run of this test comes near.
const AMPLE: Limits = Limits { seconds: 300, mib: 2_048 };
/// Every verb that writes, in order: what it is called with before its output, and where that goes.
const VERBS: [(&[&str], &str); 4] = [
    (&["mine", "--repos", "probe/repos.toml", "--threads", "2"], "mining"),
    (&["build", "--mining", "mining", "--min-pairs", "1"], "release"),
    (&["export", "--from", "mining"], "flat/tasks.parquet"),
    (&["export", "--from", "release"], "flat/tasks.jsonl"),
];

/// A folder with repositories to mine.
fn probe(repositories: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let family = ["--train", repositories, "--cr-val", "1", "--cr-test", "1", "--ood", "1"];
    assert_eq!(run(folder.path(), &[&["probe", "--out", "probe"][..], &family].concat(), AMPLE).code, 0);
    folder
}

fn arguments<'a>(verb: &'a [&'a str], out: &'a str) -> Vec<&'a str> {
    [verb, &["--out", out, "--quiet"]].concat()
}

/// What the verbs wrote: the files of both folders and of the exports.
fn outputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut all = Vec::new();
    for part in ["mining", "release", "flat"] {
        all.extend(contents(&folder.join(part)).into_iter().map(|(path, bytes)| (Path::new(part).join(path), bytes)));
    }
    all
}

/// Runs a verb to its end; how long that took.
fn undisturbed(folder: &Path, verb: &[&str], out: &str) -> Duration {
    let begin = Instant::now();
    let done = run(folder, &arguments(verb, out), AMPLE);
    assert_eq!(done.code, 0, "{verb:?}: {}", done.stderr);
    begin.elapsed()
}

/// Starts the verb until it has been killed `kills` times, each time at a random moment of a run of `length`, and lets
/// it end then; a run that ends before its moment is forgotten, and the verb starts from nothing.
fn disturbed(folder: &Path, verb: &[&str], out: &str, length: Duration, kills: usize, dice: &mut Dice) {
    let mut killed = 0;
    while killed < kills {
        let mut child = start(folder, &arguments(verb, out));
        let moment =
            length.mul_f64(f64::from(u32::try_from(dice.below(1_000)).expect("because it is small")) / 1_000.0);
        std::thread::sleep(moment);
        if let Some(status) = child.try_wait().expect("a status") {
            assert!(status.success(), "{verb:?}: {}", fs::read_to_string(folder.join("stderr")).expect("read"));
            forget(&folder.join(out));
            continue;
        }
        child.kill().and_then(|()| child.wait()).expect("killed");
        killed += 1;
        if dice.below(4) == 0 {
            check_whole(&folder.join(out));
        }
    }
    undisturbed(folder, verb, out);
}

fn forget(path: &Path) {
    let gone = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    gone.expect("removed");
}

/// What has its final name is whole, whenever the writer died.
fn check_whole(out: &Path) {
    if out.is_dir() {
        for (path, bytes) in contents(out) {
            let name = path.to_string_lossy().into_owned();
            if name.ends_with(".parquet") {
                assert!(bytes.len() > 8 && bytes.ends_with(b"PAR1"), "{name} is cut");
            } else if name.as_bytes().ends_with(b".json") {
                assert!(bytes.ends_with(b"}\n"), "{name} is cut");
            }
        }
    }
}

/// Kills each verb its share of `kills` times and compares all bytes.
fn survive(repositories: &str, kills: usize, seed: u64) {
    let folder = probe(repositories);
    let here = folder.path();
    let lengths: Vec<Duration> = VERBS.iter().map(|(verb, out)| undisturbed(here, verb, out)).collect();
    let expected = outputs(here);
    ["mining", "release", "flat"].iter().for_each(|part| forget(&here.join(part)));
    let mut dice = Dice::new(seed);
    for (at, ((verb, out), length)) in VERBS.iter().zip(&lengths).enumerate() {
        // Half of all kills hit `mine`, the longest; the others share the rest.
        let share = if at == 0 { kills - 3 * (kills / 6) } else { kills / 6 };
        disturbed(here, verb, out, *length, share, &mut dice);
        println!("{}: {share} kills over {:.2} s", verb[0], length.as_secs_f64());
    }
    let found = outputs(here);
    let names = |files: &[(PathBuf, Vec<u8>)]| files.iter().map(|(path, _)| path.clone()).collect::<Vec<_>>();
    assert_eq!(names(&expected), names(&found));
    for ((path, expected), (_, found)) in expected.iter().zip(&found) {
        assert!(expected == found, "{} has other bytes", path.display());
    }
    assert!(!found.iter().any(|(path, _)| path.to_string_lossy().contains("partial")));
}

#[test]
fn ten_kills_lose_nothing() {
    survive("3", 12, 1);
}

#[test]
#[ignore = "takes minutes; prints the published figures"]
fn two_hundred_kills_lose_nothing() {
    survive("24", 200, 2);
}
