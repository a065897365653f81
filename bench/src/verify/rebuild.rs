//! A whole release against the mining folder that it was made of.

use std::path::Path;

use super::{Check, Findings};
use crate::error::Result;
use crate::ids::RepoId;
use crate::mining::{Mining, MiningIndex};
use crate::release::{BuildOptions, Contents, MANIFEST, Origin, Release};

/// Everything in which `release` differs from what `mining` gives when it is split and sealed again into the folder
/// `scratch`, which must not exist yet; nothing if `mining` holds other repositories than the release was made of.
///
/// # Errors
/// If `mining` cannot be split or read, or `scratch` cannot be written.
pub fn rebuild(release: &Release, mining: &Mining, index: &MiningIndex, scratch: &Path) -> Result<Option<Findings>> {
    let contents = &release.manifest().contents;
    if contents.origin != Origin::Mined || repositories(contents) != repositories_of(index) {
        return Ok(None);
    }
    let again = Release::seal(mining, scratch, &BuildOptions::again(contents))?;
    let mut findings = Findings::default();
    compare(contents, &again.manifest().contents, &mut findings);
    Ok(Some(findings))
}

fn repositories(contents: &Contents) -> Vec<&RepoId> {
    let placed = contents.repos.iter().map(|known| &known.repo);
    let mut all: Vec<&RepoId> = placed.chain(contents.left_out.keys()).chain(&contents.without_commits).collect();
    all.sort();
    all
}

fn repositories_of(index: &MiningIndex) -> Vec<&RepoId> {
    index.repos.iter().map(|shard| &shard.repo).collect()
}

fn compare(found: &Contents, again: &Contents, findings: &mut Findings) {
    for known in &found.repos {
        let same = again.repo(&known.repo) == Some(known);
        findings.expect(Check::Rebuilt, MANIFEST, same, || {
            format!("{} has another commit, licence, partition or number of tasks when it is built again", known.repo)
        });
    }
    for entry in &found.tables {
        let same = again.table(&entry.path).is_some_and(|other| other.blake3 == entry.blake3);
        findings.expect(Check::Rebuilt, &entry.path, same, || "is another when it is built again".to_owned());
    }
    for entry in again.tables.iter().filter(|entry| found.table(&entry.path).is_none()) {
        findings.expect(Check::Rebuilt, &entry.path, false, || "is missing; building again gives it".to_owned());
    }
    findings.expect(Check::Rebuilt, MANIFEST, found == again, || "is another when it is built again".to_owned());
}
