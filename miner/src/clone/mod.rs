//! Cloning a URL into the cache, once.

mod mirror;

pub use mirror::{mirror_path, mirrored_repo};

use std::fs;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use bench::{RepoId, TaskId};

use crate::error::{Error, Result};
use crate::observer::{Event, Observer};

/// Schemes that the `git` program may follow; every other one is refused, also in redirects and submodules.
const REMOTE_SCHEMES: [&str; 4] = ["https", "http", "ssh", "git"];
/// Bytes of a line of git's that are kept.
const MAX_LINE_BYTES: usize = 4096;
/// Variables that would lead git elsewhere.
const LEADING_VARIABLES: [&str; 7] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
];
/// How much of git's last words an error repeats, in characters.
const LAST_WORDS: usize = 400;

/// The bare clone of `url` in the folder `cache`, made if it is not there yet. Its name holds a hash of the URL, so that
/// another source of the same repository is another clone.
///
/// # Errors
/// If the scheme is not supported, the folder cannot be written, or cloning fails.
pub(crate) fn cached(url: &str, repo: &RepoId, cache: &Path, observer: &dyn Observer) -> Result<PathBuf> {
    let stem = format!("{}-{}", repo.file_stem(), TaskId::of(&[url.as_bytes()]));
    let path = cache.join(format!("{stem}.git"));
    if path.exists() {
        return Ok(path);
    }
    fs::create_dir_all(cache).map_err(|source| Error::Io { action: "create", path: cache.to_owned(), source })?;
    let partial = cache.join(format!("{stem}.git.{}.partial", std::process::id()));
    remove(&partial)?;
    let progress = |received, total| observer.hear(repo, Event::Cloning { received, total });
    let done = match scheme(url) {
        Some("file") => with_library(url, &partial, &progress),
        Some(scheme) if REMOTE_SCHEMES.contains(&scheme) => with_program(url, &partial, &progress),
        _ => Err(Error::Scheme { url: url.to_owned() }),
    };
    if let Err(error) = done {
        remove(&partial)?;
        return Err(error);
    }
    match fs::rename(&partial, &path) {
        Err(_) if path.exists() => remove(&partial)?,
        renamed => renamed.map_err(|source| Error::Io { action: "rename", path: partial, source })?,
    }
    Ok(path)
}

fn remove(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    fs::remove_dir_all(path).map_err(|source| Error::Io { action: "remove", path: path.to_owned(), source })
}

/// The scheme of a URL; `user@host:path` is ssh.
fn scheme(url: &str) -> Option<&str> {
    match url.split_once("://") {
        Some((scheme, _)) => Some(scheme),
        None => bench::is_url(url).then_some("ssh"),
    }
}

fn with_library(url: &str, to: &Path, progress: &dyn Fn(u64, u64)) -> Result<()> {
    let mut callbacks = git2::RemoteCallbacks::new();
    callbacks.transfer_progress(|stats| {
        progress(stats.received_objects() as u64, stats.total_objects() as u64);
        true
    });
    let mut fetch = git2::FetchOptions::new();
    fetch.remote_callbacks(callbacks);
    let cloned = git2::build::RepoBuilder::new().bare(true).fetch_options(fetch).clone(url, to);
    cloned.map(drop).map_err(|error| Error::Clone { url: url.to_owned(), reason: error.message().to_owned() })
}

fn with_program(url: &str, to: &Path, progress: &dyn Fn(u64, u64)) -> Result<()> {
    let failed = |reason: String| Error::Clone { url: url.to_owned(), reason };
    let mut child = command(url, to).spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            failed("the program `git` was not found; install git or clone by hand".to_owned())
        }
        _ => failed(format!("the program `git` cannot be started: {error}")),
    })?;
    let words = listen(&mut child, progress);
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(last_words(&words))) }
}

/// `git clone` without prompts, hooks, templates or any transport but the four of [`REMOTE_SCHEMES`].
fn command(url: &str, to: &Path) -> Command {
    let mut command = Command::new("git");
    command.args(["-c", "protocol.allow=never"]);
    for scheme in REMOTE_SCHEMES {
        command.arg("-c").arg(format!("protocol.{scheme}.allow=always"));
    }
    command.args(["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "transfer.bundleURI=false"]);
    command.args(["clone", "--bare", "--progress", "--template=", "--"]).arg(url).arg(to);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "true").env("LC_ALL", "C");
    command.env("GIT_ALLOW_PROTOCOL", REMOTE_SCHEMES.join(":")).env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    for name in LEADING_VARIABLES {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// Reads what git says until it stops; returns the lines that are no progress.
fn listen(child: &mut Child, progress: &dyn Fn(u64, u64)) -> String {
    let Some(stderr) = child.stderr.take() else { return String::new() };
    let (mut words, mut line) = (String::new(), Vec::new());
    for byte in BufReader::new(stderr).bytes().map_while(std::result::Result::ok) {
        if !matches!(byte, b'\r' | b'\n') {
            if line.len() < MAX_LINE_BYTES {
                line.push(byte);
            }
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        line.clear();
        match counts(&text) {
            Some((received, total)) => progress(received, total),
            None if text.contains('%') || text.starts_with("Cloning into") => {}
            None => words = last_words(&format!("{words}{text}\n")) + "\n",
        }
    }
    words
}

/// The counts of a line such as `Receiving objects:  45% (450/1000), 1.2 MiB`.
fn counts(line: &str) -> Option<(u64, u64)> {
    let (_, rest) = line.strip_prefix("Receiving objects:")?.split_once('(')?;
    let (received, rest) = rest.split_once('/')?;
    Some((received.parse().ok()?, rest.split_once(')')?.0.parse().ok()?))
}

fn last_words(words: &str) -> String {
    let words = words.trim();
    let skip = words.chars().count().saturating_sub(LAST_WORDS);
    words.chars().skip(skip).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_lines_are_understood() {
        assert_eq!(counts("Receiving objects:  45% (450/1000), 1.20 MiB | 3 MiB/s"), Some((450, 1000)));
        assert_eq!(counts("Resolving deltas: 100% (3/3), done."), None);
    }

    #[test]
    fn schemes_are_told_apart() {
        assert_eq!(scheme("https://example.org/a/b"), Some("https"));
        assert_eq!(scheme("git@example.org:a/b.git"), Some("ssh"));
        assert_eq!(scheme("ext::sh -c x"), None);
    }
}
