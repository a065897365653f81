//! Reading versions in pieces is reading them whole, on every Python text of real repositories.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::{Path, PathBuf};

use miner::evolution::{Version, VersionReader};

/// Texts above this size are left out, for time.
const MAX_BYTES: usize = 1 << 20;

/// The texts of all blobs of the repository that can be Python.
fn texts(path: &Path) -> Vec<String> {
    let repository = git2::Repository::open(path).unwrap();
    let objects = repository.odb().unwrap();
    let mut texts = Vec::new();
    objects
        .foreach(|id| {
            let object = objects.read(*id).unwrap();
            let is_text = object.kind() == git2::ObjectType::Blob && object.len() < MAX_BYTES;
            let text = is_text.then(|| std::str::from_utf8(object.data()).ok()).flatten();
            texts.extend(text.filter(|text| text.contains("assert") || text.contains("import")).map(str::to_owned));
            true
        })
        .unwrap();
    texts
}

/// Set `CLONES` to a folder of bare repositories, or of folders with one named `repo`.
#[test]
#[ignore = "needs clones of real repositories"]
#[expect(clippy::disallowed_methods, reason = "the clones are no part of the project")]
#[expect(clippy::print_stderr, reason = "says how much was compared")]
fn pieces_are_the_whole_in_real_repositories() {
    let folder = PathBuf::from(std::env::var_os("CLONES").expect("because CLONES names a folder"));
    let mut clones: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    clones.sort();
    let (mut all, mut valid, mut assertions) = (0, 0, 0);
    for clone in clones {
        let repository = clone.join("repo");
        let mut reader = VersionReader::new();
        for text in texts(if repository.exists() { &repository } else { &clone }) {
            let version = reader.read(&text);
            assert!(version == Version::read(&text), "{}: {text}", clone.display());
            all += 1;
            valid += usize::from(version.is_some());
            assertions += version.map_or(0, |version| version.len());
        }
    }
    eprintln!("{all} texts, {valid} valid, {assertions} assertions");
    assert!(valid > 0, "no Python in the clones");
}
