//! `leaks`: what a release says of its tasks, and whether it is so.

use std::fs;

use bench::Release;
use bench::file::{hash, write_json};
use serde_json::Value;

use crate::{contents, corpus, done, perfect, repopeft};

#[test]
fn leaks_are_sealed_shown_and_found_again() {
    let folder = corpus();
    let here = folder.path();
    done(here, &["build", "--mining", "mining", "--out", "one", "--threads", "1"]);
    assert_eq!(contents(&here.join("one")), contents(&here.join("release")), "threads change nothing");

    let sealed = done(here, &["leaks", "release"]).stdout;
    assert!(sealed.contains("CR-test\ttarget_in_prefix\t") && sealed.contains("CR-test\tleaky\t"), "{sealed}");
    assert!(sealed.contains("CR-test\ttarget_in_diff\tnot looked for: no_commits"), "{sealed}");
    assert!(sealed.contains("Train\tnear_duplicate\tnot looked for: is_training"), "{sealed}");
    let again = done(here, &["leaks", "release", "--again", "--threads", "1", "--out", "found"]);
    assert_eq!(again.stdout, sealed);
    assert_eq!(contents(&here.join("found/leaks")), contents(&here.join("release/leaks")));
    let report: Value = serde_json::from_slice(&fs::read(here.join("found/leaks.json")).expect("read")).expect("JSON");
    assert_eq!((&report["sealed"], &report["agrees"]), (&Value::Bool(false), &Value::Bool(true)));
    let json = done(here, &["leaks", "release", "--format", "json"]).stdout;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!((&json["sealed"], &json["splits"]), (&Value::Bool(true), &report["splits"]));

    let run = repopeft(here, &["leaks", "release", "--out", "found"]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(repopeft(here, &["leaks", "mining"]).code, 2);
}

#[test]
fn a_release_that_says_something_else_is_told() {
    let folder = corpus();
    let here = folder.path();
    let mut manifest = Release::open(&here.join("release")).expect("a release").manifest().clone();
    for counts in manifest.contents.leaks.as_mut().expect("counts").splits.values_mut() {
        counts.commonplace += 1;
    }
    let compact = here.join("contents.json");
    fs::write(&compact, serde_json::to_vec(&manifest.contents).expect("JSON")).expect("written");
    manifest.root = hash(&compact).expect("a hash");
    write_json(&here.join("release/manifest.json"), &manifest).expect("written");
    let run = repopeft(here, &["leaks", "release", "--again"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("build it again"), "{}", run.stderr);
    done(here, &["leaks", "release"]);
}

#[test]
fn scores_are_divided_by_leaks() {
    let folder = corpus();
    let here = folder.path();
    perfect(here).write(&here.join("whole.jsonl")).expect("written");
    done(here, &["score", "--release", "release", "--predictions", "whole.jsonl", "--out", "scores"]);
    let summary: Value =
        serde_json::from_slice(&fs::read(here.join("scores/summary.json")).expect("read")).expect("JSON");
    let split = summary["splits"].as_array().expect("splits").iter().find(|split| split["split"] == "cr_test");
    let slices = split.expect("cr_test")["slices"].as_array().expect("slices");
    let tasks = |by: &str| -> u64 {
        let slices = slices.iter().filter(|slice| slice["by"] == by);
        slices.map(|slice| slice["tasks"].as_u64().expect("a number")).sum()
    };
    let all = tasks("all");
    assert!(all > 0);
    for by in ["leaks", "target_in_prefix", "target_in_sources", "line_in_training", "near_duplicate"] {
        assert_eq!(tasks(by), all, "{by}");
    }
    assert_eq!(tasks("target_in_diff"), 0, "the static track has no diffs");
    let groups: Vec<&str> =
        slices.iter().filter(|slice| slice["by"] == "leaks").filter_map(|slice| slice["group"].as_str()).collect();
    assert!(groups.iter().all(|group| ["leaky", "leak-free"].contains(group)), "{groups:?}");
}
