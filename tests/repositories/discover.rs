//! `discover` against a server on this machine that behaves like the host: pages, limits, failures, lies.

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use crate::fixture::{Run, background, contents, done, run};
use crate::server::{Answer, Request, Server, answer};

const DATE: (&str, &str) = ("Date", "Tue, 20 May 2025 10:00:00 GMT");
/// Seconds since 1970 of that moment.
const NOW: i64 = 1_747_735_200;

/// Two passes, in-distribution and OOD, over few repositories.
const QUERIES: &str = r#"
framework = "pytest"
dependency_files = ["requirements.txt", "pyproject.toml"]
[stop]
found = 500
accepted_ood = 3
[[pass]]
name = "old"
era = "in_distribution"
language = "Python"
licences = ["mit"]
stars = ["10..19", "20..29"]
size_kb = "1..9"
pushed = "2024-01-01.."
forks = "recorded"
archived = "recorded"
sort = "stars"
[[pass]]
name = "new"
era = "ood"
language = "Python"
licences = ["mit", "apache-2.0"]
stars = ["1..9"]
size_kb = "1..9"
pushed = "2025-01-01.."
created_after = "2025-04-01"
forks = "refused"
archived = "refused"
sort = "created"
"#;

/// A repository as the host's interface shows it.
fn item(name: &str, stars: u64, more: &str) -> String {
    let created = if name.starts_with("new/") { "2025-04-02T00:00:00Z" } else { "2020-01-01T00:00:00Z" };
    let more = if more.is_empty() { String::new() } else { format!(",{more}") };
    let fork = if more.contains("\"fork\"") { "" } else { "\"fork\":false," };
    let archived = if more.contains("\"archived\"") { "" } else { "\"archived\":false," };
    let created = if more.contains("created_at") { String::new() } else { format!("\"created_at\":\"{created}\",") };
    format!(
        "{{\"full_name\":\"{name}\",\"html_url\":\"https://host.example/{name}\",\"description\":null,\
         \"stargazers_count\":{stars},\"forks_count\":1,\"watchers_count\":2,\"size\":5,\"open_issues_count\":0,\
         \"language\":\"Python\",\"license\":{{\"spdx_id\":\"MIT\",\"key\":\"mit\"}},{created}\
         \"pushed_at\":\"2025-05-01T00:00:00Z\",\"updated_at\":\"2025-05-02T00:00:00Z\",\"default_branch\":\"main\",\
         {fork}{archived}\"has_wiki\":true,\"topics\":[\"x\"],\"unknown_to_us\":1{more}}}"
    )
}

fn page(total: usize, items: &[String]) -> Answer {
    json(format!("{{\"total_count\":{total},\"incomplete_results\":false,\"items\":[{}]}}", items.join(",")))
}

fn json(body: String) -> Answer {
    answer("200 OK", &[("Content-Type", "application/json"), DATE], body)
}

fn absent() -> Answer {
    answer("404 Not Found", &[DATE], "{\"message\":\"Not Found\"}")
}

/// The results of a search.
fn results(query: &str) -> Vec<String> {
    if query.contains("stars%3A10..19") {
        return (0..130).map(|i| item(&format!("old/r{i:03}"), 10 + i % 10, "")).collect();
    }
    if query.contains("stars%3A20..29") {
        return vec![
            item("old/stale", 30, ""),
            item("old/r000", 20, ""),
            item("Old/Archived", 21, "\"archived\":true"),
        ];
    }
    let mut new = vec![
        item("OLD/archived", 5, "\"created_at\":\"2025-05-01T00:00:00Z\""),
        item("new/base", 5, ""),
        item("new/fork", 5, "\"fork\":true"),
        item("new/late-fork", 5, ""),
        item("new/sameday", 5, "\"created_at\":\"2025-04-01T23:59:59Z\""),
        item("new/gone", 5, ""),
    ];
    new.extend((0..6).map(|i| item(&format!("new/n{i}"), 5, "")));
    new
}

/// The host at its best.
fn host(request: &Request) -> Answer {
    let path = request.path();
    if path == "/search/repositories" {
        let all = results(request.query());
        let number = |name: &str| {
            let value =
                request.query().split('&').find_map(|part| part.strip_prefix(&format!("{name}="))).expect("a value");
            value.parse::<usize>().expect("a number")
        };
        let (size, first) = (number("per_page"), (number("page") - 1) * number("per_page"));
        return page(all.len(), &all[first.min(all.len())..(first + size).min(all.len())]);
    }
    let parts: Vec<&str> = path.trim_start_matches("/repos/").splitn(4, '/').collect();
    let name = format!("{}/{}", parts[0], parts[1]);
    match (parts.get(2), parts.get(3)) {
        (None, _) if name == "new/gone" => absent(),
        (None, _) if name == "new/late-fork" => json(item(&name, 5, "\"fork\":true")),
        (None, _) if name == "new/sameday" => json(item(&name, 5, "\"created_at\":\"2025-04-01T23:59:59Z\"")),
        (None, _) => json(item(&name, 5, "")),
        (Some(_), Some(&"")) => json(
            "[{\"name\":\"pyproject.toml\",\"type\":\"file\",\"size\":10},{\"name\":\"src\",\"type\":\"dir\"}]"
                .to_owned(),
        ),
        (Some(_), Some(&"pyproject.toml")) => {
            let text = if name.ends_with('7') || name == "new/n1" { "unittest" } else { "[tool.PyTest]" };
            answer("200 OK", &[DATE], text)
        }
        _ => absent(),
    }
}

fn discover(folder: &Path, server: &Server, extra: &[&str]) -> Run {
    fs::write(folder.join("queries.toml"), QUERIES).expect("written");
    fs::write(folder.join("base.txt"), "New/Base\n").expect("written");
    let fixed = ["discover", "--queries", "queries.toml", "--baseline", "base.txt", "--api", &server.url];
    run(folder, &[&fixed[..], extra].concat())
}

fn names(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("candidates.jsonl")).expect("candidates");
    let name = |line: &str| line.split('"').nth(3).expect("a name").to_owned();
    text.lines().map(name).collect()
}

#[test]
fn the_published_criteria_are_applied() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(host);
    let run = discover(folder.path(), &server, &["--out", "found"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let found = folder.path().join("found");
    let names = names(&found);
    let old = names.iter().filter(|name| name.starts_with("old/")).count();
    assert_eq!(old, 130 - 13, "R21: no candidate without pytest");
    assert_eq!(names[old..], ["Old/Archived", "new/n0", "new/n2", "new/n3"], "R22, R27, R28");
    let counts = fs::read_to_string(found.join("counts.json")).expect("counts");
    let counts: serde_json::Value = serde_json::from_str(&counts).expect("JSON");
    assert_eq!(counts["old"]["results"], 133);
    assert_eq!(counts["old"]["rejected"], serde_json::json!({"duplicate": 1, "no_evidence": 13, "stars": 1}));
    let new = serde_json::json!({"baseline": 1, "created": 1, "duplicate": 1, "fork": 2, "gone": 1, "no_evidence": 1});
    assert_eq!(counts["new"]["rejected"], new);
    let first = fs::read_to_string(found.join("candidates.jsonl")).expect("candidates");
    let first: serde_json::Value = serde_json::from_str(first.lines().next().expect("a line")).expect("JSON");
    for (field, value) in [("found", "2025-05-20T10:00:00Z"), ("evidence", "pyproject.toml"), ("pass", "old")] {
        assert_eq!(first[field], value, "R23");
    }
    let asked = server.asked();
    assert!(asked.iter().filter(|target| target.contains("apache-2.0")).count() == 0, "R27: stopped at the target");
    assert!(!asked.iter().any(|target| target.contains("requirements.txt")), "what is not there is not asked for");
}

#[test]
fn a_finished_search_is_replayed_without_the_host() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let server = Server::start(host);
    assert_eq!(discover(here, &server, &["--out", "found"]).code, 0);
    let (before, asked) = (contents(&here.join("found"), &[]), server.asked().len());
    for name in ["candidates.jsonl", "counts.json"] {
        fs::remove_file(here.join("found").join(name)).expect("removed");
    }
    let dead = Server { url: "http://127.0.0.1:1".to_owned(), asked: Arc::default() };
    assert_eq!(discover(here, &dead, &["--out", "found", "--offline"]).code, 0);
    assert_eq!((contents(&here.join("found"), &[]), server.asked().len()), (before, asked));
    let other = discover(here, &dead, &["--out", "other", "--offline"]);
    assert!(other.code == 2 && other.stderr.contains("/search/repositories"), "{}", other.stderr);
}

#[test]
fn a_killed_search_ends_in_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let server = Server::start(host);
    assert_eq!(discover(here, &server, &["--out", "whole"]).code, 0);
    let slow = Server::start(|request| {
        thread::sleep(Duration::from_millis(3));
        host(request)
    });
    let arguments =
        ["discover", "--queries", "queries.toml", "--baseline", "base.txt", "--api", &slow.url, "--out", "killed"];
    let mut kills = 0;
    for wait in [60_u64, 90, 120, 150, 180, 210, 240, 270] {
        let mut child = background(here, &arguments);
        thread::sleep(Duration::from_millis(wait));
        kills += usize::from(child.try_wait().expect("a child").is_none());
        child.kill().expect("killed");
        child.wait().expect("ended");
    }
    assert!(kills > 0, "every run ended before it was killed");
    done(here, &arguments);
    let (asked, needed) = (slow.asked().len(), server.asked().len());
    assert!(asked <= needed + kills, "{kills} kills cost {asked} requests instead of {needed}: one each at most");
    let without = [".partial"];
    assert_eq!(contents(&here.join("killed"), &without), contents(&here.join("whole"), &without));
}

/// A server whose first answers are `bad`, one each, and which then behaves.
fn at_first(bad: Vec<Answer>) -> Server {
    let bad = Mutex::new(bad.into_iter());
    Server::start(move |request| {
        let next = bad.lock().expect("no panic").next();
        next.unwrap_or_else(|| host(request))
    })
}

#[test]
fn limits_and_failures_are_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let reset = (NOW + 1).to_string();
    let limit = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", reset.as_str()), DATE];
    let mut cut = match json("{\"total_count\":1,\"items\":[]}".to_owned()) {
        Answer::Raw(bytes) => bytes,
        _ => Vec::new(),
    };
    cut.truncate(cut.len() - 4);
    let server = at_first(vec![
        answer("403 Forbidden", &limit, "{\"message\":\"API rate limit exceeded\"}"),
        answer("429 Too Many Requests", &[("Retry-After", "1"), DATE], "{}"),
        answer("503 Service Unavailable", &[DATE], "<html>"),
        answer("200 OK", &[DATE], "<html>no JSON</html>"),
        Answer::Raw(cut),
    ]);
    let run = discover(folder.path(), &server, &["--out", "found", "--max-wait", "120"]);
    assert_eq!((run.code, names(&folder.path().join("found")).len()), (0, 121), "{}", run.stderr);
    for words in ["rate limit is used up", "asks for a pause", "answered 503", "not JSON", "no answer"] {
        assert!(run.stderr.contains(words), "lacks `{words}`: {}", run.stderr);
    }
    let patient = at_first(vec![answer("429 Too Many Requests", &[("Retry-After", "900"), DATE], "{}")]);
    let given_up = discover(folder.path(), &patient, &["--out", "other", "--max-wait", "60"]);
    assert!(given_up.code == 2 && given_up.stderr.contains("--max-wait"), "{}", given_up.stderr);
}

#[test]
fn refusals_name_the_address_and_what_would_help() {
    let folder = tempfile::tempdir().expect("a folder");
    let refusals = [
        (answer("401 Unauthorized", &[DATE], "{\"message\":\"Bad credentials\"}"), "token"),
        (answer("403 Forbidden", &[DATE], "{\"message\":\"Resource not accessible\"}"), "token"),
        (answer("422 Unprocessable Entity", &[DATE], "{\"message\":\"bad query\"}"), "query set"),
        (json("{\"items\":3}".to_owned()), "form"),
        (page(1, &[item("a/b", 10, "").replace("https://host.example/a/b", "ext::sh -c x")]), "address"),
        (page(1, &[item("a/b", 10, "").replace("\"a/b\"", "\"a/../b\"")]), "form"),
        (Answer::Endless, "cannot read"),
    ];
    for (refusal, words) in refusals {
        let server = at_first(vec![refusal]);
        let out = tempfile::tempdir_in(folder.path()).expect("a folder");
        let run = discover(folder.path(), &server, &["--out", out.path().to_str().expect("text")]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("/search/repositories") && run.stderr.contains(words), "{words}: {}", run.stderr);
        assert!(!out.path().join("candidates.jsonl").exists());
    }
}

#[test]
fn the_token_is_sent_and_never_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let authorised = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&authorised);
    let server = Server::start(move |request| {
        let is_ours = request.header("authorization") == Some("Bearer sesame-123");
        count.fetch_add(usize::from(is_ours), Ordering::SeqCst);
        host(request)
    });
    fs::write(folder.path().join("token.txt"), "sesame-123\n").expect("written");
    let run = discover(folder.path(), &server, &["--out", "found", "--token-file", "token.txt"]);
    assert_eq!((run.code, authorised.load(Ordering::SeqCst)), (0, server.asked().len()), "{}", run.stderr);
    let kept = contents(&folder.path().join("found"), &[]);
    assert!(kept.iter().all(|(_, bytes)| !bytes.windows(6).any(|window| window == b"sesame")));
    assert!(!(run.stdout + &run.stderr).contains("sesame"));
    fs::write(folder.path().join("token.txt"), "two words\n").expect("written");
    let bad = discover(folder.path(), &server, &["--out", "other", "--token-file", "token.txt"]);
    assert!(bad.code == 2 && !bad.stderr.contains("two words"), "{}", bad.stderr);
}
