//! Sealing: a folder that appears whole or not at all, under a manifest that binds its tables.

use std::path::Path;

use super::manifest::{Contents, Manifest, TableEntry};
use super::provenance::Made;
use super::{MANIFEST, Release, card};
use crate::error::{Error, Result};
use crate::file::{fill, hash, remove_folder, rename, write_json};
use crate::leaks::{LeakWatch, LeakWriter, measure};
use crate::table::Row;

/// Seals what `write` puts into a folder as the release `root`, which was `made` so.
///
/// If `root` already holds this very release, it is left as it is. `watch` follows the search for leaks, which is most of
/// the work.
pub(crate) fn seal(
    root: &Path,
    made: Made,
    watch: &LeakWatch<'_>,
    write: impl FnOnce(&Path) -> Result<Contents>,
) -> Result<Release> {
    let filled = fill(root, |partial| flagged(partial, write(partial)?, watch))?;
    let (partial, manifest) = (&filled.at, Manifest::of(filled.value));
    card::write(partial, &manifest, made)?;
    write_json(&partial.join(MANIFEST), &manifest)?;
    let kept = root.exists().then(|| keep_existing(root, &manifest.root));
    match kept.transpose() {
        Ok(None) => rename(partial, root)?,
        Ok(Some(Kept::Damaged)) => {
            remove_folder(root)?;
            rename(partial, root)?;
        }
        Ok(Some(Kept::Whole)) => remove_folder(partial)?,
        Err(foreign) => {
            remove_folder(partial)?;
            return Err(foreign);
        }
    }
    Ok(Release::at(root, manifest))
}

/// `contents`, whose tables lie in the folder `root`, with the leaks of its tasks.
fn flagged(root: &Path, mut contents: Contents, watch: &LeakWatch<'_>) -> Result<Contents> {
    let unsealed = Release::at(root, Manifest::of(contents.clone()));
    let mut writer = LeakWriter::new(root);
    let summary = measure(&unsealed, &mut |split, row| writer.push(split, row), watch)?;
    contents.tables.extend(writer.finish()?);
    contents.tables.sort_by(|a, b| a.path.cmp(&b.path));
    contents.leaks = Some(summary);
    Ok(contents)
}

/// What stands where a release is to go.
enum Kept {
    /// The same one.
    Whole,
    /// The same one, with tables that were changed or lost.
    Damaged,
}

/// What the release `id` in the folder `root` is.
///
/// # Errors
/// If it is something else.
fn keep_existing(root: &Path, id: &str) -> Result<Kept> {
    match Release::open(root) {
        Ok(found) if found.id() == id => {
            let is_whole = |entry: &TableEntry| found.checked(&entry.path).is_ok();
            let whole = found.manifest().contents.tables.iter().all(is_whole);
            Ok(if whole { Kept::Whole } else { Kept::Damaged })
        }
        Ok(found) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: format!("release {}", found.id()),
            expected: format!("another folder, or one with release {id},"),
        }),
        Err(_) => Err(Error::Mismatch {
            path: root.to_owned(),
            found: "something that is no release".to_owned(),
            expected: "a folder that does not exist yet".to_owned(),
        }),
    }
}

/// The entry of a table of `rows` rows that was just written to `path` inside the folder `root`.
pub(crate) fn entry<R: Row>(root: &Path, path: &str, rows: u64) -> Result<TableEntry> {
    let blake3 = hash(&root.join(path))?;
    Ok(TableEntry { path: path.to_owned(), table: R::TABLE.to_owned(), version: R::VERSION, rows, blake3 })
}
