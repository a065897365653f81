//! With a served model.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::corpus::{command, corpus, done, refused, stderr};
use crate::server::{Answer, Request, Server, answer};

const KEY: &str = "sk-secret-0123456789";

/// What a server says that writes the length of its prompt.
fn length(request: &Request) -> Answer {
    let asked: serde_json::Value = serde_json::from_slice(&request.body).expect("JSON");
    let prompt = asked["prompt"].as_str().expect("a prompt");
    let limit = asked["max_tokens"].as_u64().expect("a limit");
    let body = serde_json::json!({
        "choices": [{"text": format!(" {} of {limit}", prompt.len()), "finish_reason": "length"}],
        "usage": {"prompt_tokens": prompt.len(), "completion_tokens": 5},
    });
    answer("200 OK", &[], body.to_string())
}

fn predict<'a>(url: &'a str, out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let fixed = ["predict", "--endpoint", url, "--model-name", "m", "--release", "release", "--out", out];
    [&fixed[..], more].concat()
}

#[test]
fn the_bytes_depend_on_nothing_but_the_answers() {
    let folder = corpus();
    let here = folder.path();
    let server = Server::start(length);
    let prices = ["--price-prompt", "2", "--price-completion", "10"];
    done(here, &predict(&server.url, "one.jsonl", &["--concurrency", "1"]));
    let whole = fs::read(here.join("one.jsonl")).expect("read");
    let run = done(here, &predict(&server.url, "eight.jsonl", &[&["--record", "eight.rec"][..], &prices].concat()));
    assert!(stderr(&run).contains("tokens read") && stderr(&run).contains(", cost "), "{}", stderr(&run));
    assert_eq!(fs::read(here.join("eight.jsonl")).expect("read"), whole);
    let asked = server.asked().len();
    done(here, &["predict", "--replay", "eight.rec", "--model-name", "m", "--release", "release", "--out", "re.jsonl"]);
    assert_eq!(fs::read(here.join("re.jsonl")).expect("read"), whole);
    assert_eq!(server.asked().len(), asked);
    let journal = here.join("one.jsonl.journal");
    fs::write(&journal, "of a run that was killed in its last moment").expect("written");
    let again = done(here, &predict(&server.url, "one.jsonl", &[]));
    assert!(!journal.exists());
    assert!(stderr(&again).contains("one.jsonl is up to date"), "{}", stderr(&again));
    let text = String::from_utf8(whole).expect("text");
    assert!(text.contains(" of 128\"") && text.contains("\"decoding.max_new_tokens\":\"128\""), "{text:.900}");
    let usage: serde_json::Value =
        serde_json::from_slice(&fs::read(here.join("eight.jsonl.usage.json")).expect("read")).expect("JSON");
    assert_eq!(usage["spent"]["requests"].as_u64(), Some(asked as u64 / 2));
    let cost = usage["spent"]["prompt_tokens"].as_f64().expect("tokens") * 2e-6
        + usage["spent"]["new_tokens"].as_f64().expect("tokens") * 1e-5;
    assert!((usage["cost"].as_f64().expect("a cost") - cost).abs() < 1e-9);
    let other = refused(
        here,
        &["predict", "--replay", "eight.rec", "--model-name", "n", "--release", "release", "--out", "n.jsonl"],
        2,
    );
    assert!(other.contains("not in the recording"), "{other}");
    done(here, &["score", "--release", "release", "--predictions", "re.jsonl", "--out", "scores"]);
}

#[test]
fn the_evolution_track_has_its_own_limit() {
    let folder = corpus();
    let server = Server::start(length);
    let arguments = [
        "predict",
        "--endpoint",
        &server.url,
        "--model-name",
        "m",
        "--release",
        "evolution",
        "--splits",
        "cr_test",
        "--out",
        "e.jsonl",
    ];
    done(folder.path(), &arguments);
    let text = fs::read_to_string(folder.path().join("e.jsonl")).expect("read");
    assert!(text.contains(" of 64\"") && !text.contains(" of 128\""));
}

#[test]
fn a_run_that_is_killed_goes_on_to_the_same_bytes() {
    let folder = corpus();
    let here = folder.path();
    let server = Server::start(|request| {
        thread::sleep(Duration::from_millis(10));
        length(request)
    });
    done(here, &predict(&server.url, "whole.jsonl", &["--record", "whole.rec"]));
    let requests = server.asked().len();
    let journal = here.join("killed.jsonl.journal");
    for _ in 0..4 {
        let before = fs::read(&journal).map_or(0, |bytes| bytes.len());
        let arguments = predict(&server.url, "killed.jsonl", &["--record", "killed.rec", "--concurrency", "3"]);
        let mut child = command(here, &arguments).stderr(Stdio::null()).spawn().expect("started");
        let begun = Instant::now();
        while fs::read(&journal).map_or(0, |bytes| bytes.len()) < before + 2000 {
            assert!(begun.elapsed() < Duration::from_mins(1), "the journal does not grow");
            thread::sleep(Duration::from_millis(5));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        assert!(!here.join("killed.jsonl").exists());
    }
    let run = done(here, &predict(&server.url, "killed.jsonl", &["--record", "killed.rec"]));
    assert!(stderr(&run).contains("finished answers of an earlier run"), "{}", stderr(&run));
    let read = |name: &str| fs::read(here.join(name)).expect("read");
    assert_eq!(read("killed.jsonl"), read("whole.jsonl"));
    assert_eq!(read("killed.jsonl.usage.json"), read("whole.jsonl.usage.json"));
    assert!(!journal.exists());
    let lines = |name: &str| String::from_utf8(read(name)).expect("text").lines().count();
    assert_eq!(lines("killed.rec"), lines("whole.rec"));
    let lost = server.asked().len() - 2 * requests;
    assert!(lost <= 4 * 4, "{lost} requests were made again");
}

#[test]
fn tasks_that_were_left_out_are_asked_again() {
    let folder = corpus();
    let here = folder.path();
    let refuses = std::sync::Arc::new(AtomicBool::new(true));
    let is_refusing = std::sync::Arc::clone(&refuses);
    let server = Server::start(move |request| {
        if is_refusing.load(Ordering::SeqCst) && request.body.len() % 3 == 0 {
            return answer("400 Bad Request", &[], "{}");
        }
        length(request)
    });
    let run = |out| command(here, &predict(&server.url, out, &["--skip-failed"])).output().expect("the binary runs");
    let lines = |out: &str| fs::read_to_string(here.join(out)).expect("text").lines().count();
    assert_eq!(run("part.jsonl").status.code(), Some(1));
    let (kept, asked) = (lines("part.jsonl"), server.asked().len());
    assert_eq!(run("part.jsonl").status.code(), Some(1), "still refused");
    let more = server.asked().len() - asked;
    assert!(lines("part.jsonl") == kept && more < asked, "{more} of {asked} requests were made again");
    refuses.store(false, Ordering::SeqCst);
    let again = run("part.jsonl");
    assert!(again.status.success() && stderr(&again).contains("of an earlier run"), "{}", stderr(&again));
    done(here, &predict(&server.url, "whole.jsonl", &[]));
    for name in ["jsonl", "jsonl.usage.json"] {
        let read = |stem: &str| fs::read(here.join(format!("{stem}.{name}"))).expect("read");
        assert_eq!(read("part"), read("whole"), "{name}");
    }
    let other = refused(here, &predict(&server.url, "part.jsonl", &["--stop", "x"]), 2);
    assert!(other.contains("holds something else"), "{other}");
}

/// Every file below `folder`.
fn texts(folder: &Path) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { texts.extend(self::texts(&path)) } else { texts.push(fs::read(path).expect("read")) }
    }
    texts
}

#[test]
fn the_key_is_in_no_file_and_no_message() {
    let folder = corpus();
    let here = folder.path();
    let broken = std::sync::Arc::new(AtomicBool::new(false));
    let is_broken = std::sync::Arc::clone(&broken);
    let server = Server::start(move |request| {
        if request.header("authorization") != Some(&format!("Bearer {KEY}")) {
            return answer("401 Unauthorized", &[], format!("{:?}", request.headers));
        }
        if broken.load(Ordering::SeqCst) {
            return answer("403 Forbidden", &[("X-Key", KEY)], format!("{{\"error\":\"{KEY} is spent\"}}"));
        }
        length(request)
    });
    let run = |name: &str, out: &str, key: &str| {
        let arguments = predict(&server.url, out, &["--api-key-env", name, "--record", "a.rec"]);
        command(here, &arguments).env(name, key).env("RUST_LOG", "trace").output().expect("the binary runs")
    };
    let wrong = run("MY_KEY", "wrong.jsonl", "sk-wrong-key-9876543210");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("refuses the key") && !stderr(&wrong).contains("sk-wrong"), "{}", stderr(&wrong));
    let good = run("MY_KEY", "good.jsonl", KEY);
    assert!(good.status.success() && stderr(&good).contains("the key in MY_KEY"), "{}", stderr(&good));
    fs::remove_file(here.join("a.rec")).expect("removed");
    is_broken.store(true, Ordering::SeqCst);
    let spent = run("MY_KEY", "spent.jsonl", KEY);
    assert_eq!(spent.status.code(), Some(2));
    assert!(stderr(&spent).contains("[key] is spent"), "{}", stderr(&spent));
    let said = [stderr(&wrong), stderr(&good), stderr(&spent)].concat().into_bytes();
    let holds = |bytes: &[u8]| bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes());
    assert!(!holds(&said) && !texts(here).iter().any(|text| holds(text)));
    let unset = refused(here, &predict(&server.url, "x.jsonl", &["--api-key-env", "NO_SUCH_KEY"]), 2);
    assert!(unset.contains("NO_SUCH_KEY holds no key"), "{unset}");
}

#[test]
fn ways_that_exclude_each_other_are_refused() {
    let here = tempfile::tempdir().expect("a folder");
    let here = here.path();
    let fixed = ["predict", "--release", "r", "--out", "o.jsonl"];
    let cases: [(&[&str], &str); 11] = [
        (&[], "<METHOD|--endpoint <URL>|--replay <FILE>|--plugin <COMMAND>>"),
        (&["rag"], "--model <DIR>"),
        (&["rag", "--model", "m", "--endpoint", "http://127.0.0.1:1", "--model-name", "m"], "cannot be used with"),
        (&["--plugin", "x", "--endpoint", "http://127.0.0.1:1", "--model-name", "m"], "cannot be used with"),
        (&["--endpoint", "http://127.0.0.1:1"], "--model-name <NAME>"),
        (&["--endpoint", "http://127.0.0.1:1", "--model-name", "m", "--device", "cpu"], "cannot be used with"),
        (&["--plugin", "x", "--config", "c.toml"], "cannot be used with"),
        (&["rag", "--model", "m", "--max-new-tokens", "3"], "cannot be used with"),
        (&["--replay", "f", "--model-name", "m", "--record", "g"], "cannot be used with"),
        (&["--plugin", "x", "--concurrency", "2"], "cannot be used with"),
        (&["--plugin", "x", "--stop", "y"], "cannot be used with"),
    ];
    for (more, part) in cases {
        let said = refused(here, &[&fixed[..], more].concat(), 2);
        assert!(said.contains(part), "{more:?}: {said}");
    }
}
