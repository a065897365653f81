//! The files of a release against its manifest.

use std::collections::BTreeSet;
use std::path::{Component, Path};

use super::{Check, Findings, Progress};
use crate::error::{Error, Result};
use crate::mining::unchanged;
use crate::release::{MANIFEST, Release, TableEntry};
use crate::table::{Mark, mark};

/// Files of a release that are no tables and are made from it later.
const BESIDE: [&str; 1] = [MANIFEST];

/// Checks that every table is as the manifest says, and that there is no other.
pub(super) fn check(release: &Release, progress: &Progress<'_>, findings: &mut Findings) -> Result<()> {
    let (stated, found) = (release.id(), release.manifest().contents.hash());
    findings.expect(Check::Files, MANIFEST, stated == found, || {
        format!("was changed after sealing: it names itself {stated}, but its contents give {found}")
    });
    let tables = &release.manifest().contents.tables;
    for entry in tables {
        let fault = if is_inside(&entry.path) {
            fault(release.root(), entry)?
        } else {
            Some("is no path inside a release".to_owned())
        };
        progress(1);
        findings.note(Check::Files, &entry.path, fault.map(|fault| move || fault));
    }
    let known: BTreeSet<&str> = tables.iter().map(|entry| entry.path.as_str()).chain(BESIDE).collect();
    for path in parquet_files(release.root())? {
        let expected = known.contains(path.as_str());
        findings.expect(Check::Files, &path, expected, || "is not in the manifest".to_owned());
    }
    let names: BTreeSet<&str> = tables.iter().map(|entry| entry.path.as_str()).collect();
    findings.expect(Check::Files, MANIFEST, names.len() == tables.len(), || "names a table twice".to_owned());
    Ok(())
}

/// Whether `path` stays inside the folder that it counts from.
fn is_inside(path: &str) -> bool {
    Path::new(path).components().all(|part| matches!(part, Component::Normal(_)))
}

/// What is wrong with one table file.
fn fault(root: &Path, entry: &TableEntry) -> Result<Option<String>> {
    let path = root.join(&entry.path);
    if !path.exists() {
        return Ok(Some("is missing".to_owned()));
    }
    match unchanged(&path, &entry.blake3) {
        Err(error @ Error::Changed { .. }) => return Ok(Some(error.to_string())),
        other => other?,
    }
    let Mark { table, version, rows } = match mark(&path) {
        Ok(mark) => mark,
        Err(error) => return Ok(Some(error.to_string())),
    };
    let expected = (Some(entry.table.clone()), Some(entry.version.to_string()), entry.rows);
    let same = (&table, &version, rows) == (&expected.0, &expected.1, expected.2);
    let word = |text: Option<String>| text.unwrap_or_else(|| "none".to_owned());
    Ok((!same).then(|| {
        format!(
            "is table {}, version {}, of {rows} rows, but the manifest says {}, {}, {}",
            word(table),
            word(version),
            entry.table,
            entry.version,
            entry.rows
        )
    }))
}

/// The paths of all Parquet files below `root`, sorted.
fn parquet_files(root: &Path) -> Result<Vec<String>> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|source| Error::io("read", &folder, source))? {
            let entry = entry.map_err(|source| Error::io("read", &folder, source))?;
            let kind = entry.file_type().map_err(|source| Error::io("read", &folder, source))?;
            let path = entry.path();
            if kind.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|suffix| suffix == "parquet") {
                files.push(path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned());
            }
        }
    }
    files.sort();
    Ok(files)
}
