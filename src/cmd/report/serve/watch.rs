//! Whether files have changed, by their names, sizes and times.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files below a folder at most; a larger folder is looked at as far as that.
const MAX_FILES: usize = 100_000;

/// What is known of a file without reading it.
type Stamp = (PathBuf, u64, Option<SystemTime>);

/// Files and folders that are looked at again and again.
pub(super) struct Watch {
    inputs: Vec<PathBuf>,
    known: Vec<Stamp>,
}

impl Watch {
    /// A watch over `inputs`, as they are now.
    pub(super) fn new(inputs: Vec<PathBuf>) -> Self {
        let known = stamps(&inputs);
        Self { inputs, known }
    }

    /// Whether anything has changed since the last time this was asked.
    pub(super) fn changed(&mut self) -> bool {
        let found = stamps(&self.inputs);
        let changed = found != self.known;
        self.known = found;
        changed
    }
}

fn stamps(inputs: &[PathBuf]) -> Vec<Stamp> {
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = inputs.to_vec();
    while let Some(path) = left.pop() {
        match fs::metadata(&path) {
            Ok(known) if known.is_dir() => left.extend(children(&path)),
            Ok(known) => found.push((path, known.len(), known.modified().ok())),
            // A file that is not there now may be soon.
            Err(_) => {}
        }
        if found.len() > MAX_FILES {
            break;
        }
    }
    found.sort();
    found
}

fn children(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).map_or_else(|_| Vec::new(), |entries| entries.flatten().map(|entry| entry.path()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_files_and_new_contents_are_changes() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut watch = Watch::new(vec![folder.path().to_owned(), folder.path().join("none")]);
        assert!(!watch.changed());
        fs::create_dir(folder.path().join("inner")).expect("a folder");
        fs::write(folder.path().join("inner/a"), "1").expect("written");
        assert!(watch.changed() && !watch.changed());
        fs::write(folder.path().join("inner/a"), "22").expect("written");
        assert!(watch.changed() && !watch.changed());
        fs::remove_file(folder.path().join("inner/a")).expect("removed");
        assert!(watch.changed());
    }
}
