//! The run over tasks: equal requests once, several at a time, answers by task id whatever the order they come in.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use bench::{JournalHeader, Ledger, Prediction, Task, TaskId, running_order};

use super::answer::Answer;
use super::client::{Answered, Client, Failure};
use super::model::ServedModel;
use super::recording::Recording;
use crate::RunOptions;
use crate::error::{Error, Result};
use crate::event::{Event, Observer};
use crate::halt::Halt;
use crate::spent::Spent;

/// Where answers come from: a recording first, then a server; at least one of them.
#[derive(Debug, Default)]
pub struct Source {
    /// A server.
    pub client: Option<Client>,
    /// A recording, to which what the server answers is appended.
    pub recording: Option<Recording>,
}

/// What a run yields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// The predictions, by task id.
    pub rows: Vec<Prediction>,
    /// Tasks without an answer, by id.
    pub left_out: Vec<TaskId>,
    /// What all answers took, those of an interrupted run and of a recording included.
    pub spent: Spent,
}

/// Tasks that one request answers.
struct Group<'a> {
    hash: String,
    tasks: Vec<&'a Task>,
}

/// What a worker tells.
enum Message {
    Waiting(Duration, String),
    Answer(usize, std::result::Result<Answered, Failure>),
}

/// Answers every task with `model`, whose answers come from `source`.
///
/// Answers do not depend on the order of `tasks`, nor on how many requests are under way. With `skip_failed`, a task that
/// the server refuses, or answers again and again with something that is no completion, is left out; without, it ends
/// the run.
///
/// # Errors
/// If two tasks have one id, the journal is of another run, or a request fails for good. What was answered before is in
/// the journal.
pub fn run(
    model: &ServedModel,
    source: &mut Source,
    tasks: &[Task],
    options: &RunOptions,
    skip_failed: bool,
    observer: &mut dyn Observer,
) -> Result<Outcome> {
    let order = running_order(tasks)?;
    let header = JournalHeader::new(&options.release, &order, "", model.card());
    let ledger = Ledger::open(options.journal.as_deref(), &header)?;
    observer.event(&Event::Started { tasks: order.len(), resumed: ledger.len() });
    let groups = groups(model, &order);
    let mut run = Run {
        model,
        ledger,
        total: order.len(),
        begun: Instant::now(),
        spent: Spent::default(),
        left_out: Vec::new(),
        skip_failed,
        observer,
    };
    let mut open = Vec::new();
    for group in &groups {
        if !run.knows(group, source.recording.as_ref())? {
            open.push(group);
        }
    }
    run.ask(&open, source)?;
    Ok(run.finish(&groups))
}

/// The tasks by request, in the order in which requests are first needed.
fn groups<'a>(model: &ServedModel, order: &[&'a Task]) -> Vec<Group<'a>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut groups: Vec<Group<'a>> = Vec::new();
    for &task in order {
        let hash = model.request(&task.assertion.prefix).hash;
        if let Some(&place) = places.get(&hash) {
            groups[place].tasks.push(task);
        } else {
            places.insert(hash.clone(), groups.len());
            groups.push(Group { hash, tasks: vec![task] });
        }
    }
    groups
}

struct Run<'a> {
    model: &'a ServedModel,
    ledger: Ledger,
    total: usize,
    begun: Instant,
    /// What was spent since the run began.
    spent: Spent,
    left_out: Vec<TaskId>,
    skip_failed: bool,
    observer: &'a mut dyn Observer,
}

impl Run<'_> {
    /// Whether the journal or the recording answers `group`; if so, all of its tasks are answered afterwards.
    fn knows(&mut self, group: &Group<'_>, recording: Option<&Recording>) -> Result<bool> {
        if self.ledger.holds(&group.tasks) {
            return Ok(true);
        }
        let answered = group.tasks.iter().find_map(|task| self.ledger.get(task.id())).cloned();
        if let Some(row) = answered {
            let rows = group.tasks.iter().map(|task| Prediction { task: task.id().clone(), ..row.clone() });
            self.ledger.add(rows)?;
            return Ok(true);
        }
        let Some((recording, body)) = recording.and_then(|known| Some((known, known.get(&group.hash)?))) else {
            return Ok(false);
        };
        let answer = Answer::read(body, self.model.api())
            .map_err(|reason| recording.malformed(None, format!("request {}: {reason}", group.hash)))?;
        self.take(group, answer)?;
        Ok(true)
    }

    /// Asks the server for every one of `open`.
    fn ask(&mut self, open: &[&Group<'_>], source: &mut Source) -> Result<()> {
        let Some(first) = open.first() else { return Ok(()) };
        let Source { client, recording } = source;
        let Some(client) = client else {
            let reason = "it is not in the recording, which was made of another release, model or settings";
            return Err(unanswered(first, reason));
        };
        let (model, skip_failed) = (self.model, self.skip_failed);
        let (halt, next) = (Halt::default(), AtomicUsize::new(0));
        let (sender, receiver) = channel();
        std::thread::scope(|scope| {
            for _ in 0..client.concurrency().min(open.len()) {
                let (sender, halt, next, client) = (sender.clone(), &halt, &next, &*client);
                scope.spawn(move || work(model, client, open, next, halt, skip_failed, &sender));
            }
            drop(sender);
            self.collect(open, &receiver, recording.as_mut(), &halt)
        })
    }

    /// Takes what the workers tell until all are done; the first failure ends the run, but what is under way is kept.
    fn collect(
        &mut self,
        open: &[&Group<'_>],
        messages: &Receiver<Message>,
        mut recording: Option<&mut Recording>,
        halt: &Halt,
    ) -> Result<()> {
        let mut failed = Ok(());
        for message in messages {
            let taken = match message {
                Message::Waiting(time, why) => {
                    self.observer.event(&Event::Waiting { time, why: &why });
                    Ok(())
                }
                Message::Answer(at, Ok(Answered { body, answer })) => {
                    let recorded = recording.as_mut().map_or(Ok(()), |known| known.add(&open[at].hash, body));
                    recorded.and_then(|()| self.take(open[at], answer))
                }
                Message::Answer(at, Err(failure)) => self.fail(open[at], failure),
            };
            if taken.is_err() {
                halt.halt();
                failed = failed.and(taken);
            }
        }
        failed
    }

    /// Adds what `answer` says to the tasks of `group`.
    fn take(&mut self, group: &Group<'_>, answer: Answer) -> Result<()> {
        let Answer { text, prompt_tokens, new_tokens, stop } = answer;
        let rows = group.tasks.iter().map(|task| Prediction {
            task: task.id().clone(),
            completion: self.model.completion(&text, &task.assertion.prefix),
            prompt_tokens,
            context_tokens: prompt_tokens.map(|_| 0),
            new_tokens,
            stop,
        });
        self.ledger.add(rows)?;
        self.spent.add(prompt_tokens, new_tokens);
        let (tasks, total) = (self.ledger.len() + self.left_out.len(), self.total);
        self.observer.event(&Event::Done { tasks, total, spent: self.spent, elapsed: self.begun.elapsed() });
        Ok(())
    }

    fn fail(&mut self, group: &Group<'_>, failure: Failure) -> Result<()> {
        match failure {
            Failure::Halted => Ok(()),
            Failure::Request(reason) if self.skip_failed => {
                for task in &group.tasks {
                    self.observer.event(&Event::LeftOut { task: task.id(), reason: &reason });
                    self.left_out.push(task.id().clone());
                }
                Ok(())
            }
            Failure::Run(reason) | Failure::Request(reason) => Err(unanswered(group, &reason)),
        }
    }

    fn finish(mut self, groups: &[Group<'_>]) -> Outcome {
        let mut spent = Spent::default();
        for row in groups.iter().filter_map(|group| self.ledger.get(group.tasks[0].id())) {
            spent.add(row.prompt_tokens, row.new_tokens);
        }
        self.left_out.sort();
        Outcome { rows: self.ledger.into_rows(), left_out: self.left_out, spent }
    }
}

fn unanswered(group: &Group<'_>, reason: &str) -> Error {
    Error::Task { task: group.tasks[0].id().clone(), reason: reason.to_owned() }
}

/// Asks for one group after another until none is left.
fn work(
    model: &ServedModel,
    client: &Client,
    open: &[&Group<'_>],
    next: &AtomicUsize,
    halt: &Halt,
    skip_failed: bool,
    sender: &Sender<Message>,
) {
    // A receiver that is gone is a run that ended.
    let say = |time: Duration, why: &str| drop(sender.send(Message::Waiting(time, why.to_owned())));
    while halt.goes_on() {
        let at = next.fetch_add(1, Ordering::Relaxed);
        let Some(group) = open.get(at) else { break };
        let request = model.request(&group.tasks[0].assertion.prefix);
        let answered = client.ask(&request, model.api(), halt, &say);
        if answered.as_ref().is_err_and(|failure| failure.ends_run(skip_failed)) {
            halt.halt();
        }
        drop(sender.send(Message::Answer(at, answered)));
    }
}
