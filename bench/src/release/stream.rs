//! The tasks of a release, a commit at a time: prefixes are whole files, so they are never all in memory.

use std::collections::{BTreeSet, VecDeque};
use std::path::Path;

use super::{Release, TaskSet};
use crate::error::{Error, Result};
use crate::evolution::SpanTask;
use crate::ids::RepoId;
use crate::mining::{PackedTexts, ShardTable};
use crate::table::{BATCH_BYTES, Row, TableReader};
use crate::task::Task;

/// The tasks of one set, in its order, in pieces of bounded size: in the evolution track a piece never holds tasks of two
/// commits.
pub struct TaskStream<'a> {
    release: &'a Release,
    set: TaskSet,
    source: Source,
    /// The one repository whose tasks are wanted; all if none.
    repo: Option<RepoId>,
}

enum Source {
    Empty,
    Whole(TableReader<Task>),
    Spans(Box<Spans>),
}

/// Spans of one repository with the texts they lie in, and the spans that follow.
struct Spans {
    reader: TableReader<SpanTask>,
    texts: PackedTexts,
    current: VecDeque<SpanTask>,
    following: Vec<SpanTask>,
}

impl<'a> TaskStream<'a> {
    pub(super) fn open(release: &'a Release, set: TaskSet, repo: Option<&RepoId>) -> Result<Self> {
        let source = match release.manifest().contents.table(&set.path()) {
            None => Source::Empty,
            Some(entry) => {
                let path = release.checked(&set.path())?;
                if entry.table == <Task as Row>::TABLE {
                    Source::Whole(open(&path, repo)?)
                } else {
                    let reader = open(&path, repo)?;
                    let (texts, current, following) = (PackedTexts::default(), VecDeque::new(), Vec::new());
                    Source::Spans(Box::new(Spans { reader, texts, current, following }))
                }
            }
        };
        Ok(Self { release, set, source, repo: repo.cloned() })
    }

    fn next_commit(&mut self) -> Result<Option<Vec<Task>>> {
        match &mut self.source {
            Source::Empty => Ok(None),
            Source::Whole(reader) => {
                let mut rows = reader.next().transpose()?;
                if let (Some(rows), Some(repo)) = (&mut rows, &self.repo) {
                    rows.retain(|task| task.assertion.repo == *repo);
                }
                Ok(rows)
            }
            Source::Spans(spans) => {
                if spans.current.is_empty() && !spans.advance(self.release, self.repo.as_ref())? {
                    return Ok(None);
                }
                spans.commit().map(Some).map_err(|span| self.broken(&span))
            }
        }
    }

    fn broken(&self, span: &SpanTask) -> Error {
        let path = self.release.root().join(self.set.path());
        let reason = format!("task {} of {} does not lie in its text, or is not the address of it", span.id, span.repo);
        Error::malformed(&path, None, reason)
    }
}

impl Iterator for TaskStream<'_> {
    type Item = Result<Vec<Task>>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.next_commit().transpose();
        if matches!(item, Some(Err(_))) {
            self.source = Source::Empty;
        }
        item
    }
}

impl Spans {
    /// Reads the spans of the next repository and the texts they need; false if there is none.
    fn advance(&mut self, release: &Release, wanted: Option<&RepoId>) -> Result<bool> {
        while self.gather(release, wanted)? {
            if !self.current.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads the spans of the next repository, which are dropped if another one is wanted; false if there is none.
    fn gather(&mut self, release: &Release, wanted: Option<&RepoId>) -> Result<bool> {
        let mut of_repo = std::mem::take(&mut self.following);
        while of_repo.first().map(|span| &span.repo) == of_repo.last().map(|span| &span.repo) {
            match self.reader.next() {
                Some(batch) => of_repo.extend(batch?),
                None => break,
            }
        }
        let Some(repo) = of_repo.first().map(|span| span.repo.clone()) else { return Ok(false) };
        self.following = of_repo.split_off(of_repo.partition_point(|span| span.repo == repo));
        if wanted.is_some_and(|wanted| *wanted != repo) {
            return Ok(true);
        }
        self.texts = texts_of(release, &repo, &of_repo)?;
        self.current = of_repo.into();
        Ok(true)
    }

    /// The next tasks of one commit; the span itself if it does not lie in its text or its id is wrong.
    fn commit(&mut self) -> std::result::Result<Vec<Task>, Box<SpanTask>> {
        let mut tasks: Vec<Task> = Vec::new();
        let mut bytes = 0;
        // Neighbours lie in one text, which is put together once.
        let mut last: Option<(u32, String)> = None;
        while let Some(span) = self.current.pop_front() {
            let other = tasks.first().is_some_and(|first| first.assertion.commit != span.commit);
            if other || bytes >= BATCH_BYTES {
                self.current.push_front(span);
                break;
            }
            let blob = span.emission.blob;
            if last.as_ref().is_none_or(|(number, _)| *number != blob) {
                last = self.texts.get(blob).map(|text| (blob, text));
            }
            let prefix = last.as_ref().and_then(|(_, text)| span.prefix(text));
            match prefix.map(|prefix| span.task(prefix)) {
                Some(task) if task.assertion.address() == span.id => {
                    bytes += task.assertion.prefix.len();
                    tasks.push(task);
                }
                _ => return Err(Box::new(span)),
            }
        }
        Ok(tasks)
    }
}

/// A reader of the table at `path`, of the row groups of `repo` alone if there is one.
fn open<R: Row>(path: &Path, repo: Option<&RepoId>) -> Result<TableReader<R>> {
    match repo {
        Some(repo) => TableReader::open_groups(path, "repo_id", repo.as_str()),
        None => TableReader::open(path),
    }
}

/// The texts of `repo` that `spans` lie in.
fn texts_of(release: &Release, repo: &RepoId, spans: &[SpanTask]) -> Result<PackedTexts> {
    let wanted: BTreeSet<u32> = spans.iter().map(|span| span.emission.blob).collect();
    PackedTexts::read(release.rows(repo, ShardTable::Blobs)?, &wanted)
}
