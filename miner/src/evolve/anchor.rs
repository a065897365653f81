//! The tasks of the anchor: the static extraction at one commit of the history (R125, R127).

use std::collections::BTreeMap;

use bench::table::TableWriter;
use bench::{CommitId, Draft, Profile, RepoPath, pytext};

use super::Job;
use crate::error::Result;
use crate::history::quoted_name;
use crate::needs::Needs;
use crate::observer::Observer;
use crate::outcome::Statistics;
use crate::rules;
use crate::separate::{MAX_TEXT_BYTES, separate};
use crate::snapshot::Snapshot;
use crate::tree::Tree;

/// Writes the drafts of `commit`, ranked by the selection.
///
/// # Errors
/// If an object is missing or damaged, the caller wants to stop, or the table cannot be written.
pub(super) fn write(
    job: &Job<'_>,
    commit: &CommitId,
    table: &mut TableWriter<Draft>,
    observer: &dyn Observer,
) -> Result<()> {
    let tests = job.handles.lend(|repository| {
        let tree = Tree::read(repository, commit)?;
        Ok(match job.options.profile {
            Profile::Paper => listed(&tree, job.options.max_file_bytes)?,
            Profile::Strict => separate(&tree, job.options.max_file_bytes, Profile::Strict)?.tests,
        })
    })?;
    let mut snapshot = Snapshot::new(job.repo, commit, Needs::default(), Statistics::default());
    let mut drafts = snapshot.drafts(tests.into_iter(), job.options.profile, observer)?;
    snapshot.rank(&mut drafts, job.options);
    for draft in drafts {
        table.push(draft)?;
    }
    Ok(())
}

/// The test files of `tree` as a listing of it shows them (R43): links stand for their targets' names, which are no
/// Python, so they are passed over.
fn listed(tree: &Tree<'_>, max_bytes: usize) -> Result<BTreeMap<RepoPath, String>> {
    let mut tests = BTreeMap::new();
    let mut room = MAX_TEXT_BYTES;
    let is_shown =
        |path: &&RepoPath| rules::is_anchor_candidate(path) && quoted_name(path.as_str().as_bytes()) == path.as_str();
    for path in tree.files().filter(is_shown) {
        if tree.size(path)?.is_none_or(|size| size == 0 || size > max_bytes) {
            continue;
        }
        let text = pytext::decode_ignore(&tree.bytes(path)?).into_owned();
        if !rules::is_test_path(path) && !rules::is_test_content(&text) {
            continue;
        }
        let Some(left) = room.checked_sub(text.len()) else { break };
        room = left;
        tests.insert(path.clone(), text);
    }
    Ok(tests)
}
