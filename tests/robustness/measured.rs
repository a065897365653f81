//! Runs of the binary whose time and memory are measured and limited.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How often a running process is looked at.
const TICK: Duration = Duration::from_millis(3);

/// What a run may cost.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Wall time in seconds.
    pub(crate) seconds: u64,
    /// Peak of resident memory in MiB.
    pub(crate) mib: u64,
}

/// What a run of the binary gave and took.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stderr: String,
    pub(crate) seconds: f64,
    /// Peak of resident memory in MiB, as the kernel counts it; 0 where there is no `/proc`.
    pub(crate) peak_mib: u64,
}

/// The binary in `folder` with `arguments`, its output in files of that folder.
pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Child {
    let output = |name: &str| fs::File::create(folder.join(name)).expect("a file");
    Command::new(env!("CARGO_BIN_EXE_repopeft"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(output("stdout"))
        .stderr(output("stderr"))
        .spawn()
        .expect("the binary starts")
}

/// A run within `limits`.
///
/// # Panics
/// If it exceeds them, or ends by a signal.
pub(crate) fn run(folder: &Path, arguments: &[&str], limits: Limits) -> Run {
    let begin = Instant::now();
    let mut child = start(folder, arguments);
    let mut peak_mib = 0;
    let status = loop {
        peak_mib = peak_mib.max(peak(child.id()));
        let seconds = begin.elapsed().as_secs();
        if seconds > limits.seconds || peak_mib > limits.mib {
            child.kill().and_then(|()| child.wait()).expect("ended");
            panic!("{arguments:?} took {seconds} s and {peak_mib} MiB, more than {limits:?}");
        }
        match child.try_wait().expect("a status") {
            Some(status) => break status,
            None => std::thread::sleep(TICK),
        }
    };
    let seconds = begin.elapsed().as_secs_f64();
    let read = |name: &str| String::from_utf8_lossy(&fs::read(folder.join(name)).expect("read")).into_owned();
    let stderr = read("stderr");
    let code = status.code().unwrap_or_else(|| panic!("{arguments:?} ended by {status}: {stderr}"));
    assert!(!stderr.contains("panicked at"), "{stderr}");
    Run { code, stderr, seconds, peak_mib }
}

/// The peak of the resident memory of a process so far, in MiB.
fn peak(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<u64>().ok());
    kib.unwrap_or(0) / 1024
}

/// Every file below `folder` with its bytes, by path.
pub(crate) fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push((path.strip_prefix(folder).expect("below").to_owned(), fs::read(&path).expect("read")));
            }
        }
    }
    files.sort();
    files
}
