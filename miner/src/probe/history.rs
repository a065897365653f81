//! Turns events into commits, and keeps the book of conventions.

use std::collections::BTreeMap;
use std::path::Path;

use bench::CommitId;
use git2::Oid;
use serde::{Deserialize, Serialize};

use super::dimension::Dimension;
use super::draw::Draw;
use super::error::{Error, Result};
use super::events::{self, Edit, Event};
use super::git::{self, Record, Writer};
use super::labels;
use super::page;
use super::plan::RepoPlan;
use super::production::Fill;
use super::state::{Change, State};
use super::suite::{self, Suite};
use super::surface::Surface;
use super::{NeedRow, ProbeOptions};

const DAY: i64 = 24 * 3600;
/// 10 January 2023, the earliest first commit.
const START: i64 = 1_673_308_800;
/// 5 April 2025, the earliest first commit of an out-of-distribution repository.
const OOD_START: i64 = 1_743_811_200;
/// The longest history, in days; the latest start of the earlier family plus this lies before April 2025.
const SPAN_DAYS: i64 = 360;
const OOD_SPAN_DAYS: i64 = 240;

/// The conventions of a repository over its first-parent line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conventions {
    /// The repository.
    pub repo: String,
    /// How many commits the first-parent line has.
    pub commits: usize,
    /// One entry per dimension.
    pub dimensions: Vec<Convention>,
}

/// One dimension's values over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Convention {
    /// The dimension.
    pub dimension: String,
    /// All values that it may have, in any repository.
    pub vocabulary: Vec<String>,
    /// The values that it had, oldest first; the last one is valid at the head.
    pub values: Vec<Validity>,
}

/// From when on a value was valid in production code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// The value, as production code writes it (for `key_style`: the name of the style).
    pub value: String,
    /// Index on the first-parent line, from 0, oldest first.
    pub commit_index: usize,
    /// The commit.
    pub commit: CommitId,
}

/// What is known of a repository once it is written.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) head: CommitId,
    pub(super) needs: Vec<NeedRow>,
    pub(super) conventions: Conventions,
}

/// Writes the repository of `plan` to `path`.
///
/// # Errors
/// If git refuses or the history is too short.
pub(super) fn write(plan: &RepoPlan, options: &ProbeOptions, path: &Path) -> Result<Written> {
    let surface = Surface::new(plan);
    let suites = suite::plan(&surface, plan.seed);
    let events = events::plan(plan, &surface, options.commits)?;
    git::create(path, |writer| {
        let clock = Clock::new(plan, options.commits);
        let state = State::new(plan.first(), surface.fillers.len());
        let mut line = Line { surface: &surface, suites: &suites, writer, clock, state, commits: Vec::new() };
        for event in &events {
            line.event(event)?;
        }
        let head = line.tip().expect("because a history has at least one event");
        let written =
            Written { head: commit_id(head)?, needs: line.needs(plan)?, conventions: line.conventions(plan)? };
        Ok((head, written))
    })
}

fn commit_id(id: Oid) -> Result<CommitId> {
    Ok(CommitId::new(id.to_string())?)
}

/// The dates and authors of commits.
struct Clock {
    now: i64,
    gap: i64,
    draw: Draw,
}

impl Clock {
    fn new(plan: &RepoPlan, commits: usize) -> Self {
        let mut draw = Draw::new(plan.seed.derive("clock"));
        let (start, spread, span) =
            if plan.is_ood() { (OOD_START, 100, OOD_SPAN_DAYS) } else { (START, 400, SPAN_DAYS) };
        let now = start + draw.seconds(spread * DAY);
        // Side branches add a few commits to the first-parent line.
        let commits = i64::try_from(commits).unwrap_or(i64::MAX / 2) + 8;
        Self { now, gap: (span * DAY / commits).max(1), draw }
    }

    fn tick(&mut self) -> i64 {
        self.now += 1 + self.draw.seconds(self.gap);
        self.now
    }
}

/// The first-parent line as it grows.
struct Line<'a, 'r> {
    surface: &'a Surface,
    suites: &'a [Suite],
    writer: &'a mut Writer<'r>,
    clock: Clock,
    state: State,
    /// Each commit with the state of its production code.
    commits: Vec<(Oid, State)>,
}

impl Line<'_, '_> {
    fn tip(&self) -> Option<Oid> {
        self.commits.last().map(|(id, _)| *id)
    }

    fn event(&mut self, event: &Event) -> Result<()> {
        let parents: Vec<Oid> = self.tip().into_iter().collect();
        match event {
            Event::Commit(edit) => {
                let state = self.after(&self.state, edit);
                self.advance(state, &edit.message, &parents)
            }
            Event::Merge { side, main } => {
                let branch = self.after(&self.state, side);
                let branch_tip = self.commit(&branch, &side.message, &parents)?;
                let state = self.after(&self.state, main);
                self.advance(state, &main.message, &parents)?;
                let merged = self.after(&self.state, side);
                let parents: Vec<Oid> = self.tip().into_iter().chain([branch_tip]).collect();
                self.advance(merged, &format!("Merge branch: {}", side.message), &parents)
            }
        }
    }

    /// The state after `edit`; should no file differ, the version is raised as well.
    fn after(&self, state: &State, edit: &Edit) -> State {
        let mut next = state.clone();
        for change in &edit.changes {
            next.apply(change);
        }
        if self.files(&next) == self.files(state) && !self.commits.is_empty() {
            next.apply(&Change::Release);
        }
        next
    }

    fn advance(&mut self, state: State, message: &str, parents: &[Oid]) -> Result<()> {
        let id = self.commit(&state, message, parents)?;
        self.commits.push((id, state.clone()));
        self.state = state;
        Ok(())
    }

    fn commit(&mut self, state: &State, message: &str, parents: &[Oid]) -> Result<Oid> {
        let files = self.files(state);
        let author = self.clock.draw.pick(&self.surface.authors);
        let time = self.clock.tick();
        self.writer.commit(&files, &Record { author, time, message: &format!("{message}\n"), parents })
    }

    fn files(&self, state: &State) -> BTreeMap<String, String> {
        let mut files = Fill { surface: self.surface, state }.production();
        for suite in self.open(state) {
            if let Some((text, _)) = page::write(suite, self.surface, state) {
                files.insert(suite.path.clone(), text);
            }
        }
        files
    }

    fn open(&self, state: &State) -> impl Iterator<Item = &Suite> {
        self.suites.iter().take(state.suites)
    }

    /// The labels of all assertions at the head, by path and line.
    fn needs(&self, plan: &RepoPlan) -> Result<Vec<NeedRow>> {
        let mut rows = Vec::new();
        for suite in self.open(&self.state) {
            let Some((text, marks)) = page::write(suite, self.surface, &self.state) else { continue };
            for mark in marks {
                let changed = mark.dimension.map(|asked| plan.changes.iter().any(|change| change.dimension == asked));
                let Some(need) = labels::need(&text[..mark.cut], &mark.answer, changed) else {
                    let (repo, path) = (plan.name.clone(), suite.path.clone());
                    return Err(Error::Unexplained { repo, path, line: mark.line, answer: mark.answer });
                };
                rows.push(NeedRow {
                    path: suite.path.clone(),
                    line: mark.line,
                    function: mark.function,
                    need,
                    dimension: mark.dimension.map(|asked| asked.name().to_owned()),
                    chance: mark.dimension.filter(|_| need != bench::Need::Prefix).map(Dimension::chance),
                });
            }
        }
        rows.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Ok(rows)
    }

    fn conventions(&self, plan: &RepoPlan) -> Result<Conventions> {
        let dimensions = Dimension::ALL.iter().map(|&dimension| self.convention(dimension)).collect::<Result<_>>()?;
        Ok(Conventions { repo: plan.name.clone(), commits: self.commits.len(), dimensions })
    }

    fn convention(&self, dimension: Dimension) -> Result<Convention> {
        let mut values: Vec<Validity> = Vec::new();
        for (commit_index, (id, state)) in self.commits.iter().enumerate() {
            let value = state.values.text(dimension);
            if state.has(dimension.role()) && values.last().is_none_or(|last| last.value != value) {
                values.push(Validity { value: value.to_owned(), commit_index, commit: commit_id(*id)? });
            }
        }
        let vocabulary = dimension.values().map(str::to_owned).to_vec();
        Ok(Convention { dimension: dimension.name().to_owned(), vocabulary, values })
    }
}
