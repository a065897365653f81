//! The `git` program: started with a configuration that a remote cannot use against us, watched, and stopped in time.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use super::words;
use crate::error::{Error, Result};

/// Schemes that the `git` program may follow; every other one is refused, also in redirects and submodules.
pub(super) const REMOTE_SCHEMES: [&str; 4] = ["https", "http", "ssh", "git"];
/// Settings of every call. The remote's objects are checked, but for faults that old histories carry and that harm
/// nobody; a transfer below 1000 bytes a second for a minute is given up.
const SETTINGS: [&str; 22] = [
    "protocol.allow=never",
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.askPass=true",
    "credential.helper=",
    "transfer.bundleURI=false",
    "transfer.fsckObjects=true",
    "fetch.fsck.zeroPaddedFilemode=ignore",
    "fetch.fsck.badFilemode=ignore",
    "fetch.fsck.badTimezone=ignore",
    "fetch.fsck.badDateOverflow=ignore",
    "fetch.fsck.missingSpaceBeforeDate=ignore",
    "fetch.fsck.missingSpaceBeforeEmail=ignore",
    "fetch.fsck.missingNameBeforeEmail=ignore",
    "fetch.fsck.missingEmail=ignore",
    "fetch.fsck.badEmail=ignore",
    "fetch.fsck.nullSha1=ignore",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
];
/// Variables that would lead git elsewhere or change its settings.
const LEADING_VARIABLES: [&str; 9] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_CONFIG_COUNT",
    "GIT_CONFIG_PARAMETERS",
];
/// How often a running git is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How often its folder is measured.
const MEASURE: Duration = Duration::from_secs(1);

/// How much a call of git may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloneLimits {
    /// Wall time.
    pub time: Duration,
    /// Bytes of the clone.
    pub bytes: u64,
}

impl CloneLimits {
    /// No limits.
    pub const NONE: Self = Self { time: Duration::MAX, bytes: u64::MAX };
}

/// A call of git for one remote and one folder.
pub(super) struct Call<'a> {
    /// The remote, for errors.
    pub(super) url: &'a str,
    /// The folder that grows.
    pub(super) folder: &'a Path,
    /// What no other process may have while git lives: git inherits it, so that one whose parent was killed keeps it.
    pub(super) claim: &'a File,
    /// What the call may take.
    pub(super) limits: CloneLimits,
    /// Hears of received and total objects.
    pub(super) progress: &'a (dyn Fn(u64, u64) + Sync),
}

impl Call<'_> {
    /// Runs `git` with `arguments` to its end; returns what it printed, at most a few lines.
    ///
    /// # Errors
    /// If git cannot be started, fails, or goes beyond the limits; it and all that it started have stopped then.
    pub(super) fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<String> {
        let mut command = command(arguments);
        // Git reads nothing from there.
        command.stdin(self.claim.try_clone().map_err(|error| self.failed(error.to_string()))?);
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => self.failed("the program `git` was not found; install git or clone by hand"),
            _ => self.failed(format!("the program `git` cannot be started: {error}")),
        })?;
        let (stderr, stdout) = (child.stderr.take(), child.stdout.take());
        thread::scope(|scope| {
            let said = scope.spawn(|| stderr.map_or_else(String::new, |pipe| words::listen(pipe, self.progress)));
            let printed = scope.spawn(|| stdout.map_or_else(String::new, |pipe| words::listen(pipe, &|_, _| ())));
            let ended = self.watch(&mut child);
            let said = said.join().unwrap_or_default();
            let printed = printed.join().unwrap_or_default();
            if ended?.success() { Ok(printed) } else { Err(self.failed(said)) }
        })
    }

    /// Waits for the end of `child`, or ends it where a limit is reached.
    fn watch(&self, child: &mut Child) -> Result<ExitStatus> {
        let start = Instant::now();
        let mut measured = start;
        loop {
            match child.try_wait() {
                Ok(None) => {}
                Ok(Some(status)) => return Ok(status),
                Err(error) => {
                    stop(child);
                    return Err(self.failed(error.to_string()));
                }
            }
            if start.elapsed() > self.limits.time {
                stop(child);
                let seconds = self.limits.time.as_secs();
                return Err(Error::CloneTooSlow { url: words::redacted(self.url), seconds });
            }
            if measured.elapsed() > MEASURE {
                measured = Instant::now();
                self.measure().inspect_err(|_| stop(child))?;
            }
            thread::sleep(LOOK);
        }
    }

    /// Fails if the folder holds more bytes than it may.
    pub(super) fn measure(&self) -> Result<()> {
        if self.limits.bytes == u64::MAX || bytes_below(self.folder) <= self.limits.bytes {
            return Ok(());
        }
        Err(Error::CloneTooLarge { url: words::redacted(self.url), bytes: self.limits.bytes })
    }

    /// The error for a call that failed because of `reason`.
    pub(super) fn failed(&self, reason: impl Into<String>) -> Error {
        Error::Clone { url: words::redacted(self.url), reason: words::redacted(&reason.into()) }
    }
}

/// Ends `child` and everything that it started.
fn stop(child: &mut Child) {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    // Both may have ended by themselves in the meantime, which is what is wanted.
    group.map(|group| kill_process_group(group, Signal::KILL)).transpose().ok();
    child.wait().ok();
}

/// `git` without prompts, hooks, helpers, configuration of user or system, or any transport but those of
/// [`REMOTE_SCHEMES`], in a process group of its own.
fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new("git");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    for scheme in REMOTE_SCHEMES {
        command.arg("-c").arg(format!("protocol.{scheme}.allow=always"));
    }
    command.args(arguments);
    command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "true").env("LC_ALL", "C");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.env("GIT_ALLOW_PROTOCOL", REMOTE_SCHEMES.join(":")).env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    for name in LEADING_VARIABLES {
        command.env_remove(name);
    }
    command.process_group(0).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Bytes of all files below `folder`; what vanishes meanwhile counts nothing.
fn bytes_below(folder: &Path) -> u64 {
    let mut bytes = 0;
    let mut pending: Vec<PathBuf> = vec![folder.to_owned()];
    while let Some(next) = pending.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(metadata) if metadata.is_dir() => pending.push(entry.path()),
                Ok(metadata) => bytes += metadata.len(),
                Err(_) => {}
            }
        }
    }
    bytes
}
