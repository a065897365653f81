//! The first pass: versions, events and kept commits, one step of the history at a time.

use bench::{CommitId, Emission, Event as Label, EvolutionTables, RepoPath};
use git2::Oid;

use super::states::States;
use super::texts::Texts;
use super::trees::Trees;
use super::{Job, Tally};
use crate::error::Result;
use crate::history::{Change, FileVersion, History, Mode, Status, Step};

/// A commit that emits at least one assertion.
pub(super) struct Kept {
    pub(super) commit: CommitId,
    pub(super) tree: Oid,
    pub(super) parent_tree: Option<Oid>,
    pub(super) time: String,
    pub(super) added: u32,
    pub(super) modified: u32,
    pub(super) reemitted: u32,
}

/// What a step emits, before it is known to be kept.
struct Emitted {
    path: RepoPath,
    version: FileVersion,
    text: String,
    rows: Vec<Emission>,
}

/// The state of a walk.
pub(super) struct Run<'a, 'r> {
    job: &'a Job<'a>,
    history: &'a History<'r>,
    states: States,
    texts: Texts,
    trees: Trees,
    kept: Vec<Kept>,
    tally: Tally,
}

impl<'a, 'r> Run<'a, 'r> {
    pub(super) fn new(job: &'a Job<'a>, history: &'a History<'r>) -> Self {
        Self {
            job,
            history,
            states: States::new(job.options.profile),
            texts: Texts::default(),
            trees: Trees::default(),
            kept: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Takes one commit: bookkeeping of all its changes first, then the versions it brings (R90).
    pub(super) fn step(&mut self, step: &Step, tables: &mut EvolutionTables) -> Result<()> {
        self.tally.commits += 1;
        for change in &step.changes {
            self.trees.note(change);
            self.follow(change);
        }
        let mut kept = Kept {
            commit: step.commit.clone(),
            tree: step.tree,
            parent_tree: step.parent_tree,
            time: step.author_time.clone(),
            added: 0,
            modified: 0,
            reemitted: 0,
        };
        for change in &step.changes {
            if let Some(emitted) = self.candidate(change) {
                self.emit(emitted, &mut kept, tables)?;
            }
        }
        if kept.added + kept.modified + kept.reemitted > 0 {
            self.keep(kept, tables)?;
        }
        Ok(())
    }

    /// Completes the tables of this pass.
    pub(super) fn finish(mut self, tables: &mut EvolutionTables) -> Result<(Vec<Kept>, Tally)> {
        self.texts.flush(tables)?;
        self.tally.kept = self.kept.len() as u64;
        Ok((self.kept, self.tally))
    }

    fn keep(&mut self, kept: Kept, tables: &mut EvolutionTables) -> Result<()> {
        self.tally.added += u64::from(kept.added);
        self.tally.modified += u64::from(kept.modified);
        self.tally.emitted += u64::from(kept.added + kept.modified + kept.reemitted);
        self.trees.keep(self.index(), &self.job.scope, self.history, &mut self.texts, tables)?;
        self.kept.push(kept);
        Ok(())
    }

    /// The number of the kept commit in the making.
    fn index(&self) -> u32 {
        u32::try_from(self.kept.len()).expect("because a history is shorter than 2^32 commits")
    }

    /// Deleted files are forgotten, renamed ones remembered under their new names.
    fn follow(&mut self, change: &Change) {
        let name = |path| self.job.scope.listed(path);
        match (change.status, &change.old_path) {
            (Status::Deleted, _) => self.states.forget(&name(&change.path)),
            (Status::Renamed, Some(old)) => self.states.rename(&name(old), &name(&change.path)),
            _ => {}
        }
    }

    /// What a change emits, if it leaves a test file (R90–R92).
    fn candidate(&mut self, change: &Change) -> Option<Emitted> {
        let version = change.new?;
        let name = self.job.scope.listed(&change.path);
        let path = RepoPath::new(&*name).ok().filter(|path| self.job.scope.may_be_test(path))?;
        let Some(text) = self.read(version) else {
            self.tally.unreadable += 1;
            self.states.forget(&name);
            return None;
        };
        if !self.job.scope.is_test(&path, &text) {
            self.states.forget(&name);
            return None;
        }
        self.tally.versions += 1;
        let Some(rows) = self.states.update(self.index(), &path, &text) else {
            self.tally.unparsable += 1;
            return None;
        };
        (!rows.is_empty()).then_some(Emitted { path, version, text, rows })
    }

    /// The text of a version; none if it is no file or cannot be had.
    fn read(&self, version: FileVersion) -> Option<String> {
        let is_blob = version.mode != Mode::Submodule;
        let bytes = is_blob.then(|| self.history.blob(version.id, self.job.scope.max_file_bytes))?;
        self.job.scope.decode(bytes?)
    }

    fn emit(&mut self, emitted: Emitted, kept: &mut Kept, tables: &mut EvolutionTables) -> Result<()> {
        let blob = self.texts.add(emitted.version.id, emitted.path.as_str(), &emitted.text, tables)?;
        for row in emitted.rows {
            let count = match row.event {
                Label::Added => &mut kept.added,
                Label::Modified => &mut kept.modified,
                Label::Reemitted => &mut kept.reemitted,
            };
            *count += 1;
            tables.emissions.push(Emission { blob, ..row })?;
        }
        Ok(())
    }
}
