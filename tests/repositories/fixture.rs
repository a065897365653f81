//! Scripted git repositories with fixed dates, and runs of the binary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The text of the MIT licence, as far as it is looked at.
pub(crate) const MIT: &str = "MIT License\n\nPermission is hereby granted, free of charge, to any person obtaining a copy\nof this \
                              software and associated documentation files (the \"Software\"), to deal\nin the Software \
                              without restriction.\n\nThe above copyright notice and this permission notice shall be included \
                              in all\ncopies or substantial portions of the Software.\n";

/// What a run of the binary gave.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The binary with `arguments`, not yet started; proxies and tokens of the machine are not its concern.
pub(crate) fn repopeft(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repopeft"));
    command.args(arguments).current_dir(folder);
    for name in ["http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        command.env_remove(name);
    }
    command.env_remove("GITHUB_TOKEN").env_remove("GH_TOKEN");
    command
}

/// A finished run of the binary.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Run {
    let output = repopeft(folder, arguments).output().expect("the binary runs");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A run that must succeed.
pub(crate) fn done(folder: &Path, arguments: &[&str]) -> Run {
    let run = run(folder, arguments);
    assert_eq!(run.code, 0, "{arguments:?}\n{}{}", run.stdout, run.stderr);
    run
}

/// A run in the background, to be killed.
pub(crate) fn background(folder: &Path, arguments: &[&str]) -> Child {
    let mut command = repopeft(folder, arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts")
}

/// A repository under construction, with a working tree.
pub(crate) struct Scripted {
    folder: PathBuf,
}

impl Scripted {
    /// An empty repository in `folder`, whose branch is `main`.
    pub(crate) fn new(folder: &Path) -> Self {
        fs::create_dir_all(folder).expect("made");
        let scripted = Self { folder: folder.to_owned() };
        scripted.git("2000-01-01T00:00:00Z", &["init", "--quiet", "--initial-branch=main"]);
        scripted
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// Runs git at `date`; returns what it printed.
    pub(crate) fn git(&self, date: &str, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgSign=false"])
            .args(arguments)
            .current_dir(&self.folder)
            .env("GIT_AUTHOR_DATE", date)
            .env("GIT_COMMITTER_DATE", date)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Writes a file.
    pub(crate) fn file(&self, path: &str, text: &str) -> &Self {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).and_then(|()| fs::write(path, text)).expect("written");
        self
    }

    /// Commits everything at `date`; the commit's id.
    pub(crate) fn commit(&self, date: &str) -> String {
        self.git(date, &["add", "--all"]);
        self.git(date, &["commit", "--quiet", "--allow-empty", "--message", date]);
        self.git(date, &["rev-parse", "HEAD"])
    }

    /// Writes what a repository needs to be listed: a licence, a dependency file, code, and forty tasks.
    pub(crate) fn worthy(&self, licence: &str) -> &Self {
        self.file("LICENSE", licence).file("pyproject.toml", "[tool.pytest.ini_options]\n").file("code.py", "x = 1\n");
        for file in ["a", "b"] {
            let tests = (0..4).map(|test| {
                let lines = (0..5).map(|line| format!("    assert f({line}) == {}\n", test * 5 + line));
                format!("def test_{test}():\n{}", lines.collect::<String>())
            });
            self.file(&format!("tests/test_{file}.py"), &tests.collect::<String>());
        }
        self
    }
}

/// Every file below `folder` with its bytes, except those whose path holds one of `without`.
pub(crate) fn contents(folder: &Path, without: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if without.iter().any(|word| path.to_string_lossy().contains(word)) {
                continue;
            }
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
