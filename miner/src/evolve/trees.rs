//! The Python files of kept commits, as changes against the kept commit before.

use std::collections::{BTreeMap, HashMap};

use bench::{EvolutionTables, FileChange, RepoPath, Role};
use git2::Oid;

use super::scope::Scope;
use super::texts::Texts;
use crate::error::Result;
use crate::history::{Change, History, Mode};

/// What is known of the tree while a history is walked.
#[derive(Default)]
pub(super) struct Trees {
    /// Paths that were touched since the last kept commit, with what is there now.
    touched: BTreeMap<RepoPath, Option<Oid>>,
    /// What the tables say of the last kept commit. Looked up only: its order reaches nothing.
    written: HashMap<RepoPath, (Oid, Role)>,
}

impl Trees {
    /// Notes one change of a commit.
    pub(super) fn note(&mut self, change: &Change) {
        if let Some(path) = change.old_path.as_deref().and_then(python_path) {
            self.touched.insert(path, None);
        }
        if let Some(path) = python_path(&change.path) {
            let now = change.new.filter(|new| new.mode != Mode::Submodule).map(|new| new.id);
            self.touched.insert(path, now);
        }
    }

    /// Writes how the tree of the kept commit `index` differs from that of the kept commit before it.
    ///
    /// A file that cannot be read is not there.
    ///
    /// # Errors
    /// If a table cannot be written.
    pub(super) fn keep(
        &mut self,
        index: u32,
        scope: &Scope,
        history: &History<'_>,
        texts: &mut Texts,
        tables: &mut EvolutionTables,
    ) -> Result<()> {
        for (path, now) in std::mem::take(&mut self.touched) {
            if self.written.get(&path).map(|(id, _)| *id) == now {
                continue;
            }
            let file = match now {
                Some(id) => texts.file(id, &path, scope, history, tables)?,
                None => None,
            };
            let before = match (now, file) {
                (Some(id), Some((_, role))) => self.written.insert(path.clone(), (id, role)),
                _ => self.written.remove(&path),
            };
            let (blob, role) = (file.map(|(blob, _)| blob), file.map(|(_, role)| role));
            if let Some(role) = role.or(before.map(|(_, role)| role)) {
                tables.files.push(FileChange { commit_index: index, path, role, blob })?;
            }
        }
        Ok(())
    }
}

/// The path written as `bytes`, if it is that of a Python file and has a form that the benchmark can name.
fn python_path(bytes: &[u8]) -> Option<RepoPath> {
    let path = std::str::from_utf8(bytes).ok().filter(|path| path.as_bytes().ends_with(b".py"))?;
    RepoPath::new(path).ok()
}
