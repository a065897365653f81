//! Who may import whom, read from the manifests and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The crates of the workspace and the crates of the workspace that each may name.
const EDGES: &[(&str, &[&str])] = &[
    ("bench", &[]),
    ("miner", &["bench"]),
    ("harness", &["bench"]),
    ("baselines", &["bench"]),
    ("remote", &["bench"]),
    ("reports", &["bench"]),
];

/// Foreign crates that belong to one crate of the workspace alone.
const OWNERS: &[(&str, &str)] = &[
    ("git2", "miner"),
    ("arrow-array", "bench"),
    ("arrow-schema", "bench"),
    ("parquet", "bench"),
    ("polars", "bench"),
    ("tree-sitter-python", "bench"),
    ("ruff_python_parser", "bench"),
    ("tch", "baselines"),
    ("torch-sys", "baselines"),
    ("tokenizers", "baselines"),
    ("maud", "reports"),
    ("plotters", "reports"),
    ("ureq", "remote"),
];

/// Foreign crates that only the binary may name.
const BINARY_ONLY: &[&str] = &["clap", "anyhow", "indicatif", "tracing-subscriber"];

/// Lines of a Rust file at most.
const MAX_LINES: usize = 400;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names in `[dependencies]` of the manifest in `folder`.
fn dependencies(folder: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
    let manifest: toml::Table = text.parse().expect("TOML");
    manifest["dependencies"].as_table().expect("a table").keys().cloned().collect()
}

/// Every Rust file below the source folders of the workspace.
fn rust_files() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = vec![root().join("src"), root().join("tests")];
    for (name, _) in EDGES {
        folders.extend(["src", "tests", "benches"].map(|part| root().join(name).join(part)));
    }
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn crates_name_only_what_they_may() {
    let names: BTreeSet<&str> = EDGES.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in EDGES {
        for found in dependencies(&root().join(name)) {
            assert!(
                !names.contains(found.as_str()) || allowed.contains(&found.as_str()),
                "{name} must not depend on {found}"
            );
            assert!(!BINARY_ONLY.contains(&found.as_str()), "{found} belongs to the binary, not to {name}");
        }
    }
}

#[test]
fn foreign_crates_have_one_owner() {
    let owners: BTreeMap<&str, &str> = OWNERS.iter().copied().collect();
    for (name, _) in EDGES {
        for found in dependencies(&root().join(name)) {
            let owner = owners.get(found.as_str()).copied().unwrap_or(name);
            assert_eq!(owner, *name, "{found} belongs to {owner}");
        }
    }
    for found in dependencies(&root()) {
        assert!(!owners.contains_key(found.as_str()), "the binary must not depend on {found}");
    }
}

#[test]
fn links_of_the_tour_lead_somewhere() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("text");
    let links: Vec<&str> = text.split("](").skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect();
    assert!(links.len() > 50);
    let dead: Vec<&&str> = links.iter().filter(|link| !root().join(link).exists()).collect();
    assert!(dead.is_empty(), "{dead:?}");
}

#[test]
fn files_are_short_and_named_for_what_they_hold() {
    for path in rust_files() {
        let stem = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(!["util", "utils", "common", "helpers", "misc"].contains(&stem.as_str()), "{}", path.display());
        let lines = fs::read_to_string(&path).expect("text").lines().count();
        assert!(lines <= MAX_LINES, "{} has {lines} lines", path.display());
    }
}
