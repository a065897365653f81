//! The run over tasks: repository by repository, commit by commit, oldest first.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use bench::{
    CommitId, JournalHeader, Ledger, MAX_COMPLETION_BYTES, MethodCard, Prediction, RepoId, RepoView, Split, Task,
    TaskId, running_order,
};

use super::message::{File, Ours, PROTOCOLS, State, Theirs};
use super::process::Process;
use crate::RunOptions;
use crate::error::Result;
use crate::event::{Event, Observer};
use crate::spent::Spent;

/// How a plug-in is started, and what it is told first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginOptions {
    /// Program and arguments, separated by blanks, with quotes as in a shell; nothing is expanded.
    pub command: String,
    /// Time that it may take for each answer.
    pub timeout: Duration,
    /// Root hash of the release.
    pub release: String,
    /// The splits that are answered.
    pub splits: Vec<Split>,
    /// Tokens of a completion at most.
    pub max_new_tokens: u32,
}

/// A plug-in that said what it is. It is ended with this value.
pub struct Plugin {
    process: Process,
    card: MethodCard,
    state: State,
    parallel: usize,
    max_new_tokens: u32,
}

/// Reads the files of a repository at a commit.
pub type Views<'a> = dyn FnMut(&RepoId, &CommitId) -> Result<RepoView> + 'a;

impl Plugin {
    /// The plug-in that `options` describe, running.
    ///
    /// # Errors
    /// [`crate::Error::Plugin`] if it cannot be started, or does not answer `hello` as it should.
    pub fn start(options: &PluginOptions, observer: &mut dyn Observer) -> Result<Self> {
        let mut process = Process::start(&options.command, options.timeout)?;
        let PluginOptions { release, splits, max_new_tokens, .. } = options;
        process.send(&Ours::Hello { protocols: &PROTOCOLS, release, splits, max_new_tokens: *max_new_tokens });
        let (protocol, mut card, state, parallel) = match process.receive("hello", observer)? {
            Theirs::Ready { protocol, card, state, parallel } => (protocol, *card, state, usize::from(parallel)),
            other => return Err(process.failed(format!("answered hello with `{}`, not with `ready`", other.name()))),
        };
        if !PROTOCOLS.contains(&protocol) {
            return Err(process.failed(format!("speaks protocol {protocol}, but one of {PROTOCOLS:?} was offered")));
        }
        if parallel == 0 {
            return Err(process.failed("says that `parallel` is 0; it must be at least 1".to_owned()));
        }
        card.settings.entry("plugin.protocol".to_owned()).or_insert(protocol.to_string());
        card.settings.entry("decoding.max_new_tokens".to_owned()).or_insert(max_new_tokens.to_string());
        Ok(Self { process, card, state, parallel, max_new_tokens: *max_new_tokens })
    }

    /// What the method is: what the plug-in said, with the version of the protocol and the limit of new tokens.
    pub fn card(&self) -> &MethodCard {
        &self.card
    }
}

/// Answers every task with `plugin`; one prediction a task, by task id.
///
/// Repositories are visited by name, the commits of each in the order in which `tasks` first names them, which must be
/// oldest first. What a journal answers is not asked again.
///
/// # Errors
/// If two tasks have one id, the journal is of another run, files cannot be read, or the plug-in breaks the protocol, is
/// late or dies. What was answered before is in the journal.
pub fn run(
    plugin: Plugin,
    tasks: &[Task],
    views: &mut Views<'_>,
    options: &RunOptions,
    observer: &mut dyn Observer,
) -> Result<(Vec<Prediction>, Spent)> {
    let order = running_order(tasks)?;
    let header = JournalHeader::new(&options.release, &order, "", plugin.card());
    let ledger = Ledger::open(options.journal.as_deref(), &header)?;
    observer.event(&Event::Started { tasks: order.len(), resumed: ledger.len() });
    let mut run = Run { plugin, ledger, total: order.len(), begun: Instant::now(), spent: Spent::default(), observer };
    for repository in order.chunk_by(|a, b| a.assertion.repo == b.assertion.repo) {
        let commits: Vec<&[&Task]> = repository.chunk_by(|a, b| a.assertion.commit == b.assertion.commit).collect();
        let last = commits.iter().rposition(|commit| !run.ledger.holds(commit));
        for commit in last.map_or(&[][..], |last| &commits[..=last]) {
            if run.plugin.state == State::Repository || !run.ledger.holds(commit) {
                run.visit(commit, views)?;
            }
        }
    }
    let Run { plugin, ledger, observer, .. } = run;
    plugin.process.finish(observer);
    let mut spent = Spent::default();
    let rows = ledger.into_rows();
    for row in &rows {
        spent.add(row.prompt_tokens, row.new_tokens);
    }
    Ok((rows, spent))
}

struct Run<'a> {
    plugin: Plugin,
    ledger: Ledger,
    total: usize,
    begun: Instant,
    spent: Spent,
    observer: &'a mut dyn Observer,
}

impl Run<'_> {
    /// Has the tasks of one commit answered, as far as they are not yet.
    fn visit(&mut self, tasks: &[&Task], views: &mut Views<'_>) -> Result<()> {
        let (repo, commit) = (&tasks[0].assertion.repo, &tasks[0].assertion.commit);
        let view = views(repo, commit)?;
        let files = view.production().map(|file| File { path: &file.path, text: &file.text }).collect();
        self.plugin.process.send(&Ours::Enter { repo, commit, files });
        match self.plugin.process.receive(&format!("enter of {repo} at {commit}"), self.observer)? {
            Theirs::Entered {} => self.observer.event(&Event::Entered { repo, commit }),
            other => {
                let reason = format!("answered enter of {repo} with `{}`, not with `entered`", other.name());
                return Err(self.plugin.process.failed(reason));
            }
        }
        let open: Vec<&Task> = tasks.iter().copied().filter(|task| self.ledger.get(task.id()).is_none()).collect();
        self.ask(&open)?;
        self.plugin.process.send(&Ours::Leave { repo, commit });
        Ok(())
    }

    /// Sends `open` one after another, as many ahead of their answers as the plug-in wants.
    fn ask(&mut self, open: &[&Task]) -> Result<()> {
        let mut waiting: BTreeSet<&TaskId> = BTreeSet::new();
        let mut unsent = open.iter();
        loop {
            for &task in unsent.by_ref().take(self.plugin.parallel - waiting.len()) {
                let (path, prefix) = (&task.assertion.path, &task.assertion.prefix);
                let max_new_tokens = self.plugin.max_new_tokens;
                self.plugin.process.send(&Ours::Task { task: task.id(), path, prefix, max_new_tokens });
                waiting.insert(task.id());
            }
            let Some(first) = waiting.first() else { return Ok(()) };
            let row = self.answer(first)?;
            if !waiting.remove(&row.task) {
                return Err(self.plugin.process.failed(format!("answered task {}, which it was not asked", row.task)));
            }
            self.add(row)?;
        }
    }

    /// The next answer, while `task` is waiting for one.
    fn answer(&mut self, task: &TaskId) -> Result<Prediction> {
        match self.plugin.process.receive(&format!("task {task}"), self.observer)? {
            Theirs::Answer { task, completion, prompt_tokens, context_tokens, new_tokens, stop } => {
                if completion.len() > MAX_COMPLETION_BYTES {
                    let bytes = completion.len();
                    let reason = format!("answered task {task} with {bytes} bytes, {MAX_COMPLETION_BYTES} are allowed");
                    return Err(self.plugin.process.failed(reason));
                }
                Ok(Prediction { task, completion, prompt_tokens, context_tokens, new_tokens, stop })
            }
            other => Err(self
                .plugin
                .process
                .failed(format!("answered task {task} with `{}`, not with `answer`", other.name()))),
        }
    }

    fn add(&mut self, row: Prediction) -> Result<()> {
        self.spent.add(row.prompt_tokens, row.new_tokens);
        self.ledger.add([row])?;
        let (tasks, total) = (self.ledger.len(), self.total);
        self.observer.event(&Event::Done { tasks, total, spent: self.spent, elapsed: self.begun.elapsed() });
        Ok(())
    }
}
