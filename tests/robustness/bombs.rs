//! Tables and lists that are small on disk and large in memory.

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use crate::measured::{Limits, Run, run};

/// What refusing a bomb may cost.
const LITTLE: Limits = Limits { seconds: 60, mib: 1_024 };
/// Levels of brackets, beyond the stack of any recursive reader.
const LEVELS: usize = 1_000_000;

fn refused(folder: &Path, arguments: &[&str], words: &str) {
    let Run { code, stderr, .. } = run(folder, arguments, LITTLE);
    assert!(code == 2 && stderr.contains(words), "{arguments:?}: {code}, {stderr}");
}

/// Deep brackets in every file that is JSON or TOML.
#[test]
fn deep_lists_are_refused() {
    let folder = TempDir::new().expect("a folder");
    let here = folder.path();
    let brackets = "[".repeat(LEVELS);
    let braces = "{\"a\":".repeat(LEVELS);
    for text in [&brackets, &braces] {
        for (name, arguments) in [
            ("mining/mining.json", &["build", "--mining", "mining", "--out", "new"][..]),
            ("release/manifest.json", &["export", "--from", "release", "--out", "new.jsonl"]),
        ] {
            let path = here.join(name);
            fs::create_dir_all(path.parent().expect("because it has one"))
                .and_then(|()| fs::write(&path, text))
                .expect("written");
            refused(here, arguments, name.rsplit('/').next().expect("a name"));
        }
    }
    let tables = "a.".repeat(LEVELS);
    for text in [
        format!("a = {brackets}"),
        format!("a = {}", "{a=".repeat(LEVELS)),
        format!("[{tables}b]\n"),
        format!("{tables}b = 1"),
    ] {
        fs::write(here.join("repos.toml"), text).expect("written");
        refused(here, &["mine", "--repos", "repos.toml", "--out", "new"], "repos.toml");
    }
    for text in [&brackets, &braces] {
        fs::write(here.join("labels.jsonl"), text).expect("written");
        let list = "[[repo]]\nname = \"a/b\"\nsource = \"nowhere\"\nneeds = \"labels.jsonl\"\n";
        fs::write(here.join("repos.toml"), list).expect("written");
        refused(here, &["mine", "--repos", "repos.toml", "--out", "new"], "");
    }
}
