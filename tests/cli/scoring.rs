//! The verbs that turn predictions into numbers.

use std::fs;
use std::path::Path;

use bench::{Predictions, Release, Split, Task};

use crate::{contents, corpus, done, perfect, repopeft};

/// Answers of which every `nth` is wrong, by the method `id`.
fn flawed(folder: &Path, id: &str, nth: usize) -> Predictions {
    let mut made = perfect(folder);
    id.clone_into(&mut made.header.card.method);
    made.header.card.title = id.to_uppercase();
    made.rows.iter_mut().step_by(nth).for_each(|row| "nonsense of the model".clone_into(&mut row.completion));
    made
}

fn score(folder: &Path, files: &[&str], out: &str, more: &[&str]) -> crate::Run {
    let mut arguments = vec!["score", "--release", "release", "--out", out];
    files.iter().for_each(|file| arguments.extend(["--predictions", file]));
    repopeft(folder, &[&arguments[..], more].concat())
}

/// Scores are a function of what was answered: not of order, format, shards or threads.
#[test]
fn the_same_answers_give_the_same_bytes() {
    let folder = corpus();
    let here = folder.path();
    let whole = flawed(here, "a", 3);
    whole.write(&here.join("a.jsonl")).expect("written");
    whole.write(&here.join("a.parquet")).expect("written");
    let text = fs::read_to_string(here.join("a.jsonl")).expect("text");
    let (header, rows) = text.split_once('\n').expect("a header");
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    fs::write(here.join("turned.jsonl"), format!("{header}\r\n{}\n", rows.join("\n"))).expect("written");
    let (left, right) = rows.split_at(rows.len() / 3);
    fs::write(here.join("left.jsonl"), format!("{header}\n{}\n", left.join("\n"))).expect("written");
    fs::write(here.join("right.jsonl"), format!("{header}\n{}", right.join("\n"))).expect("written");
    assert_eq!(score(here, &["a.jsonl"], "one", &["--threads", "1"]).code, 0);
    let expected = contents(&here.join("one"));
    assert_eq!(expected.len(), 3, "scores, summary, manifest");
    for (files, threads) in [(&["a.parquet"][..], "2"), (&["turned.jsonl"], "2"), (&["left.jsonl", "right.jsonl"], "1")]
    {
        let run = score(here, files, "other", &["--threads", threads]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(contents(&here.join("other")), expected, "{files:?}");
    }
}

#[test]
fn thresholds_decide_the_exit_code() {
    let folder = corpus();
    let here = folder.path();
    flawed(here, "a", 2).write(&here.join("a.jsonl")).expect("written");
    let code = |threshold: &str| score(here, &["a.jsonl"], "scores", &["--fail-under", threshold]).code;
    assert_eq!((code("em_strict=0.4"), code("em_strict@cr_test=0.9")), (0, 3));
    assert_eq!((code("em_strict@ood_test=0.1"), code("em=0.1")), (2, 2));
}

#[test]
fn own_groupings_are_slices() {
    let folder = corpus();
    let here = folder.path();
    let made = flawed(here, "a", 2);
    made.write(&here.join("a.jsonl")).expect("written");
    let line =
        |(at, row): (usize, &bench::Prediction)| format!("{{\"task\": \"{}\", \"even\": {}}}\n", row.task, at % 2 == 0);
    let groups: String = made.rows.iter().enumerate().map(line).collect();
    fs::write(here.join("groups.jsonl"), &groups).expect("written");
    assert_eq!(score(here, &["a.jsonl"], "scores", &["--slices", "groups.jsonl"]).code, 0);
    let summary = fs::read_to_string(here.join("scores/summary.json")).expect("text");
    let summary: bench::Summary = serde_json::from_str(&summary).expect("a summary");
    let mean = |group: &str| {
        let mut slices = summary.splits[0].slices.iter();
        slices.find(|slice| slice.by == "even" && slice.group == group).expect("a slice").estimates[0].mean
    };
    assert_eq!((mean("yes"), mean("no")), (Some(0.0), Some(1.0)));
    // Groupings may be of the whole release, whatever is answered.
    let release = bench::Release::open(&here.join("release")).expect("a release");
    let roll = bench::Roll::of(&release, harness::RULES_VERSION).expect("a roll");
    let (other, _) = roll.tasks().iter().find(|(_, split)| !made.header.splits.contains(split)).expect("another split");
    fs::write(here.join("groups.jsonl"), format!("{groups}{{\"task\": \"{other}\", \"even\": true}}\n"))
        .expect("written");
    assert_eq!(score(here, &["a.jsonl"], "whole", &["--slices", "groups.jsonl"]).code, 0);
    for (text, reason) in [
        ("{\"task\": \"0123456789abcdef0123456789abcdef\", \"x\": 1}\n", "does not have"),
        ("{\"x\": 1}\n", "line 1"),
        ("[]\n", "no JSON object"),
        ("{\"task\": \"0123456789abcdef0123456789abcdef\", \"repo\": \"x\"}\n", "built in"),
        ("{\"task\": \"0123456789abcdef0123456789abcdef\", \"x\": 1.5}\n", "whole number"),
    ] {
        fs::write(here.join("bad.jsonl"), text).expect("written");
        let run = score(here, &["a.jsonl"], "scores", &["--slices", "bad.jsonl"]);
        assert!(run.code == 2 && run.stderr.contains(reason), "{text}: {}", run.stderr);
    }
}

#[test]
fn methods_are_compared_or_refused() {
    let folder = corpus();
    let here = folder.path();
    for (id, nth) in [("a", 2), ("b", 5)] {
        flawed(here, id, nth).write(&here.join(id).with_extension("jsonl")).expect("written");
        assert_eq!(score(here, &[&format!("{id}.jsonl")], id, &[]).code, 0);
    }
    let run = done(here, &["compare", "a", "b", "--metric", "em_strict", "--by", "family", "--out", "found.json"]);
    assert!(run.stdout.contains("a - b  -") && run.stdout.contains("family "), "{}", run.stdout);
    let json = done(
        here,
        &["compare", "a", "b", "--metric", "em_strict", "--by", "family", "--format", "json", "--threads", "1"],
    );
    assert_eq!(json.stdout, fs::read_to_string(here.join("found.json")).expect("text"), "at any number of threads");
    let found: bench::ComparisonFile = serde_json::from_str(&json.stdout).expect("a comparison");
    let whole = &found.parts[0].comparison;
    assert_eq!(whole.standings[0].method, "b");
    assert!(whole.pairs[0].difference.expect("tasks") < -0.25, "half against four fifths");
    for arguments in [
        ["compare", "a", "nowhere", "--metric", "em_strict"],
        ["compare", "a", "b", "--split", "ood_test"],
        ["compare", "a", "b", "--by", "colour"],
        ["compare", "a", "b", "--by", "context"],
    ] {
        assert_eq!(repopeft(here, &arguments).code, 2, "{arguments:?}");
    }
    assert_eq!(repopeft(here, &["compare", "a"]).code, 2);
    let table = here.join("b/scores.parquet");
    let mut bytes = fs::read(&table).expect("read");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&table, bytes).expect("written");
    let run = repopeft(here, &["compare", "a", "b"]);
    assert!(run.code == 2 && run.stderr.contains("manifest.json"), "{}", run.stderr);
}

/// A property that some splits have divides those.
#[test]
fn splits_without_a_property_are_compared_whole() {
    let folder = corpus();
    let here = folder.path();
    for (id, nth) in [("a", 2), ("b", 5)] {
        let mut made = flawed(here, id, nth);
        let release = Release::open(&here.join("release")).expect("a release");
        let line = |row: &bench::Prediction| format!("{{\"task\": \"{}\", \"mine\": \"x\"}}\n", row.task);
        fs::write(here.join("groups.jsonl"), made.rows.iter().map(line).collect::<String>()).expect("written");
        made.header.splits.push(Split::OodTest);
        for task in release.tasks(Split::OodTest).expect("tasks") {
            made.rows.push(bench::Prediction { task: task.id().clone(), ..made.rows[0].clone() });
        }
        made.write(&here.join(id).with_extension("jsonl")).expect("written");
        assert_eq!(score(here, &[&format!("{id}.jsonl")], id, &["--slices", "groups.jsonl"]).code, 0);
    }
    let run = done(here, &["compare", "a", "b", "--metric", "em_strict", "--by", "mine", "--format", "json"]);
    let found: bench::ComparisonFile = serde_json::from_str(&run.stdout).expect("a comparison");
    let parts: Vec<(Split, &str)> = found.parts.iter().map(|part| (part.split, part.by.as_str())).collect();
    let expected = [(Split::CrossRepoTest, "all"), (Split::CrossRepoTest, "mine"), (Split::OodTest, "all")];
    assert_eq!(parts, expected);
    assert_eq!(repopeft(here, &["compare", "a", "b", "--by", "yours"]).code, 2);
}

#[test]
fn what_lies_beside_scores_is_of_their_method() {
    let folder = corpus();
    let here = folder.path();
    for id in ["a", "b"] {
        flawed(here, id, 2).write(&here.join(id).with_extension("jsonl")).expect("written");
    }
    assert_eq!(score(here, &["a.jsonl"], "scores", &[]).code, 0);
    for name in ["audit.json", "cost.json"] {
        fs::write(here.join("scores").join(name), "{\"format\": 1}").expect("written");
        assert_eq!(score(here, &["a.jsonl"], "scores", &["--seed", "1"]).code, 0, "of the same method");
        let before = contents(&here.join("scores"));
        let run = score(here, &["b.jsonl"], "scores", &[]);
        assert!(run.code == 2 && run.stderr.contains(name), "{}", run.stderr);
        assert_eq!(contents(&here.join("scores")), before);
        fs::remove_file(here.join("scores").join(name)).expect("removed");
    }
    assert_eq!(score(here, &["b.jsonl"], "scores", &[]).code, 0);
}

#[test]
fn a_task_is_explained_by_the_first_digits_of_its_id() {
    let folder = corpus();
    let here = folder.path();
    let made = flawed(here, "a", 1);
    made.write(&here.join("a.jsonl")).expect("written");
    let release = Release::open(&here.join("release")).expect("a release");
    let tasks: Vec<Task> = release.tasks(Split::CrossRepoTest).expect("tasks");
    let id = tasks[0].id().as_str();
    let run = done(here, &["explain", &id[..12], "--release", "release", "--predictions", "a.jsonl"]);
    for part in [id, "the source around the assertion", "S10", "nonsense of the model", "CodeBLEU", "error class"] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
    for (start, reason) in [("zz", "begins with"), ("", "more digits")] {
        let run = repopeft(here, &["explain", start, "--release", "release"]);
        assert!(run.code == 2 && run.stderr.contains(reason), "{}", run.stderr);
    }
}

#[test]
fn pairs_need_no_release() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    fs::write(
        here.join("pairs.jsonl"),
        "{\"prediction\": \"foo\", \"target\": \"foo)\", \"mine\": 7}\n\n\
         {\"prediction\": \"'a'\", \"target\": \"\\\"a\\\"\", \"assertion_type\": \"assert\"}\n",
    )
    .expect("written");
    done(here, &["score", "--pairs", "pairs.jsonl", "--out", "scored.jsonl"]);
    let rows: Vec<serde_json::Value> = fs::read_to_string(here.join("scored.jsonl"))
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a row"))
        .collect();
    assert_eq!((&rows[0]["mine"], &rows[0]["exact_match"], rows[0].get("em_ast")), (&7.into(), &false.into(), None));
    assert!((rows[0]["code_bleu_fallback"].as_f64().expect("a number") - 0.297_301_778_750_680_26).abs() < 1e-12);
    assert_eq!((&rows[1]["em_strict"], &rows[1]["em_ast"]), (&false.into(), &true.into()));
    let more = ["score", "--pairs", "pairs.jsonl", "--out", "scored.jsonl", "--seed", "1"];
    assert_eq!(repopeft(here, &more).code, 2, "pairs have no intervals, so no seed");
    // What was scored is scored again, to the same.
    done(here, &["score", "--pairs", "scored.jsonl", "--out", "again.jsonl"]);
    let again = fs::read_to_string(here.join("again.jsonl")).expect("text");
    let again: Vec<serde_json::Value> = again.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    assert_eq!(again, rows);
    for (text, reason) in [
        ("{\"prediction\": \"x\"}\n", "line 1: has no `target`"),
        ("{\"prediction\": 1, \"target\": \"x\"}\n", "text is needed"),
        ("[1]\n", "no JSON object"),
        ("{\"prediction\": \"x\", \"target\": \"x\", \"assertion_type\": \"maybe\"}\n", "unknown assertion kind"),
    ] {
        fs::write(here.join("bad.jsonl"), text).expect("written");
        let run = repopeft(here, &["score", "--pairs", "bad.jsonl", "--out", "bad-scored.jsonl"]);
        assert!(run.code == 2 && run.stderr.contains(reason) && run.stderr.contains("bad.jsonl"), "{}", run.stderr);
        assert!(!here.join("bad-scored.jsonl").exists());
    }
}

#[test]
fn golden_vectors_pass_and_altered_ones_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let run = done(here, &["selftest"]);
    for line in
        ["metrics.jsonl\t3000 rows\t0 differences", "bootstrap.jsonl\t80 rows\t0", "taxonomy.jsonl\t1537 rows\t0"]
    {
        assert!(run.stdout.contains(line), "{}", run.stdout);
    }
    fs::create_dir(here.join("golden")).expect("made");
    let row = "{\"type\": \"family\", \"prefix\": \"assert x == \", \"family\": \"pytest.*\"}\nnonsense\n";
    fs::write(here.join("golden/taxonomy.jsonl"), row).expect("written");
    let run = repopeft(here, &["selftest", "--golden", "golden"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("line 1: family is \"assert\", expected \"pytest.*\"") && run.stderr.contains("line 2")
    );
    assert!(run.stdout.contains("taxonomy.jsonl\t2 rows\t2 differences"), "{}", run.stdout);
}

/// Tasks of the evolution track are spans of files; exported, they have what an answer needs.
#[test]
fn exported_tasks_can_be_answered() {
    let folder = corpus();
    let here = folder.path();
    done(here, &["export", "--from", "release", "--out", "tasks.jsonl"]);
    let text = fs::read_to_string(here.join("tasks.jsonl")).expect("text");
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let of_split = rows.iter().filter(|row| row["split"] == "cr_test");
    let ids: Vec<&str> = of_split.filter_map(|row| row["task_id"].as_str()).collect();
    let mut expected: Vec<String> = perfect(here).rows.iter().map(|row| row.task.to_string()).collect();
    assert_eq!(ids.len(), expected.len());
    expected.retain(|id| !ids.contains(&id.as_str()));
    assert!(expected.is_empty());
}
