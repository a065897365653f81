//! The Python files of kept commits, as changes against the kept commit before.

use std::collections::{BTreeMap, HashMap};

use bench::{FileChange, RepoPath, Role};
use git2::Oid;

use crate::history::{Change, Mode};

/// Paths that were touched since the last kept commit, with what is there now.
#[derive(Default)]
pub(super) struct Touched(BTreeMap<RepoPath, Option<Oid>>);

impl Touched {
    /// Notes one change of a commit.
    pub(super) fn note(&mut self, change: &Change) {
        if let Some(path) = change.old_path.as_deref().and_then(python_path) {
            self.0.insert(path, None);
        }
        if let Some(path) = python_path(&change.path) {
            let now = change.new.filter(|new| new.mode != Mode::Submodule).map(|new| new.id);
            self.0.insert(path, now);
        }
    }

    /// What was touched, for a commit that is kept.
    pub(super) fn take(&mut self) -> BTreeMap<RepoPath, Option<Oid>> {
        std::mem::take(&mut self.0)
    }
}

/// What the tables say of the last kept commit. Looked up only: its order reaches nothing.
#[derive(Default)]
pub(super) struct Written(HashMap<RepoPath, (Oid, Role)>);

impl Written {
    /// Whether the tables say already that `now` is at `path`.
    pub(super) fn says(&self, path: &RepoPath, now: Option<Oid>) -> bool {
        self.0.get(path).map(|(id, _)| *id) == now
    }

    /// How the tree of the kept commit `index` differs from that of the one before it at `path`, where `now` is; `file`
    /// is its number and what it is. A file that cannot be read is not there.
    pub(super) fn change(
        &mut self,
        index: u32,
        path: RepoPath,
        now: Option<Oid>,
        file: Option<(u32, Role)>,
    ) -> Option<FileChange> {
        let before = match (now, file) {
            (Some(id), Some((_, role))) => self.0.insert(path.clone(), (id, role)),
            _ => self.0.remove(&path),
        };
        let (blob, role) = (file.map(|(blob, _)| blob), file.map(|(_, role)| role));
        let role = role.or(before.map(|(_, role)| role))?;
        Some(FileChange { commit_index: index, path, role, blob })
    }
}

/// The path written as `bytes`, if it is that of a Python file and has a form that the benchmark can name.
pub(super) fn python_path(bytes: &[u8]) -> Option<RepoPath> {
    let path = std::str::from_utf8(bytes).ok().filter(|path| path.as_bytes().ends_with(b".py"))?;
    RepoPath::new(path).ok()
}
