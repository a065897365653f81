//! Sealing: a folder that appears whole or not at all, under a manifest that binds its tables.

use std::path::Path;

use super::manifest::{Contents, Manifest, TableEntry};
use super::{MANIFEST, Release};
use crate::error::{Error, Result};
use crate::file::{hash, rename, temporary, write_json};
use crate::table::Row;

/// Seals what `write` puts into a folder as the release `root`.
///
/// If `root` already holds this very release, it is left as it is.
pub(crate) fn seal(root: &Path, write: impl FnOnce(&Path) -> Result<Contents>) -> Result<Release> {
    let partial = temporary(root)?;
    remove(&partial)?;
    let contents = match write(&partial) {
        Ok(contents) => contents,
        Err(error) => {
            // The reason of the failure says more than one of cleaning up would.
            drop(remove(&partial));
            return Err(error);
        }
    };
    let manifest = Manifest::of(contents);
    write_json(&partial.join(MANIFEST), &manifest)?;
    if root.exists() {
        let kept = keep_existing(root, &manifest.root);
        remove(&partial)?;
        kept?;
    } else {
        rename(&partial, root)?;
    }
    Ok(Release::at(root, manifest))
}

fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", folder, source)),
        _ => Ok(()),
    }
}

/// Whether what stands in the folder `root` is the release `id`.
fn keep_existing(root: &Path, id: &str) -> Result<()> {
    let found = Release::open(root).map(|release| release.id().to_owned());
    match found {
        Ok(found) if found == id => Ok(()),
        Ok(found) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: format!("release {found}"),
            expected: format!("no release, or release {id}; choose another folder"),
        }),
        Err(_) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: "something that is no release".to_owned(),
            expected: "a folder that does not exist yet; choose another or remove it".to_owned(),
        }),
    }
}

/// The entry of a table of `rows` rows that was just written to `path` inside the folder `root`.
pub(crate) fn entry<R: Row>(root: &Path, path: &str, rows: u64) -> Result<TableEntry> {
    let blake3 = hash(&root.join(path))?;
    Ok(TableEntry { path: path.to_owned(), table: R::TABLE.to_owned(), version: R::VERSION, rows, blake3 })
}
