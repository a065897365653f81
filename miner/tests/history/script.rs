//! Repositories made by the `git` program from a script: fixed identities and dates, no configuration.

use std::ffi::OsStr;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use miner::Repository;

/// The commit that submodules stand at; no repository holds it.
pub(crate) const SUBMODULE: &str = "1234567890123456789012345678901234567890";

/// A stream for `git fast-import` under construction.
pub(crate) struct Script {
    stream: Vec<u8>,
    commits: usize,
}

/// A repository; the folder disappears with it.
pub(crate) struct Made {
    folder: tempfile::TempDir,
}

impl Script {
    pub(crate) fn new() -> Self {
        Self { stream: Vec::new(), commits: 0 }
    }

    /// Begins a commit on `branch` after its last one; `merged` are the numbers of further parents. Returns its number.
    pub(crate) fn commit(&mut self, branch: &str, merged: &[usize]) -> usize {
        let seconds = 1_600_000_000 + 1_000 * self.commits;
        self.commit_by(branch, merged, &format!("A Author <a@example.org> {seconds} +0530"))
    }

    /// As [`Script::commit`], written by `author`.
    pub(crate) fn commit_by(&mut self, branch: &str, merged: &[usize], author: &str) -> usize {
        self.commits += 1;
        let seconds = 1_600_000_000 + 1_000 * self.commits;
        let number = self.commits;
        self.line(&format!("commit refs/heads/{branch}\nmark :{number}\nauthor {author}"));
        self.line(&format!("committer C Committer <c@example.org> {seconds} -0100\ndata 1\nm"));
        for parent in merged {
            self.line(&format!("merge :{parent}"));
        }
        number
    }

    /// Begins a branch at the commit `from`.
    pub(crate) fn branch(&mut self, name: &str, from: usize) {
        self.line(&format!("reset refs/heads/{name}\nfrom :{from}\n"));
    }

    /// Writes a file of the commit; `mode` as git writes it, 120000 for a link.
    pub(crate) fn write(&mut self, mode: &str, path: &str, content: impl AsRef<[u8]>) -> &mut Self {
        let content = content.as_ref();
        self.line(&format!("M {mode} inline {}\ndata {}", quoted(path), content.len()));
        self.stream.extend_from_slice(content);
        self.line("");
        self
    }

    /// Writes an ordinary file.
    pub(crate) fn file(&mut self, path: &str, content: impl AsRef<[u8]>) -> &mut Self {
        self.write("100644", path, content)
    }

    pub(crate) fn submodule(&mut self, path: &str, commit: &str) -> &mut Self {
        self.line(&format!("M 160000 {commit} {}", quoted(path)));
        self
    }

    pub(crate) fn delete(&mut self, path: &str) -> &mut Self {
        self.line(&format!("D {}", quoted(path)));
        self
    }

    pub(crate) fn rename(&mut self, from: &str, to: &str) -> &mut Self {
        self.line(&format!("R {} {}", quoted(from), quoted(to)));
        self
    }

    fn line(&mut self, line: &str) {
        self.stream.extend_from_slice(line.as_bytes());
        self.stream.push(b'\n');
    }

    /// Imports the script into a bare repository whose head is `main`.
    pub(crate) fn make(&self) -> Made {
        let folder = tempfile::tempdir().unwrap();
        run(git(folder.path()).args(["init", "-q", "--bare", "-b", "main", "."]));
        let mut import = git(folder.path());
        let import = import.args(["fast-import", "--quiet", "--date-format=raw-permissive"]).stdin(Stdio::piped());
        let mut import = import.spawn().unwrap();
        import.stdin.take().unwrap().write_all(&self.stream).unwrap();
        assert!(import.wait().unwrap().success(), "the script must be imported");
        Made { folder }
    }
}

impl Made {
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::open(self.path()).unwrap()
    }

    /// What `git` prints for `arguments`.
    pub(crate) fn git<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Vec<u8> {
        run(git(self.path()).args(arguments))
    }
}

/// The program without configuration, in `folder`.
pub(crate) fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(folder).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    command.env("GIT_ATTR_NOSYSTEM", "1").env("HOME", folder).env("LC_ALL", "C.UTF-8");
    command.env_remove("GIT_DIR").env_remove("XDG_CONFIG_HOME");
    command
}

/// Runs `command` and returns what it prints.
pub(crate) fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A path as the stream takes it.
fn quoted(path: &str) -> String {
    format!("\"{}\"", path.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
