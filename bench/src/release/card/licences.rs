//! The file `LICENCES.md`: whose texts the tables hold, and under which terms.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::plain;
use crate::ids::CommitId;
use crate::release::manifest::{Manifest, Origin, ReleasedRepo};
use crate::release::provenance::ReleaseProvenance;

/// What stands for a licence, a commit or an address that nobody stated.
const UNSTATED: &str = "not stated";

/// The licence and origin of every repository of `manifest`, as Markdown: a function of the two files alone.
pub(crate) fn licences(manifest: &Manifest, provenance: &ReleaseProvenance) -> String {
    let repos = &manifest.contents.repos;
    let mut text = format!("# Licences\n\n{HEAD}\n\nRelease `{}`: {} repositories.\n", manifest.root, repos.len());
    text.push_str("\n| licence (SPDX) | repositories |\n| --- | ---: |\n");
    for (licence, count) in by_licence(repos) {
        let _ = writeln!(text, "| {licence} | {count} |");
    }
    text.push_str("\n| repository | licence (SPDX) | commit | from |\n| --- | --- | --- | --- |\n");
    for known in repos {
        let commit = if known.commit == CommitId::unknown() { UNSTATED } else { known.commit.as_str() };
        let address = provenance.made.addresses.get(&known.repo).map_or_else(|| UNSTATED.to_owned(), |url| plain(url));
        let _ = writeln!(text, "| {} | {} | {commit} | {address} |", known.repo, licence(known));
    }
    if manifest.contents.origin == Origin::Imported {
        text.push_str("\nThe tables were published by others, who state neither licences nor addresses.\n");
    }
    text
}

const HEAD: &str = "\
Prefixes, targets, diffs and source files in the tables of this release were taken from the repositories below, at the
commits below or, in the evolution track, at commits before them. They remain under the licences of those repositories;
whoever passes them on must keep to each of these, attribution included. A licence is the one that the list of
repositories stated when they were mined; files inside a repository may be under another one.";

fn licence(known: &ReleasedRepo) -> String {
    known.licence.as_deref().map_or_else(|| UNSTATED.to_owned(), plain)
}

fn by_licence(repos: &[ReleasedRepo]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    repos.iter().for_each(|known| *counts.entry(licence(known)).or_default() += 1);
    counts
}
