//! Test files from version to version under the profile `paper` (R92–R100).

use std::sync::Arc;

use bench::{Difficulty, Emission, Event as Label, Profile, RepoPath};

use crate::evolution::{Change, Cut, Event, FileStates, Old, Version};

/// What there is to know of the versions before.
#[derive(Default)]
pub(super) struct PaperStates {
    files: FileStates,
}

impl PaperStates {
    /// The file at `path` is gone, or cannot be read.
    pub(super) fn forget(&mut self, path: &str) {
        self.files.forget(path);
    }

    /// The file at `from` is now at `to`.
    pub(super) fn rename(&mut self, from: &str, to: &str) {
        self.files.rename(from, to);
    }

    /// The file at `path` has a version that Python 3.12 does not parse.
    pub(super) fn fail(&mut self, path: &RepoPath) {
        self.files.update(path.as_str(), None, Profile::Paper);
    }

    /// The rows that `version` of `path` emits.
    pub(super) fn update(&mut self, commit_index: u32, path: &RepoPath, version: &Arc<Version>) -> Vec<Emission> {
        let events = self.files.update(path.as_str(), Some(version), Profile::Paper);
        events.into_iter().map(|event| row(commit_index, path, version.cut(event.cut), event)).collect()
    }
}

/// The row of one event; the number of the text is filled in later.
fn row(commit_index: u32, path: &RepoPath, cut: Cut<'_>, event: Event) -> Emission {
    let (event, old) = match event.change {
        Change::Added => (Label::Added, None),
        Change::Modified(old) => (Label::Modified, Some(old)),
        Change::Reemitted(old) => (Label::Reemitted, Some(old)),
    };
    let (old_line, old_column) = old.as_ref().map_or((None, None), |old| (Some(old.line), Some(old.column)));
    Emission {
        commit_index,
        path: path.clone(),
        blob: 0,
        line: cut.line,
        column: cut.column,
        target_line: cut.target_line,
        target_column: cut.target_column,
        prefix_end: cut.prefix_end,
        in_line: cut.in_line.to_owned(),
        kind: cut.kind,
        function: cut.function.to_owned(),
        class: cut.class.to_owned(),
        difficulty: Difficulty::of(cut.target),
        multiline: cut.multiline,
        target: cut.target.to_owned(),
        event,
        old_target: old.filter(|_| event == Label::Modified).map(|Old { target, .. }| (*target).to_owned()),
        old_line,
        old_column,
    }
}
