//! The tasks of a release, a commit at a time: prefixes are whole files, so they are never all in memory.

use std::collections::{BTreeSet, VecDeque};

use super::texts::Texts;
use super::{Release, TaskSet};
use crate::error::{Error, Result};
use crate::evolution::SpanTask;
use crate::ids::RepoId;
use crate::mining::ShardTable;
use crate::table::TableReader;
use crate::task::Task;

/// The tasks of one set, in its order: each item holds tasks of one commit in the evolution track, and some tasks in
/// the static one.
pub struct TaskStream<'a> {
    release: &'a Release,
    set: TaskSet,
    source: Source,
}

enum Source {
    Empty,
    Whole(TableReader<Task>),
    Spans(Box<Spans>),
}

/// Spans of one repository with the texts they lie in, and the spans that follow.
struct Spans {
    reader: TableReader<SpanTask>,
    texts: Texts,
    current: VecDeque<SpanTask>,
    following: Vec<SpanTask>,
}

impl<'a> TaskStream<'a> {
    pub(super) fn open(release: &'a Release, set: TaskSet) -> Result<Self> {
        let source = match release.manifest().contents.table(&set.path()) {
            None => Source::Empty,
            Some(entry) => {
                let path = release.checked(&set.path())?;
                if entry.table == <Task as crate::table::Row>::TABLE {
                    Source::Whole(TableReader::open(&path)?)
                } else {
                    let reader = TableReader::open(&path)?;
                    let (texts, current, following) = (Texts::default(), VecDeque::new(), Vec::new());
                    Source::Spans(Box::new(Spans { reader, texts, current, following }))
                }
            }
        };
        Ok(Self { release, set, source })
    }

    fn next_commit(&mut self) -> Result<Option<Vec<Task>>> {
        match &mut self.source {
            Source::Empty => Ok(None),
            Source::Whole(reader) => reader.next().transpose(),
            Source::Spans(spans) => {
                if spans.current.is_empty() && !spans.advance(self.release)? {
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
    fn advance(&mut self, release: &Release) -> Result<bool> {
        let mut of_repo = std::mem::take(&mut self.following);
        while of_repo.first().map(|span| &span.repo) == of_repo.last().map(|span| &span.repo) {
            match self.reader.next() {
                Some(batch) => of_repo.extend(batch?),
                None => break,
            }
        }
        let Some(repo) = of_repo.first().map(|span| span.repo.clone()) else { return Ok(false) };
        self.following = of_repo.split_off(of_repo.partition_point(|span| span.repo == repo));
        self.texts = texts_of(release, &repo, &of_repo)?;
        self.current = of_repo.into();
        Ok(true)
    }

    /// The tasks of the next commit; the span itself if it does not lie in its text or its id is wrong.
    fn commit(&mut self) -> std::result::Result<Vec<Task>, Box<SpanTask>> {
        let mut tasks: Vec<Task> = Vec::new();
        while let Some(span) =
            self.current.pop_front_if(|span| tasks.first().is_none_or(|first| first.assertion.commit == span.commit))
        {
            let task = self.texts.prefix(&span).map(|prefix| span.task(prefix));
            match task {
                Some(task) if task.assertion.address() == span.id => tasks.push(task),
                _ => return Err(Box::new(span)),
            }
        }
        Ok(tasks)
    }
}

/// The texts of `repo` that `spans` lie in.
fn texts_of(release: &Release, repo: &RepoId, spans: &[SpanTask]) -> Result<Texts> {
    let wanted: BTreeSet<u32> = spans.iter().map(|span| span.emission.blob).collect();
    Texts::read(release.rows(repo, ShardTable::Blobs)?, Some(&wanted))
}
