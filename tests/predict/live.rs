//! With a real server: `transformers serve` with a tiny random model, which is then asked itself.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use bench::{Predictions, Release, Split};

use crate::corpus::{corpus, done};

/// Tokens of a completion.
const NEW_TOKENS: &str = "16";

/// A server that ends with this value.
struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// A run of `scripts/served.py`.
#[expect(clippy::disallowed_methods, reason = "where Python lies is known to the caller alone")]
fn script(arguments: &[&str]) -> Command {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let mut command = Command::new(python);
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/served.py")).args(arguments);
    command
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// The address of a server of the model in `folder`, once it listens.
fn serve(folder: &Path) -> (Served, String) {
    let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
    let server = Served(script(&["serve", text(folder), &port.to_string()]).spawn().expect("started"));
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < Duration::from_mins(5), "the server does not listen");
        std::thread::sleep(Duration::from_millis(200));
    }
    (server, format!("http://127.0.0.1:{port}/v1"))
}

/// The prefixes of the tasks that are asked, by id, in a file.
fn write_tasks(here: &Path) -> PathBuf {
    let release = Release::open(&here.join("release")).expect("a release");
    let mut lines = String::new();
    for split in [Split::CrossRepoTest, Split::OodTest] {
        for task in release.tasks(split).expect("tasks") {
            let line = serde_json::json!({"task": task.id(), "prefix": task.assertion.prefix});
            lines.extend([line.to_string().as_str(), "\n"]);
        }
    }
    let path = here.join("tasks.jsonl");
    fs::write(&path, lines).expect("written");
    path
}

#[test]
#[ignore = "needs Python with transformers[serving]"]
#[expect(clippy::print_stdout, reason = "the figures of the run")]
fn a_real_server_gives_what_the_model_itself_writes() {
    let folder = corpus();
    let here = folder.path();
    let model = here.join("model");
    assert!(script(&["make", text(&model)]).status().expect("runs").success());
    let (_server, url) = serve(&model);
    let ask = |out: &str, api: &str| {
        let fixed = ["predict", "--endpoint", &url, "--model-name", text(&model), "--release", "release"];
        let more = ["--splits", "cr_test,ood_test", "--max-new-tokens", NEW_TOKENS, "--concurrency", "2"];
        let begun = Instant::now();
        let run = done(here, &[&fixed[..], &more, &["--api", api, "--out", out]].concat());
        println!("{api}, {:.0} s: {}", begun.elapsed().as_secs_f64(), String::from_utf8_lossy(&run.stderr).trim_end());
        Predictions::read(&here.join(out)).expect("predictions").rows
    };
    let completions = ask("completions.jsonl", "completions");
    let tasks = write_tasks(here);
    let compared = script(&["compare", text(&model), text(&tasks), text(&here.join("completions.jsonl")), NEW_TOKENS]);
    let compared = { compared }.output().expect("runs");
    println!("{}", String::from_utf8_lossy(&compared.stdout).trim_end());
    assert!(completions.len() >= 200 && compared.status.success(), "{}", String::from_utf8_lossy(&compared.stderr));
    let chat = ask("chat.jsonl", "chat");
    assert_eq!(chat.len(), completions.len());
    // The model is random, but the instruction before the prefix is there: every prompt is longer.
    for (chat, completion) in chat.iter().zip(&completions) {
        assert!(chat.prompt_tokens > completion.prompt_tokens, "{chat:?}");
    }
}
