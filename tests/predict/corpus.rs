//! A small release, and runs of the binary on it.

use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with the probe corpus in `release` (static) and `evolution`.
pub(crate) fn corpus() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let here = folder.path();
    let family = ["--train", "3", "--cr-val", "1", "--cr-test", "1", "--ood", "1"];
    done(here, &[&["probe", "--out", "probe"][..], &family].concat());
    done(here, &["mine", "--repos", "probe/repos.toml", "--out", "mining"]);
    done(here, &["build", "--mining", "mining", "--out", "release"]);
    done(here, &["build", "--mining", "mining", "--track", "evolution", "--out", "evolution"]);
    folder
}

/// The binary with `arguments` in `folder`, without any key of the user.
pub(crate) fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repopeft"));
    command.args(arguments).current_dir(folder).env_remove("OPENAI_API_KEY");
    command
}

/// A run that must succeed.
pub(crate) fn done(folder: &Path, arguments: &[&str]) -> Output {
    let output = command(folder, arguments).output().expect("the binary runs");
    assert!(output.status.success(), "{arguments:?}\n{}", stderr(&output));
    output
}

/// A run that must fail with `code`; what it says.
pub(crate) fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = command(folder, arguments).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{}", stderr(&output));
    stderr(&output)
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
