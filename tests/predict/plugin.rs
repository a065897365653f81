//! With a plug-in: the example of the manual, and plug-ins that break the protocol.

use std::fs;
use std::path::Path;

use crate::corpus::{corpus, done, refused, stderr};

/// The example of docs/plugin.md.
fn example() -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/plugin.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, rest) = page.split_once("```python file=plugin.py\n").expect("the example");
    rest.split_once("```").expect("its end").0.to_owned()
}

/// The arguments of a run of `python3 NAME` over CR-test of `release`.
fn predict<'a>(command: &'a str, release: &'a str, out: &'a str) -> Vec<&'a str> {
    vec!["predict", "--plugin", command, "--release", release, "--splits", "cr_test", "--out", out, "--timeout", "20"]
}

#[test]
fn the_example_of_the_manual_answers_both_tracks() {
    let folder = corpus();
    let here = folder.path();
    fs::write(here.join("plugin.py"), example()).expect("written");
    for release in ["release", "evolution"] {
        let run = done(here, &predict("python3 plugin.py", release, "out.jsonl"));
        assert!(stderr(&run).contains("plugin: entered "), "{}", stderr(&run));
        let text = fs::read_to_string(here.join("out.jsonl")).expect("read");
        let header = text.lines().next().expect("a header");
        assert!(header.contains("\"commonest\"") && header.contains("\"plugin.protocol\":\"1\""), "{header}");
        assert!(text.lines().count() > 20, "{header}");
        done(
            here,
            &["score", "--release", release, "--predictions", "out.jsonl", "--out", release.trim_end_matches('n')],
        );
        fs::remove_file(here.join("out.jsonl")).expect("removed");
    }
}

/// A plug-in that logs what it is sent and answers with a hash of all it was told of the repository, and of the task. In
/// the first run it dies at its task number `DIES`.
const LOGGING: &str = r#"
import hashlib, json, os, sys
state, dies, scope = hashlib.sha256(), int(sys.argv[1]), sys.argv[2]
card = dict(method="log", title="Log", context="all", adaptation="none", base_model="none")
log, seen, repo = open("log", "a"), 0, None
for line in sys.stdin:
    m = json.loads(line)
    assert "target" not in m, m
    kind = m["type"]
    if kind == "hello":
        print(json.dumps(dict(type="ready", protocol=1, card=card, state=scope, parallel=int(sys.argv[3]))), flush=True)
    elif kind == "enter":
        log.write("enter %s %s\n" % (m["repo"], m["commit"])); log.flush()
        if scope == "commit" or m["repo"] != repo:
            state = hashlib.sha256()
        repo = m["repo"]
        state.update(json.dumps([m["commit"], m["files"]]).encode())
        print(json.dumps(dict(type="entered")), flush=True)
    elif kind == "task":
        seen += 1
        if seen == dies:
            sys.stderr.write("out of memory\n"); sys.exit(3)
        text = hashlib.sha256((state.hexdigest() + m["prefix"]).encode()).hexdigest()
        print(json.dumps(dict(type="answer", task=m["task"], completion=text, new_tokens=1)), flush=True)
    elif kind == "bye":
        log.write("bye\n"); break
"#;

#[test]
fn a_crash_names_the_task_and_the_run_goes_on_where_it_stopped() {
    let folder = corpus();
    let here = folder.path();
    fs::write(here.join("log.py"), LOGGING).expect("written");
    let mut entered = Vec::new();
    for (scope, parallel) in [("commit", "1"), ("repository", "3")] {
        let command = |dies: &str| format!("python3 log.py {dies} {scope} {parallel}");
        let log = || {
            let text = fs::read_to_string(here.join("log")).expect("a log");
            fs::remove_file(here.join("log")).expect("removed");
            text
        };
        done(here, &predict(&command("0"), "evolution", "whole.jsonl"));
        let whole = log();
        let said = refused(here, &predict(&command("60"), "evolution", "out.jsonl"), 2);
        assert!(said.contains("(exit status: 3) instead of answering task "), "{said}");
        assert!(said.contains("it last said: out of memory") && said.contains("plugin: out of memory"), "{said}");
        let first = log();
        let run = done(here, &predict(&command("0"), "evolution", "out.jsonl"));
        assert!(stderr(&run).contains("finished answers"), "{}", stderr(&run));
        let second = log();
        let read = |name: &str| fs::read(here.join(name)).expect("read");
        assert_eq!(read("out.jsonl"), read("whole.jsonl"), "{scope}");
        assert!(whole.starts_with(&first) && whole.ends_with(&second), "commits are entered in order");
        entered.push((first.lines().count() + second.lines().count(), whole.lines().count()));
        for name in ["out.jsonl", "whole.jsonl"] {
            fs::remove_file(here.join(name)).expect("removed");
        }
    }
    let [commit, repository] = entered[..] else { panic!("two scopes") };
    assert_eq!(commit.0, commit.1 + 1, "only the commit of the crash is entered twice");
    assert!(repository.0 > repository.1 + 1, "the commits before it are entered again: {repository:?}");
}

#[test]
fn plugins_that_break_the_protocol_are_refused_in_words() {
    let folder = corpus();
    let here = folder.path();
    let card = r#"{"method":"x","title":"X","context":"c","adaptation":"a","base_model":"b"}"#;
    let ready = format!(r#"{{"type":"ready","protocol":1,"card":{card}}}"#);
    let with = |more: &str| format!("{ready}\n{more}");
    let cases = [
        ("hello".to_owned(), "what is no message"),
        (ready.replace("\"protocol\":1", "\"protocol\":9"), "speaks protocol 9, but one of [1]"),
        (ready.replace("}}", "},\"colour\":1}"), "unknown field `colour`"),
        (ready.replace("}}", "},\"parallel\":0}"), "at least 1"),
        ("{\"type\":\"entered\"}".to_owned(), "with `entered`, not with `ready`"),
        (with("{\"type\":\"error\",\"message\":\"no\\u001b room\"}"), "with an error: no  room"),
        (with("{\"type\":\"entered\"}\n{\"type\":\"entered\"}"), "with `entered`, not with `answer`"),
        (
            with(
                "{\"type\":\"entered\"}\n{\"type\":\"answer\",\"task\":\"0123456789abcdef0123456789abcdef\",\"completion\":\"\"}",
            ),
            "which it was not asked",
        ),
        (with("{\"type\":\"entered\"}\n{\"type\":\"answer\""), "without an end"),
        ("0".repeat(1_100_000), "more than 1048576 bytes"),
        (ready.clone(), "closed its output instead of answering enter"),
    ];
    for (text, part) in cases {
        fs::write(here.join("text"), text.trim_end_matches('\n')).expect("written");
        // A last line without an end is one that is cut, so the others get theirs.
        let ends = if part == "without an end" { "" } else { "; echo" };
        let command = format!("sh -c 'cat text{ends}; exec 1>&-; sleep 9'");
        let said = refused(here, &predict(&command, "release", "out.jsonl"), 2);
        assert!(said.contains("the plug-in ") && said.contains(part), "{part}: {said}");
        assert!(!here.join("out.jsonl").exists());
    }
    let mut late = predict("sh -c 'sleep 30'", "release", "out.jsonl");
    *late.last_mut().expect("the timeout") = "1";
    assert!(refused(here, &late, 2).contains("did not answer hello within 1 s"));
    assert!(refused(here, &predict("no-such-program", "release", "out.jsonl"), 2).contains("cannot be started"));
    assert!(refused(here, &predict("'open", "release", "out.jsonl"), 2).contains("not closed"));
}
