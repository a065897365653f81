//! Whether a repository uses pytest, by the dependency files in its root (R21).

use anyhow::Result;
use bench::RepoId;

use super::client::{Client, Form};
use super::item::{self, Entry};

/// Bytes of a dependency file at most; larger ones are not asked for.
const MAX_FILE_BYTES: u64 = 1 << 20;
/// Entries after which the host cuts the listing of a folder.
const MAX_ENTRIES: usize = 1000;

/// The first of `files` in the root of `repo` that names pytest.
///
/// # Errors
/// If the host cannot be asked.
pub(super) fn dependency_file(client: &mut Client<'_>, repo: &RepoId, files: &[String]) -> Result<Option<String>> {
    let listing = client.get(&format!("/repos/{repo}/contents/"), Form::Json)?;
    if !listing.is_found() {
        return Ok(None);
    }
    let root: Vec<Entry> = item::read(&listing)?;
    let may_be_there = |file: &&String| {
        let entry = root.iter().find(|entry| entry.name == **file);
        entry.map_or(root.len() >= MAX_ENTRIES, |entry| entry.kind != "dir" && entry.size <= MAX_FILE_BYTES)
    };
    for file in files.iter().filter(may_be_there) {
        let text = client.get(&format!("/repos/{repo}/contents/{file}"), Form::Raw)?;
        if text.is_found() && miner::lock::names_pytest(&text.body) {
            return Ok(Some(file.clone()));
        }
    }
    Ok(None)
}
