//! `fetch`: mirrors from a real `git daemon` and over HTTP, whole or not there, whatever happens.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::fixture::{MIT, Scripted, background, done, run};
use crate::git_backend::git_backend;
use crate::server::{Answer, Server, answer};

const DATE: &str = "2024-06-01T00:00:00Z";

/// A repository `name` to be served from `folder`; its head.
fn served(folder: &Path, name: &str) -> (Scripted, String) {
    let scripted = Scripted::new(&folder.join("served").join(name));
    let head = scripted.worthy(MIT).file("README.md", name).commit(DATE);
    (scripted, head)
}

/// Text that does not compress, `kib` KiB of it.
fn noise(kib: u64) -> String {
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        format!("{state:016x}")
    };
    (0..kib * 64).map(|_| next()).collect()
}

/// A list of `repositories` as (name, source).
fn list(folder: &Path, repositories: &[(&str, String)]) {
    let entry = |(name, source): &(&str, String)| format!("[[repo]]\nname = \"{name}\"\nsource = \"{source}\"\n");
    fs::write(folder.join("list.toml"), repositories.iter().map(entry).collect::<String>()).expect("written");
}

/// Leaves in `mirror` what an update that is killed leaves.
fn leave(mirror: &Path) {
    for left in
        ["HEAD.lock", "packed-refs.lock", "refs/heads/trunk.lock", "objects/pack/pack_git2_1", "objects/pack/tmp_1"]
    {
        fs::create_dir_all(mirror.join(left).parent().expect("a folder")).expect("made");
        fs::write(mirror.join(left), "").expect("written");
    }
}

/// What git says of a mirror.
fn git(mirror: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").arg("--git-dir").arg(mirror).args(arguments).output().expect("git runs");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A `git daemon` for the repositories below a folder; it ends with this value.
struct Daemon {
    child: Child,
    url: String,
}

impl Daemon {
    fn start(root: &Path) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port").port();
        // The program itself: `git daemon` would start it as a child that outlives a kill.
        let programs = Command::new("git").arg("--exec-path").output().expect("git runs").stdout;
        let programs = PathBuf::from(String::from_utf8(programs).expect("text").trim());
        let child = Command::new(programs.join("git-daemon"))
            .args(["--export-all", "--listen=127.0.0.1", "--reuseaddr", &format!("--port={port}")])
            .arg(format!("--base-path={}", root.display()))
            .arg(root)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("git-daemon runs");
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(20), "the daemon does not listen");
            thread::sleep(Duration::from_millis(50));
        }
        Self { child, url: format!("git://127.0.0.1:{port}") }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn over_http(root: PathBuf) -> Server {
    Server::start(move |request| Answer::Raw(git_backend(&root, request)))
}

fn lines(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split('\t').take(2).collect()).collect()
}

#[test]
fn a_daemon_is_mirrored_and_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (first, head) = served(here, "first");
    served(here, "second.with.dots");
    first.git(DATE, &["tag", "v1"]);
    let daemon = Daemon::start(&here.join("served"));
    let url = |name: &str| format!("{}/{name}/.git", daemon.url);
    list(here, &[("a/first", url("first")), ("b/gone", url("gone")), ("c/second.with.dots", url("second.with.dots"))]);
    let fetched = run(here, &["fetch", "--repos", "list.toml", "--jobs", "3"]);
    assert_eq!(fetched.code, 1, "{}", fetched.stderr);
    assert_eq!(lines(&fetched.stdout), [["a/first", "cloned"], ["b/gone", "failed"], ["c/second.with.dots", "cloned"]]);
    assert!(fetched.stderr.contains("b/gone"), "{}", fetched.stderr);
    let mirror = here.join("mirrors/a__first.git");
    assert_eq!((git(&mirror, &["rev-parse", "HEAD"]), git(&mirror, &["tag"])), (head.clone(), "v1".to_owned()));
    assert!(here.join("mirrors/c__second.with.dots.git/HEAD").exists());

    first.git(DATE, &["branch", "--quiet", "--move", "main", "trunk"]);
    let newer = first.file("code.py", "x = 2\n").commit(DATE);
    list(here, &[("a/first", url("first"))]);
    let kept = done(here, &["fetch", "--repos", "list.toml"]);
    assert_eq!((lines(&kept.stdout), git(&mirror, &["rev-parse", "HEAD"])), (vec![vec!["a/first", "kept"]], head));
    leave(&mirror);
    let updated = done(here, &["fetch", "--repos", "list.toml", "--update"]);
    assert_eq!(lines(&updated.stdout), [["a/first", "updated"]]);
    assert_eq!(git(&mirror, &["rev-parse", "HEAD"]), newer);
    assert_eq!(git(&mirror, &["symbolic-ref", "HEAD"]), "refs/heads/trunk");
}

#[test]
fn folders_of_this_machine_are_mirrored_and_followed() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, _) = served(here, "a");
    let local = scripted.path().display();
    list(here, &[("a/url", format!("file://{local}")), ("b/path", "served/a".to_owned())]);
    assert_eq!(
        lines(&done(here, &["fetch", "--repos", "list.toml"]).stdout),
        [["a/url", "cloned"], ["b/path", "local"]]
    );
    scripted.git(DATE, &["branch", "--quiet", "--move", "main", "trunk"]);
    let newer = scripted.file("code.py", "x = 2\n").commit(DATE);
    let mirror = here.join("mirrors/a__url.git");
    leave(&mirror);
    assert_eq!(lines(&done(here, &["fetch", "--repos", "list.toml", "--update"]).stdout)[0], ["a/url", "updated"]);
    assert_eq!(git(&mirror, &["rev-parse", "HEAD"]), newer);
    assert_eq!(git(&mirror, &["for-each-ref", "--format=%(refname)"]), "refs/heads/trunk");
}

#[test]
fn a_failing_server_is_tried_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, head) = served(folder.path(), "a");
    let (root, calls) = (folder.path().join("served"), AtomicUsize::new(0));
    let server = Server::start(move |request| match calls.fetch_add(1, Ordering::SeqCst) {
        0 => answer("502 Bad Gateway", &[], ""),
        _ => Answer::Raw(git_backend(&root, request)),
    });
    list(folder.path(), &[("a/a", format!("{}/a/.git", server.url))]);
    let fetched = done(folder.path(), &["fetch", "--repos", "list.toml", "--out", "m"]);
    assert!(fetched.stderr.contains("try 1 failed"), "{}", fetched.stderr);
    assert_eq!(git(&folder.path().join("m/a__a.git"), &["rev-parse", "HEAD"]), head);
}

#[test]
fn credentials_are_sent_and_never_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    let server = Server::start(|request| match request.header("authorization") {
        None => answer("401 Unauthorized", &[("WWW-Authenticate", "Basic realm=\"x\"")], ""),
        Some(_) => answer("404 Not Found", &[], ""),
    });
    let url = server.url.replace("http://", "http://me:sesame@");
    list(folder.path(), &[("a/a", format!("{url}/a"))]);
    let fetched = run(folder.path(), &["fetch", "--repos", "list.toml"]);
    assert_eq!(fetched.code, 1);
    assert!(server.asked().len() > 1, "credentials were sent");
    let shown = fetched.stdout + &fetched.stderr;
    assert!(!shown.contains("sesame") && shown.contains("***@127.0.0.1"), "{shown}");
    list(folder.path(), &[("a/a", format!("{}/a", server.url))]);
    let asked = run(folder.path(), &["fetch", "--repos", "list.toml"]);
    assert_eq!((asked.code, asked.stderr.contains("try 1 failed")), (1, false), "no prompt, no second try");
}

#[test]
fn redirects_lead_to_no_other_transport() {
    let folder = tempfile::tempdir().expect("a folder");
    let (scripted, _) = served(folder.path(), "a");
    let target = format!("file://{}/.git", scripted.path().display());
    let server = Server::start(move |_| answer("302 Found", &[("Location", &target)], ""));
    list(folder.path(), &[("a/a", format!("{}/a", server.url)), ("b/b", "ext::sh://x".to_owned())]);
    let fetched = run(folder.path(), &["fetch", "--repos", "list.toml", "--attempts", "1"]);
    assert_eq!(lines(&fetched.stdout), [["a/a", "failed"], ["b/b", "failed"]]);
    assert!(!folder.path().join("mirrors/a__a.git").exists());
}

#[test]
fn limits_of_size_and_time_hold() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, _) = served(here, "big");
    scripted.file("noise", &noise(4096)).commit(DATE);
    let server = over_http(here.join("served"));
    list(here, &[("a/big", format!("{}/big/.git", server.url))]);
    let big = run(here, &["fetch", "--repos", "list.toml", "--max-mib", "1"]);
    assert!(big.code == 1 && big.stderr.contains("more than 1048576 bytes"), "{}", big.stderr);
    let silent = Server::start(|_| {
        thread::sleep(Duration::from_mins(10));
        answer("200 OK", &[], "")
    });
    list(here, &[("a/silent", format!("{}/a", silent.url))]);
    let start = Instant::now();
    let slow = run(here, &["fetch", "--repos", "list.toml", "--max-seconds", "1"]);
    assert!(slow.code == 1 && slow.stderr.contains("within 1 s"), "{}", slow.stderr);
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let left: Vec<_> =
        fs::read_dir(here.join("mirrors")).expect("a folder").map(|e| e.expect("one").file_name()).collect();
    assert_eq!(left, [".lock"]);
}

/// The names of what is in `folder`; none if there is no folder.
fn entries(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().into_string().expect("text")).collect()
}

/// Kills a fetch at many moments; no mirror is ever half there, and the next run ends what was begun.
#[test]
fn killed_fetches_leave_nothing_half_done() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let names = ["a", "b", "c"];
    let heads = names.map(|name| {
        let (scripted, _) = served(here, name);
        scripted.file("noise", &noise(48)).commit(DATE)
    });
    let root = here.join("served");
    let server = Server::start(move |request| {
        Answer::Slow(git_backend(&root, request), Duration::from_millis(if request.method == "POST" { 4 } else { 0 }))
    });
    let repositories = names.map(|name| {
        (["x/a", "x/b", "x/c"][usize::from(name.as_bytes()[0] - b'a')], format!("{}/{name}/.git", server.url))
    });
    list(here, &repositories);
    let (mut halves, mut kills) = (0, 0);
    let is_begun = || entries(&here.join("mirrors")).iter().any(|name| name.ends_with(".partial"));
    for wait in [0_u64, 20, 50, 100, 200, 300, 400] {
        let mut child = background(here, &["fetch", "--repos", "list.toml", "--jobs", "2"]);
        // However slow the machine is, the first kill meets a clone that has begun.
        let start = Instant::now();
        while !is_begun() && child.try_wait().expect("a child").is_none() && start.elapsed() < Duration::from_mins(1) {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(wait));
        kills += usize::from(child.try_wait().expect("a child").is_none());
        child.kill().expect("killed");
        child.wait().expect("ended");
        for name in entries(&here.join("mirrors")) {
            if name.strip_suffix(".git").is_some() {
                git(&here.join("mirrors").join(&name), &["fsck", "--full", "--strict"]);
            }
            halves += usize::from(name.ends_with(".partial"));
        }
    }
    assert!(kills > 0 && halves > 0, "{kills} kills met {halves} unfinished clones");
    done(here, &["fetch", "--repos", "list.toml"]);
    for (name, head) in names.iter().zip(heads) {
        assert_eq!(git(&here.join(format!("mirrors/x__{name}.git")), &["rev-parse", "HEAD"]), head);
    }
    assert_eq!(fs::read_dir(here.join("mirrors")).expect("a folder").count(), 4);
}

/// A git that outlives the fetch that started it holds the lock of the folder; its end is waited for.
#[test]
fn git_of_a_killed_fetch_is_waited_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, _) = served(here, "a");
    let head = scripted.file("more", "of it").commit(DATE);
    let root = here.join("served");
    let server = Server::start(move |request| Answer::Raw(git_backend(&root, request)));
    list(here, &[("x/a", format!("{}/a/.git", server.url))]);
    fs::create_dir_all(here.join("mirrors/x__a.git.partial")).expect("made");
    let orphan = fs::File::create(here.join("mirrors/.lock")).expect("made");
    orphan.lock().expect("locked");
    let ends = thread::spawn(move || {
        thread::sleep(Duration::from_millis(500));
        drop(orphan);
    });
    let fetched = run(here, &["fetch", "--repos", "list.toml"]);
    ends.join().expect("ended");
    assert!(fetched.code == 0 && fetched.stderr.contains("waiting for its end"), "{}", fetched.stderr);
    assert_eq!(git(&here.join("mirrors/x__a.git"), &["rev-parse", "HEAD"]), head);
}

#[test]
fn one_process_at_a_time_writes_to_a_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let silent = Server::start(|_| {
        thread::sleep(Duration::from_mins(10));
        answer("200 OK", &[], "")
    });
    list(here, &[("a/a", format!("{}/a", silent.url))]);
    let mut child = background(here, &["fetch", "--repos", "list.toml"]);
    let start = Instant::now();
    while silent.asked().is_empty() {
        assert!(start.elapsed() < Duration::from_secs(20), "the first does not begin");
        thread::sleep(Duration::from_millis(20));
    }
    let second = run(here, &["fetch", "--repos", "list.toml"]);
    assert!(second.code == 2 && second.stderr.contains("another process"), "{}", second.stderr);
    child.kill().expect("killed");
    child.wait().expect("ended");
}

#[test]
fn mining_prefers_mirrors() {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let (scripted, _) = served(here, "a");
    fs::create_dir_all(here.join("mirrors")).expect("made");
    scripted.git(DATE, &["clone", "--quiet", "--bare", ".", here.join("mirrors/o__a.git").to_str().expect("text")]);
    let source = "o/a=http://127.0.0.1:1/o/a";
    done(here, &["mine", "--repo", source, "--mirrors", "mirrors", "--out", "mining"]);
    assert_eq!(run(here, &["mine", "--repo", source, "--cache", "cache", "--out", "other"]).code, 2);
}
