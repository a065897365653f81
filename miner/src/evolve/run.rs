//! The first half of the first pass: versions, events and kept commits, one step of the history at a time.

use std::collections::BTreeMap;

use bench::{CommitId, Emission, Event as Label, RepoPath};
use git2::Oid;

use super::ahead::Ready;
use super::ledger::Ledger;
use super::states::{Reader, Reading, States};
use super::trees::Touched;
use super::versions::{TestVersion, VersionSource};
use super::{Job, MAX_PENDING_BYTES, Tally};
use crate::error::Result;
use crate::history::{Change, History, Mode, Status, Step};
use crate::versions::name_of;

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

/// What a file of a kept commit emits.
pub(super) struct Emitted {
    pub(super) path: RepoPath,
    pub(super) id: Oid,
    pub(super) text: String,
    pub(super) reading: Reading,
    /// Their texts are not yet numbered.
    pub(super) rows: Vec<Emission>,
}

/// What a kept commit leaves to be written: all, or one of several parts that follow one another.
pub(super) struct Pending {
    pub(super) index: u32,
    /// In the order of its listing.
    pub(super) emitted: Vec<Emitted>,
    /// Paths touched since the kept commit before, with what is there now; they come with the last part.
    pub(super) touched: BTreeMap<RepoPath, Option<Oid>>,
    /// About how many bytes of memory it takes.
    pub(super) bytes: usize,
}

impl Pending {
    /// Nothing of the kept commit `index` so far.
    fn of(index: u32) -> Self {
        Self { index, emitted: Vec::new(), touched: BTreeMap::new(), bytes: 0 }
    }

    fn push(&mut self, emitted: Emitted) {
        self.bytes += size_of::<Emitted>() + emitted.text.len() + emitted.rows.len() * 2 * size_of::<Emission>();
        self.emitted.push(emitted);
    }
}

/// How many assertions a commit emits, by event.
#[derive(Clone, Copy, Default)]
struct Counts {
    added: u32,
    modified: u32,
    reemitted: u32,
}

impl Counts {
    fn add(&mut self, rows: &[Emission]) {
        for row in rows {
            let count = match row.event {
                Label::Added => &mut self.added,
                Label::Modified => &mut self.modified,
                Label::Reemitted => &mut self.reemitted,
            };
            *count = count.saturating_add(1);
        }
    }
}

/// The state of a walk.
pub(super) struct Run<'a, 'r> {
    job: &'a Job<'a>,
    history: &'a History<'r>,
    source: VersionSource<'a>,
    states: States,
    ledger: Ledger,
    touched: Touched,
    kept: Vec<Kept>,
    tally: Tally,
}

impl<'a, 'r> Run<'a, 'r> {
    /// A walk that begins after what `ledger` tells of.
    pub(super) fn new(job: &'a Job<'a>, history: &'a History<'r>, ledger: Ledger) -> Self {
        let profile = job.options.profile;
        Self {
            job,
            history,
            source: VersionSource::new(&job.scope, Reader::one_of(1, profile)),
            states: States::new(profile),
            ledger,
            touched: Touched::default(),
            kept: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Takes one commit: bookkeeping of all its changes first, then the versions it brings (R90), of which some may be
    /// `ready`. If the commit is kept, `settle` is given what is to be written, in parts of at most about
    /// [`MAX_PENDING_BYTES`].
    ///
    /// # Errors
    /// If a version that an earlier walk remembered is gone, or those of `settle`.
    pub(super) fn step(
        &mut self,
        step: &Step,
        ready: &mut Ready<TestVersion>,
        mut settle: impl FnMut(Pending) -> Result<()>,
    ) -> Result<()> {
        self.tally.commits += 1;
        for path in step.changes.iter().flat_map(|change| change.old_path.iter().chain([&change.path])) {
            self.recall(path)?;
        }
        for change in &step.changes {
            self.touched.note(change);
            self.follow(change);
        }
        let mut counts = None;
        let mut part = Pending::of(self.index());
        for change in &step.changes {
            let Some(emitted) = self.candidate(change, ready) else { continue };
            counts.get_or_insert_with(Counts::default).add(&emitted.rows);
            part.push(emitted);
            if part.bytes > MAX_PENDING_BYTES {
                settle(std::mem::replace(&mut part, Pending::of(self.index())))?;
            }
        }
        let Some(counts) = counts else { return Ok(()) };
        self.keep(step, counts);
        part.touched = self.touched.take();
        settle(part)
    }

    /// Reads the version of the file at `path` that an earlier walk remembered, if there is one.
    fn recall(&mut self, path: &[u8]) -> Result<()> {
        let name = self.job.scope.listed(path);
        let Some(known) = self.ledger.take_unread(&name) else { return Ok(()) };
        let path = RepoPath::new(&*name)?;
        let reading = self.source.remembered(&known.blob, &path, self.history)?;
        self.states.update(0, &path, &reading);
        if known.failed {
            self.states.fail(&path);
        }
        Ok(())
    }

    /// The kept commits, oldest first, what was met, and what must be known to go on.
    pub(super) fn finish(mut self) -> (Vec<Kept>, Tally, Ledger) {
        self.tally.kept = self.kept.len() as u64;
        (self.kept, self.tally, self.ledger)
    }

    fn keep(&mut self, step: &Step, counts: Counts) {
        let Counts { added, modified, reemitted } = counts;
        self.tally.added += u64::from(added);
        self.tally.modified += u64::from(modified);
        self.tally.emitted += u64::from(added) + u64::from(modified) + u64::from(reemitted);
        self.kept.push(Kept {
            commit: step.commit.clone(),
            tree: step.tree,
            parent_tree: step.parent_tree,
            time: step.author_time.clone(),
            added,
            modified,
            reemitted,
        });
    }

    /// The number of the kept commit in the making.
    fn index(&self) -> u32 {
        u32::try_from(self.kept.len()).expect("because a history is shorter than 2^32 commits")
    }

    /// Deleted files are forgotten, renamed ones remembered under their new names.
    fn follow(&mut self, change: &Change) {
        let name = |path| self.job.scope.listed(path);
        match (change.status, &change.old_path) {
            (Status::Deleted, _) => {
                self.states.forget(&name(&change.path));
                self.ledger.forget(&name(&change.path));
            }
            (Status::Renamed, Some(old)) => {
                self.states.rename(&name(old), &name(&change.path));
                self.ledger.rename(&name(old), &name(&change.path));
            }
            _ => {}
        }
    }

    /// What a change emits, if it leaves a test file (R90–R92).
    fn candidate(&mut self, change: &Change, ready: &mut Ready<TestVersion>) -> Option<Emitted> {
        let version = change.new?;
        let name = self.job.scope.listed(&change.path);
        let path = RepoPath::new(&*name).ok().filter(|path| self.job.scope.may_be_test(path))?;
        let (text, reading) = match self.version(version.id, version.mode, &path, ready) {
            TestVersion::Unreadable => {
                self.tally.unreadable += 1;
                self.states.forget(&name);
                self.ledger.forget(&name);
                return None;
            }
            TestVersion::Undecodable => {
                self.tally.unreadable += 1;
                self.states.fail(&path);
                self.ledger.fail(&name);
                return None;
            }
            TestVersion::Production => {
                self.states.forget(&name);
                self.ledger.forget(&name);
                return None;
            }
            TestVersion::Test(text, reading) => (text, reading),
        };
        self.tally.versions += 1;
        let Some(reading) = reading else {
            self.tally.unparsable += 1;
            self.states.fail(&path);
            self.ledger.fail(&name);
            return None;
        };
        self.ledger.update(&name, name_of(version.id));
        let rows = self.states.update(self.index(), &path, &reading);
        (!rows.is_empty()).then_some(Emitted { path, id: version.id, text, reading, rows })
    }

    fn version(&mut self, id: Oid, mode: Mode, path: &RepoPath, ready: &mut Ready<TestVersion>) -> TestVersion {
        if mode == Mode::Submodule {
            return TestVersion::Unreadable;
        }
        let known = ready.remove(&(id, path.clone()));
        known.unwrap_or_else(|| self.source.get(id, path, self.history))
    }
}
