//! A served model against a server that misbehaves in every way that servers do.

mod asking;
#[path = "../../../tests/server/mod.rs"]
mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bench::Stop;
use remote::Secret;
use remote::served::{Api, Recording, Source};
use server::{Answer, Request, Server, answer};

use asking::{Asking, KEY, completion, task, whole};

/// Makes an answer that is none.
type Odd = Box<dyn Fn() -> Answer + Send + Sync>;

/// An answer of 200 with a body of JSON.
fn ok(body: &str) -> Answer {
    answer("200 OK", &[("Content-Type", "application/json")], body)
}

/// A server that gives `odd` to the first `times` requests, and whole answers afterwards.
fn at_first(times: usize, odd: impl Fn() -> Answer + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |request| if count.fetch_add(1, Ordering::SeqCst) < times { odd() } else { ok(&whole(request)) })
}

#[test]
fn every_task_is_answered_by_id_and_equal_prompts_are_asked_once() {
    let server = Server::start(|request| ok(&whole(request)));
    let mut asking = Asking::new(&server.url);
    asking.tasks.push(task(90, "x = 1\nassert f(3) =="));
    let outcome = asking.run().unwrap();
    assert_eq!(outcome.rows.len(), asking.tasks.len());
    assert!(outcome.rows.is_sorted_by(|a, b| a.task < b.task));
    assert_eq!(server.asked().len(), asking.tasks.len() - 1);
    let row = outcome.rows.iter().find(|row| row.task == *asking.tasks[0].id()).unwrap();
    assert_eq!(row.completion, completion(&asking.tasks[0].assertion.prefix));
    assert_eq!((row.prompt_tokens, row.context_tokens, row.new_tokens), (Some(7), Some(0), Some(2)));
    assert_eq!(row.stop, Some(Stop::Eos));
    assert_eq!((outcome.spent.requests, outcome.spent.prompt_tokens), (12, 84));
}

#[test]
fn troubles_that_pass_are_waited_out() {
    let cases: Vec<(&str, Odd)> = vec![
        ("answered 429", Box::new(|| answer("429 Too Many Requests", &[("Retry-After", "0.05")], "slow down"))),
        ("answered 500", Box::new(|| answer("500 Oops", &[], "{\"error\":{\"message\":\"out of luck\"}}"))),
        ("answered 503", Box::new(|| answer("503 Busy", &[], ""))),
        ("no whole answer", Box::new(|| Answer::Raw(Vec::new()))),
        (
            "no whole answer",
            Box::new(|| Answer::Raw(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"choices\":[".to_vec())),
        ),
        (
            "no whole answer",
            Box::new(|| {
                Answer::Raw(
                    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{\"choices\":[{\"text\":\"a".to_vec(),
                )
            }),
        ),
        ("not of the form", Box::new(|| ok("<html>"))),
        ("not of the form", Box::new(|| ok("{\"choices\":[{\"text\":\"half"))),
        ("no choice", Box::new(|| ok("{\"choices\":[]}"))),
        ("no `text`", Box::new(|| ok("{\"choices\":[{\"text\":null}]}"))),
        ("not UTF-8", Box::new(|| answer("200 OK", &[], b"{\"choices\":[{\"text\":\"\xff\"}]}"))),
        ("overloaded", Box::new(|| ok("{\"error\":{\"message\":\"overloaded\"}}"))),
    ];
    for (why, odd) in cases {
        let server = at_first(3, odd);
        let mut asking = Asking::new(&server.url);
        let outcome = asking.run().unwrap_or_else(|error| panic!("{why}: {error}"));
        assert_eq!(outcome, Asking::new(&at_first(0, || Answer::Endless).url).run().unwrap());
        assert!(asking.log.iter().any(|line| line.contains(why)), "{why}: {:?}", asking.log);
    }
}

#[test]
fn troubles_that_do_not_pass_end_the_run_and_name_the_task() {
    let cases: Vec<(&str, Odd)> = vec![
        (
            "refuses the key; see --api-key-env; it said: no such key [key]",
            Box::new(|| {
                answer("401 Unauthorized", &[], format!("{{\"error\":{{\"message\":\"no such key {KEY}\"}}}}"))
            }),
        ),
        ("check --endpoint", Box::new(|| answer("404 Not Found", &[], "nothing here"))),
        ("--max-prompt-chars", Box::new(|| answer("400 Bad Request", &[], "{\"detail\":\"too long\u{1b}[31m\"}"))),
        ("redirects", Box::new(|| answer("307 Moved", &[("Location", "http://127.0.0.1:9/v1/completions")], ""))),
        ("more than 4194304 bytes", Box::new(|| Answer::Endless)),
        ("repeats the API key", Box::new(|| ok(&format!("{{\"choices\":[{{\"text\":\"{KEY}\"}}]}}")))),
        ("no choice", Box::new(|| ok("{\"choices\":[]}"))),
        ("answered 500", Box::new(|| answer("500 Oops", &[], ""))),
        ("answered 429", Box::new(|| answer("429 Later", &[("Retry-After", "86400")], ""))),
    ];
    for (why, odd) in cases {
        let server = at_first(usize::MAX, odd);
        let mut asking = Asking::new(&server.url);
        asking.retries = 1;
        let error = asking.run().unwrap_err().to_string();
        assert!(error.starts_with("task ") && error.contains(why), "{why}: {error}");
        assert!(!error.contains(KEY) && !error.contains('\u{1b}') && error.len() < 700, "{error}");
        assert!(server.asked().len() <= 2 * asking.concurrency + 2, "{why}: {} requests", server.asked().len());
    }
}

#[test]
fn a_server_that_is_too_slow_or_absent_is_given_up() {
    let server = at_first(usize::MAX, || Answer::Slow(vec![b' '; 4096], Duration::from_millis(400)));
    let mut asking = Asking::new(&server.url);
    (asking.retries, asking.timeout) = (0, Duration::from_millis(300));
    assert!(asking.run().unwrap_err().to_string().contains("no whole answer"));
    let mut asking = Asking::new("http://127.0.0.1:9");
    asking.retries = 1;
    assert!(asking.run().unwrap_err().to_string().contains("no whole answer"));
}

#[test]
fn refused_tasks_can_be_left_out() {
    let server = Server::start(|request| {
        if request.body.windows(4).any(|four| four == b"f(3)") {
            answer("400 No", &[], "no")
        } else {
            ok(&whole(request))
        }
    });
    let mut asking = Asking::new(&server.url);
    asking.skip_failed = true;
    let outcome = asking.run().unwrap();
    let left_out = asking.tasks.iter().find(|task| task.assertion.prefix.contains("f(3)")).unwrap();
    assert_eq!(outcome.left_out, [left_out.id().clone()]);
    assert_eq!(outcome.rows.len() + 1, asking.tasks.len());
}

#[test]
fn requests_are_under_way_together_and_the_answers_are_the_same() {
    let run = |concurrency: usize| {
        let (under_way, most) = (AtomicUsize::new(0), std::sync::Arc::new(AtomicUsize::new(0)));
        let seen = std::sync::Arc::clone(&most);
        let server = Server::start(move |request: &Request| {
            most.fetch_max(under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            std::thread::sleep(Duration::from_millis(60));
            under_way.fetch_sub(1, Ordering::SeqCst);
            ok(&whole(request))
        });
        let mut asking = Asking::new(&server.url);
        asking.concurrency = concurrency;
        let outcome = asking.run().unwrap();
        (outcome, seen.load(Ordering::SeqCst))
    };
    let ((one, alone), (eight, together)) = (run(1), run(8));
    assert_eq!(one, eight);
    assert_eq!(alone, 1);
    assert!((5..=8).contains(&together), "{together} requests were under way");
}

#[test]
fn the_rate_limit_is_kept() {
    let server = Server::start(|request| ok(&whole(request)));
    let mut asking = Asking::new(&server.url);
    asking.limits.requests_per_minute = std::num::NonZeroU32::new(1200);
    let begun = Instant::now();
    asking.run().unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(50 * 11), "12 requests, 50 ms apart");
}

#[test]
fn a_pause_that_the_server_asks_for_holds_for_all() {
    let server = at_first(1, || answer("429 Later", &[("Retry-After", "1")], ""));
    let begun = Instant::now();
    let mut asking = Asking::new(&server.url);
    asking.concurrency = 1;
    asking.run().unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_recording_answers_like_the_server_and_holds_no_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recording.jsonl");
    let server = Server::start(|request| ok(&whole(request)));
    for api in [Api::Completions, Api::Chat] {
        let mut asking = Asking::new(&server.url);
        (asking.api, asking.recording) = (api, Some(path.clone()));
        let asked = server.asked().len();
        let outcome = asking.run().unwrap();
        assert_eq!(server.asked().len(), asked + 12);
        assert_eq!(asking.run().unwrap(), outcome, "what is recorded is not asked again");
        assert_eq!(server.asked().len(), asked + 12);
        let mut replay = Source { client: None, recording: Some(Recording::read(&path).unwrap()) };
        assert_eq!(asking.run_from(&mut replay).unwrap(), outcome);
        asking.tasks.push(task(80, "assert other =="));
        let error = asking.run_from(&mut replay).unwrap_err().to_string();
        assert!(error.contains("not in the recording"), "{error}");
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 25);
    assert!(!text.contains(KEY) && !text.contains("Bearer") && !text.contains("127.0.0.1"));
}

#[test]
fn the_key_is_sent_and_chat_answers_are_unwrapped() {
    let server = Server::start(|request| {
        assert_eq!(request.header("authorization"), Some(&*format!("Bearer {KEY}")));
        assert_eq!((&*request.method, request.path(), request.query()), ("POST", "/chat/completions", ""));
        ok("{\"choices\":[{\"message\":{\"content\":\"Here:\\n```python\\n    assert f(3) == 4\\n```\"}}]}")
    });
    let mut asking = Asking::new(&server.url);
    asking.api = Api::Chat;
    let outcome = asking.run().unwrap();
    let of = |part: &str| {
        let task = asking.tasks.iter().find(|task| task.assertion.prefix.contains(part)).unwrap();
        outcome.rows.iter().find(|row| row.task == *task.id()).unwrap().completion.clone()
    };
    assert_eq!(of("f(3)"), " 4");
    assert_eq!(of("f(4)"), "    assert f(3) == 4");
    assert_eq!(outcome.spent.without_usage, 12);
    assert!(!format!("{:?}", Secret::new(KEY)).contains(KEY));
}
