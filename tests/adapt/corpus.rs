//! A release of histories, a small model, and networks that were trained on it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::LazyLock;

use bench::{CommitId, Partition, Release, ReleasedRepo};
use tempfile::TempDir;

const BASE: &str = "vocab_size = 600\nhidden_size = 32\nlayers = 2\nheads = 2\nkv_heads = 1\nintermediate_size = 64\n\
                    context_tokens = 256\nbatch_rows = 2\nsteps = 4\nwarmup_steps = 1\n";
const TRAINING: &str =
    "step_examples = 4\n[optimizer]\nlearning_rate = 0.05\n[validation]\ncommits = 2\ntasks = 2\nmeasures = 2\n";
/// What every adaptation of these tests is given.
pub(crate) const COMMON: &str = "--model base --encoder hashed --fit-on evolution --device cpu";

pub(crate) fn repopeft(folder: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_repopeft"));
    command.args(arguments.split(' ')).current_dir(folder);
    command
}

pub(crate) fn done(folder: &Path, arguments: &str) -> String {
    let Output { status, stdout, stderr } = repopeft(folder, arguments).output().expect("the binary runs");
    assert!(status.success(), "{arguments}\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8_lossy(&stdout).into_owned()
}

/// The error of a run that must fail with code 2.
pub(crate) fn refused(folder: &Path, arguments: &str) -> String {
    let output = repopeft(folder, arguments).output().expect("the binary runs");
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The corpus; its releases are `release` (static track) and `evolution`.
pub(crate) static CORPUS: LazyLock<TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    done(root, "probe --out probe --train 4 --cr-val 1 --cr-test 2 --ood 1");
    done(root, "mine --repos probe/repos.toml --out mining");
    done(root, "build --mining mining --out release");
    done(root, "build --mining mining --out evolution --track evolution");
    fs::write(root.join("base.toml"), BASE).expect("written");
    fs::write(root.join("network.toml"), TRAINING).expect("written");
    fs::write(root.join("head.toml"), format!("{TRAINING}[network.architecture]\nhidden = 8\n")).expect("written");
    let golden = BASE.replace("_size = 32", "_size = 48").replace("layers = 2\nheads = 2", "layers = 2\nheads = 4");
    fs::write(root.join("golden.toml"), golden.replace("= 64", "= 96")).expect("written");
    let evo = "[network.architecture]\nhidden = 8\nstate = 8\n[network.architecture.walk]\nlanes = 2\nreach = 3\n";
    fs::write(root.join("evo.toml"), format!("{TRAINING}{evo}")).expect("written");
    done(root, "pretrain --release release --out base --config base.toml --device cpu");
    done(
        root,
        "embed --release evolution --encoder hashed --kind repo_state_g2 --exclude-tests --width 32 --out state.safetensors",
    );
    done(root, "embed --release evolution --encoder hashed --kind diff_g2 --width 32 --out diffs.safetensors");
    done(root, "pretrain --release release --out golden --config golden.toml --device cpu");
    for (method, config, more) in [
        ("static", "head.toml", ""),
        ("text2lora", "network.toml", ""),
        ("text2lora-shared", "network.toml", ""),
        ("paw", "network.toml", ""),
        ("static-layers", "head.toml", ""),
        ("residual", "network.toml", ""),
        ("evo", "evo.toml", ",diffs.safetensors"),
        ("residual-evo", "network.toml", ""),
    ] {
        done(
            root,
            &format!(
                "train {method} --release evolution --model base --device cpu --config {config} --budget steps=3 \
                 --vectors state.safetensors{more} --out {method}"
            ),
        );
    }
    folder
});

/// The first test repository, its clone, and its kept commits, oldest first.
pub(crate) fn subject() -> (ReleasedRepo, String, Vec<CommitId>) {
    let release = Release::open(&CORPUS.path().join("evolution")).unwrap();
    let repos = &release.manifest().contents.repos;
    let known = repos.iter().find(|known| known.partition == Partition::CrossRepoTest).unwrap().clone();
    let history = release.history(&known.repo).unwrap();
    let commits = history.commits().iter().map(|place| place.commit.clone()).collect();
    let clone = format!("probe/{}.git", known.repo.name());
    (known, clone, commits)
}

/// The weights in the folder of an adapter.
pub(crate) fn weights(folder: impl AsRef<Path>) -> Vec<u8> {
    fs::read(folder.as_ref().join("adapter_model.safetensors")).unwrap()
}
