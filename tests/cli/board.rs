//! `report` from outside: boards of scores and of submissions, the same bytes again, and the local server.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bench::{MethodCard, Prediction, Predictions, PredictionsHeader, Release, Split};

use crate::{contents, corpus, done, repopeft};

const SPLITS: [Split; 2] = [Split::CrossRepoTest, Split::OodTest];

/// Answers of `method`: right to one task in `part`.
fn answers(here: &Path, method: &str, part: usize, file: &str) {
    let release = Release::open(&here.join("release")).expect("a release");
    let mut rows = Vec::new();
    for (number, task) in SPLITS.iter().flat_map(|split| release.tasks(*split).expect("tasks")).enumerate() {
        let right = number % part == 0;
        rows.push(Prediction {
            completion: if right { task.assertion.target.clone() } else { "wrong  # no\nmore".to_owned() },
            task: task.id().clone(),
            prompt_tokens: Some(100),
            context_tokens: Some(u32::from(number % 3 == 0) * 10),
            new_tokens: Some(3),
            stop: None,
        });
    }
    let header = PredictionsHeader::new(release.id(), SPLITS, MethodCard::new(method, method.to_uppercase(), "none"));
    let path = here.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    Predictions { header, rows }.write(&path).expect("written");
}

#[test]
fn a_board_has_every_task_and_the_same_bytes_again() {
    let folder = corpus();
    let here = folder.path();
    for (method, part) in [("drc", 2), ("rag", 3)] {
        answers(here, method, part, &format!("{method}.jsonl"));
        let scores = format!("scores/{method}");
        done(here, &["score", "--release", "release", "--predictions", &format!("{method}.jsonl"), "--out", &scores]);
    }
    fs::write(here.join("scores/rag/audit.json"), r#"{"format":1,"verdict":"not conditioned","more":[1]}"#)
        .expect("written");
    fs::write(here.join("scores/rag/cost.json"), r#"{"format":1,"storage_bytes":5000000}"#).expect("written");
    done(here, &["stats", "release", "--out", "statistics"]);
    let board = |out: &str, threads: &str| {
        let scores = ["--scores", "scores/rag", "--scores", "scores/drc", "--predictions", "rag.jsonl"];
        let more = ["--statistics", "statistics/stats.json", "--out", out, "--threads", threads];
        done(here, &[&["report", "--release", "release"][..], &scores, &more].concat());
        contents(&here.join(out))
    };
    let one = board("one", "1");
    assert_eq!(one, board("two", "2"), "at any number of threads");
    assert_eq!(one, board("one", "2"), "in the place of the old one");
    let text = |name: &str| {
        let found = one.iter().find(|(path, _)| path == Path::new(name)).unwrap_or_else(|| panic!("no {name}"));
        String::from_utf8_lossy(&found.1).into_owned()
    };
    let page = text("site/data/static/cr_test/tasks-0.js");
    assert!(
        page.contains(r#""raw":"wrong  # no\nmore""#) && page.contains("first line, unless the target has several"),
        "{page}"
    );
    assert!(text("site/data/board.js").contains(r#""verdict":"not conditioned","geometry":null,"doubtful":true"#));
    assert!(
        text("tables/table-12.csv").contains("RAG,3.3,~1500,,,,per query,,,5.0,chunk index,,"),
        "{}",
        text("tables/table-12.csv")
    );
    assert!(text("tables/table-11.csv").lines().any(|line| line.starts_with("DRC,") && line.contains(",49.9,")));
    for name in ["figures/intervals-static-cr_test.png", "figures/figure-12-static-cr_test.svg", "leaderboard.md"] {
        text(name);
    }
    let broken = [
        ("audit.json", "[]"),
        ("audit.json", r#"{"format":2,"verdict":"x"}"#),
        ("cost.json", r#"{"format":1,"adaptation_seconds":-1}"#),
    ];
    for (file, found) in broken {
        fs::write(here.join("scores/drc").join(file), found).expect("written");
        let run = repopeft(here, &["report", "--release", "release", "--scores", "scores/drc", "--out", "one"]);
        assert!(run.code == 2 && run.stderr.contains(file), "{}", run.stderr);
        fs::remove_file(here.join("scores/drc").join(file)).expect("removed");
    }
    assert_eq!(one, contents(&here.join("one")), "a failure leaves what was there");
}

#[test]
fn submissions_join_the_board_or_are_told_why_not() {
    let folder = corpus();
    let here = folder.path();
    answers(here, "good", 2, "submissions/good.parquet");
    answers(here, "better", 1, "submissions/better/answers.jsonl");
    answers(here, "good", 3, "submissions/again.jsonl");
    answers(here, "torn", 2, "submissions/torn.jsonl");
    let torn = fs::read_to_string(here.join("submissions/torn.jsonl")).expect("text");
    let few: Vec<&str> = torn.lines().take(3).collect();
    fs::write(here.join("submissions/torn.jsonl"), few.join("\n") + "\n").expect("written");
    fs::write(here.join("submissions/broken.jsonl"), "{\"a\": 1}\n\u{1b}[31m<script>\n").expect("written");
    fs::create_dir(here.join("submissions/empty")).expect("made");
    fs::write(here.join("submissions/README.md"), "no submission").expect("written");
    #[cfg(unix)]
    std::os::unix::fs::symlink(here.join("release/manifest.json"), here.join("submissions/link.jsonl"))
        .expect("a link");

    let board =
        || repopeft(here, &["report", "--release", "release", "--submissions", "submissions", "--out", "board"]);
    let run = board();
    assert_eq!(run.code, 1, "{}", run.stderr);
    for reason in [
        "good: it is of the same method with the same settings as `again`",
        "broken: broken.jsonl",
        "empty: it has no file that ends in .jsonl or .parquet",
        "tasks of CR-test are answered",
    ] {
        assert!(run.stderr.contains(reason), "{reason}: {}", run.stderr);
    }
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains("link"), "{}", run.stderr);
    let files = contents(&here.join("board"));
    let data = files.iter().find(|(path, _)| path == Path::new("site/data/board.js")).expect("the board");
    let data = String::from_utf8_lossy(&data.1).into_owned();
    assert!(
        data.contains(r#""key":"better""#) && data.contains(r#""key":"good""#) && !data.contains(r#""key":"torn""#)
    );
    assert!(data.contains(r#""rejected":[{"name":"broken""#) && !data.contains('<'), "{data}");
    assert!(!data.contains(&here.display().to_string()), "no path of this machine");

    let before =
        fs::metadata(here.join("board/scores/better/scores.parquet")).expect("scores").modified().expect("a time");
    assert_eq!(board().code, 1);
    assert_eq!(files, contents(&here.join("board")), "the same submissions give the same bytes");
    let after =
        fs::metadata(here.join("board/scores/better/scores.parquet")).expect("scores").modified().expect("a time");
    assert_eq!(before, after, "what has not changed is not scored again");

    fs::remove_dir_all(here.join("submissions")).and_then(|()| fs::create_dir(here.join("submissions"))).expect("made");
    let run = board();
    assert!(run.code == 2 && run.stderr.contains("no submission is complete and valid"), "{}", run.stderr);
}

/// A submission is known by its name, and a method stands on a board once.
#[test]
fn submissions_share_neither_name_nor_method() {
    let folder = corpus();
    let here = folder.path();
    answers(here, "rag", 2, "rag.jsonl");
    done(here, &["score", "--release", "release", "--predictions", "rag.jsonl", "--out", "scores/first"]);
    answers(here, "rag", 3, "submissions/rag.jsonl");
    answers(here, "drc", 2, "submissions/DRC.jsonl");
    answers(here, "icl", 2, "submissions/drc/answers.jsonl");
    answers(here, "fft", 2, "submissions/rag.parquet");
    let arguments = ["report", "--release", "release", "--scores", "scores/first", "--submissions", "submissions"];
    let run = repopeft(here, &[&arguments[..], &["--out", "board"]].concat());
    assert_eq!(run.code, 1, "{}", run.stderr);
    for reason in [
        "drc: `drc` has the name of `DRC.jsonl`",
        "rag: `rag.parquet` has the name of `rag.jsonl`",
        "rag: it is of the same method with the same settings as `first`",
    ] {
        assert!(run.stderr.contains(reason), "{reason}: {}", run.stderr);
    }
    let board = fs::read_to_string(here.join("board/leaderboard.md")).expect("a board");
    assert!(board.contains("RAG") && board.contains("DRC") && !board.contains("ICL") && !board.contains("FFT"));
}

/// More methods than can be compared are shown without.
#[test]
fn a_board_of_many_methods_is_not_compared() {
    let folder = corpus();
    let here = folder.path();
    answers(here, "rag", 2, "rag.jsonl");
    done(here, &["score", "--release", "release", "--predictions", "rag.jsonl", "--out", "scores/0"]);
    let read = |name: &str| fs::read_to_string(here.join("scores/0").join(name)).expect("text");
    let (summary, manifest) = (read("summary.json"), read("manifest.json"));
    let mut arguments: Vec<String> = ["report", "--release", "release", "--out", "board"].map(str::to_owned).into();
    for number in 0..=harness::MOST_METHODS {
        let scores = here.join("scores").join(number.to_string());
        fs::create_dir_all(&scores).expect("made");
        if number > 0 {
            fs::copy(here.join("scores/0/scores.parquet"), scores.join("scores.parquet")).expect("copied");
        }
        let mut own: bench::Summary = serde_json::from_str(&summary).expect("a summary");
        own.card.method = format!("method-{number}");
        own.predictions = format!("{number:064x}");
        bench::file::write_json(&scores.join("summary.json"), &own).expect("written");
        let mut bound: bench::ScoreManifest = serde_json::from_str(&manifest).expect("a manifest");
        let hash = bench::file::hash(&scores.join("summary.json")).expect("a hash");
        bound.files.insert("summary.json".to_owned(), hash);
        bench::file::write_json(&scores.join("manifest.json"), &bound).expect("written");
        arguments.extend(["--scores".to_owned(), format!("scores/{number}")]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let run = done(here, &arguments);
    assert!(run.stderr.contains("65 methods were scored on CR-test"), "{}", run.stderr);
    let board = fs::read_to_string(here.join("board/leaderboard.md")).expect("a board");
    assert!(board.contains("65 methods were scored on OOD"), "{board:.900}");
}

/// What the server at `address` answers to a request for `path` under the name `host`.
fn get(address: &str, path: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).expect("an answer");
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn the_server_shows_changes_to_this_machine_alone() {
    let folder = corpus();
    let here = folder.path();
    answers(here, "rag", 2, "rag.jsonl");
    let score = |seed: &str| {
        done(here, &["score", "--release", "release", "--predictions", "rag.jsonl", "--out", "scores", "--seed", seed]);
    };
    score("0");
    let mut server = Command::new(env!("CARGO_BIN_EXE_repopeft"))
        .args(["report", "--release", "release", "--scores", "scores", "--out", "report", "--serve", "-q"])
        .current_dir(here)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let lines = BufReader::new(server.stdout.take().expect("a pipe")).lines();
    let said = lines.map_while(Result::ok).find(|line| line.starts_with("http://127.0.0.1:")).expect("an address");
    let address = said.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let page = get(&address, "/", &address);
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("/-/reload.js"), "{page}");
    assert!(get(&address, "/site/app.js", &address).contains("text/javascript"));
    assert!(get(&address, "/", "example.org").starts_with("HTTP/1.1 403"));
    assert!(get(&address, "/../release/manifest.json", &address).starts_with("HTTP/1.1 404"));
    assert!(get(&address, "/-/version", &address).ends_with("\r\n\r\n0"));
    score("1");
    // They are made again for each of the files that `score` writes, so the first time may be too early.
    let start = Instant::now();
    while !get(&address, "/site/data/board.js", &address).contains("seed 1") {
        assert!(start.elapsed() < Duration::from_mins(2), "the pages were not made again");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert!(!get(&address, "/-/version", &address).ends_with("\r\n\r\n0"));
    server.kill().and_then(|()| server.wait()).expect("ended");
}
