//! The examples of the documentation are run, in reading order, in one folder.
//!
//! A block ```` ```console ```` holds commands after `$ `; lines below a command must appear in its output in this
//! order, with `…` for anything. A block ```` ```toml file=NAME ```` is written to the file NAME first. `python` is the one
//! that `make python-tests` makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The pages, in the order in which their examples build on each other.
const PAGES: &[&str] = &[
    "probe",
    "discover",
    "fetch",
    "lock",
    "mine",
    "build",
    "leaks",
    "export",
    "python",
    "check",
    "pretrain",
    "train",
    "embed",
    "inspect",
    "adapt",
    "convert",
    "methods",
    "predict",
    "audit",
    "plugin",
    "score",
    "compare",
    "explain",
    "selftest",
    "report",
    "submissions",
    "experiment",
    "quickstart",
];

/// The pages whose examples look at releases.
const RELEASES: &[&str] = &["verify", "stats", "diff"];

/// A fenced block: its info string and its lines.
struct Block {
    info: String,
    lines: Vec<String>,
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => open = Some(Block { info: info.to_owned(), lines: Vec::new() }),
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.lines.push(line.to_owned()),
            (None, None) => {}
        }
    }
    blocks
}

/// How often an interpreter that aborts as it ends is started once more.
const ABORTS: usize = 3;

/// Whether `text` fits `pattern`, in which `…` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('…');
    let first = parts.next().unwrap_or("");
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    rest.is_empty() || last.is_some_and(str::is_empty)
}

/// The programs of the Python that `scripts/python-tests.sh` makes.
fn python() -> PathBuf {
    let programs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(".venv-test/bin");
    assert!(programs.join("python").exists(), "{} has no python; run `make python-tests`", programs.display());
    programs
}

fn run(command: &str, expected: &[String], folder: &Path) {
    let program = Path::new(env!("CARGO_BIN_EXE_repopeft")).parent().expect("a folder");
    let script = format!("exec 2>&1; PATH=\"{}:{}:$PATH\"; {command}", program.display(), python().display());
    let mut shell = Command::new("sh");
    let shell = shell.arg("-ec").arg(script).current_dir(folder);
    // Whatever the libraries want to keep or look up, they do it in this folder and without a network.
    let shell = shell.env("HF_HOME", folder.join("hugging-face")).env("HF_HUB_OFFLINE", "1");
    let mut output = shell.output().expect("a shell");
    // On a busy machine Arrow's threads now and then abort an interpreter that has done all its work and is ending.
    let aborted = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stdout);
        !output.status.success() && text.lines().any(|line| line == "terminate called without an active exception")
    };
    for _ in 0..ABORTS {
        if command.starts_with("python ") && aborted(&output) {
            output = shell.output().expect("a shell");
        }
    }
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "$ {command}\n{text}");
    let mut lines = text.lines();
    for pattern in expected {
        assert!(lines.any(|line| fits(pattern, line.trim_end())), "$ {command}\nlacks `{pattern}`:\n{text}");
    }
}

fn run_page(path: &Path, folder: &Path) {
    let page = std::fs::read_to_string(path).unwrap_or_else(|_| panic!("{} is missing", path.display()));
    for block in blocks(&page) {
        if let Some((_, name)) = block.info.split_once("file=") {
            std::fs::write(folder.join(name), block.lines.join("\n") + "\n").expect("written");
        }
        if block.info != "console" {
            continue;
        }
        for part in block.lines.chunk_by(|_, b| !b.starts_with("$ ")) {
            let command = part[0].strip_prefix("$ ").unwrap_or_else(|| panic!("`{}` is no command", part[0]));
            let expected = &part[1..];
            run(command, expected, folder);
        }
    }
}

#[test]
#[cfg_attr(not(feature = "torch"), ignore = "pretrain and predict need libtorch")]
fn examples_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    for name in PAGES {
        run_page(&docs.join(name).with_extension("md"), folder.path());
    }
}

/// The pages about answers of others, on a release of their own: they need no libtorch.
#[test]
fn answers_from_python_are_accepted() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [
        "repopeft probe --out probe --train 3 --cr-val 1 --cr-test 1 --ood 1",
        "repopeft mine --repos probe/repos.toml --tracks static --out mining",
        "repopeft build --mining mining --out release",
    ] {
        run(command, &[], folder.path());
    }
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    for name in ["python", "check"] {
        run_page(&docs.join(name).with_extension("md"), folder.path());
    }
}

/// The pages about releases, on releases of their own: they need no libtorch.
#[test]
fn releases_are_looked_at() {
    let folder = tempfile::tempdir().expect("a folder");
    for command in [
        "repopeft probe --out probe --train 3 --cr-val 1 --cr-test 1 --ood 1",
        "repopeft mine --repos probe/repos.toml --out mining",
        "repopeft build --mining mining --out release",
        "repopeft build --mining mining --track evolution --out evolution",
    ] {
        run(command, &[], folder.path());
    }
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    for name in RELEASES {
        run_page(&docs.join(name).with_extension("md"), folder.path());
    }
}

#[test]
fn every_verb_has_a_page() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let help = Command::new(env!("CARGO_BIN_EXE_repopeft")).arg("--help").output().expect("help").stdout;
    let help = String::from_utf8(help).expect("text");
    let verbs = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let verbs = verbs.filter(|line| !line.starts_with("   "));
    for verb in verbs.filter_map(|line| line.split_whitespace().next()).filter(|verb| *verb != "help") {
        assert!(docs.join(verb).with_extension("md").exists(), "docs/{verb}.md is missing");
    }
}

#[test]
fn patterns() {
    assert!(fits("a…c", "abc") && fits("…", "x") && fits("abc", "abc") && fits("a…", "abc"));
    assert!(!fits("a…d", "abc") && !fits("ab", "abc"));
}
