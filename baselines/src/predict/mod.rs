//! The run over tasks: the only caller of the decoder.
//!
//! Tasks are visited repository by repository and answered in windows, which are bounded by tasks and, where repositories
//! have adapters of their own, by commits. A window is decoded in batches of prompts that share their starts, equal prompts
//! once. The decoder is told each task's target, as a guess that it verifies: see [`decode`] for why no answer can depend on
//! it. Windows and batches follow from the list of tasks alone, so a run that was killed and is continued decodes the very
//! batches that an undisturbed run does: the answers are the same bytes, even where the last bits of a number depend on the
//! company in a batch.

mod plan;
mod record;

use std::path::PathBuf;
use std::time::Instant;

use bench::{CommitId, Ledger, Prediction, RepoId, RepoView, Stop, Task, running_order};
use rayon::prelude::*;

use plan::{Asked, WindowLimits, batches, same_place, windows};

use crate::decode::{self, DecodeOptions, Draft, Opening};
use crate::error::{Error, Result};
use crate::language_model::LanguageModel;
use crate::method::{Method, Weights};
use crate::prompt::Prompt;

/// What a run needs to know besides method, model and tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PredictOptions {
    /// Root hash of the release the tasks are of.
    pub release: String,
    /// Where finished predictions are kept until the run is over (see [`bench::Journal`]); nowhere if none.
    pub journal: Option<PathBuf>,
    /// Prompts decoded at a time, at most; at least 1.
    pub batch_rows: usize,
    /// Columns in all rows of a batch, guesses and new tokens included, at most; a longer prompt goes alone. Bounds
    /// memory.
    pub batch_tokens: usize,
    /// Which guesses the decoder reads ahead; the task's target is a given one.
    pub draft: Draft,
    /// Whether prompts that begin alike are read together.
    pub share: bool,
    /// Device and threads in words: the last bits of a number depend on them, so an interrupted run must be taken up with
    /// the same ones.
    pub engine: String,
}

impl PredictOptions {
    /// Answers for `release`, without a journal, in batches that keep a CPU busy and fit small memories.
    pub fn new(release: impl Into<String>) -> Self {
        let DecodeOptions { batch_rows, batch_tokens, draft, share, .. } =
            DecodeOptions::new(0, Vec::new(), Vec::new());
        Self { release: release.into(), journal: None, batch_rows, batch_tokens, draft, share, engine: String::new() }
    }

    /// These, over what `options` say of batches and guesses.
    fn over(&self, options: DecodeOptions) -> DecodeOptions {
        let Self { batch_rows, batch_tokens, draft, share, .. } = *self;
        DecodeOptions { batch_rows, batch_tokens, draft, share, ..options }
    }
}

/// What happens during a run.
#[derive(Debug, Clone, PartialEq)]
pub enum PredictEvent<'a> {
    /// The run begins.
    Started {
        /// All tasks.
        tasks: usize,
        /// Those that the journal already answers.
        resumed: usize,
    },
    /// A repository's files are read, and its index, if the method has one, is built.
    Entered {
        /// The repository.
        repo: &'a RepoId,
        /// The commit.
        commit: &'a CommitId,
    },
    /// Answers were made and, if there is a journal, written to it.
    Done {
        /// Tasks answered so far, resumed ones included.
        tasks: usize,
        /// All tasks.
        total: usize,
        /// New tokens a second since the run began, every prompt counted once.
        tokens_per_second: f64,
    },
}

/// Hears of the progress of a run.
pub trait PredictObserver {
    /// Called on the thread of the run, between batches.
    fn event(&mut self, event: &PredictEvent<'_>);
}

/// Hears nothing.
impl PredictObserver for () {
    fn event(&mut self, _event: &PredictEvent<'_>) {}
}

/// Reads the files of a repository at a commit.
pub type Views<'a> = dyn FnMut(&RepoId, &CommitId) -> Result<RepoView> + 'a;

/// Answers every task with `method` on `model`; one prediction a task, by task id.
///
/// Repositories are visited by name, the commits of each in the order in which `tasks` first names them, which must be
/// oldest first. `views` is asked once for each of them, or once more where a window ends inside it and the run is
/// continued. Answers do not depend on the order of `tasks` within a commit.
///
/// # Errors
/// If two tasks have one id, a journal is of another run, a view is of another commit than asked for, or reading,
/// prompting or decoding fails. What was answered before is in the journal.
pub fn run(
    method: &mut dyn Method,
    model: &LanguageModel,
    tasks: &[Task],
    views: &mut Views<'_>,
    options: &PredictOptions,
    observer: &mut dyn PredictObserver,
) -> Result<Vec<Prediction>> {
    let decoding = method.decoding().clone();
    let mut decode_options = model.decode_options(decoding.max_new_tokens);
    if !decoding.fim_ban {
        decode_options.banned.clear();
    }
    let decode_options = options.over(decode_options);
    let mut decode = |openings: &[Opening]| answer(model, openings, &decode_options);
    let tokenizer = &model.tokenizer;
    let given = options.draft.given();
    let guess = |task: &Task| if given { tokenizer.encode(&task.assertion.target) } else { Ok(Vec::new()) };
    drive(method, &mut Engine { decode: &mut decode, guess: &guess }, tasks, views, options, observer)
}

/// What answers.
struct Engine<'a> {
    decode: &'a mut Decoder<'a>,
    /// The tokens that may answer a task.
    guess: &'a (dyn Fn(&Task) -> Result<Vec<u32>> + Sync),
}

/// What the decoder said to a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    completion: String,
    new_tokens: u32,
    stop: Stop,
}

type Decoder<'a> = dyn FnMut(&[Opening]) -> Result<Vec<Answer>> + 'a;

fn answer(model: &LanguageModel, openings: &[Opening], options: &DecodeOptions) -> Result<Vec<Answer>> {
    let decoded = decode::greedy_guessing(&model.model, openings, options)?;
    let answer = |decoded: decode::Decoded| {
        Ok(Answer {
            completion: model.tokenizer.decode(&decoded.ids)?,
            new_tokens: u32::try_from(decoded.ids.len()).unwrap_or(u32::MAX),
            stop: decoded.stop,
        })
    };
    decoded.into_iter().map(answer).collect()
}

/// [`run`] with any decoder.
fn drive(
    method: &mut dyn Method,
    engine: &mut Engine<'_>,
    tasks: &[Task],
    views: &mut Views<'_>,
    options: &PredictOptions,
    observer: &mut dyn PredictObserver,
) -> Result<Vec<Prediction>> {
    let order = running_order(tasks)?;
    let mut ledger: Ledger = record::open(method, &order, options)?;
    observer.event(&PredictEvent::Started { tasks: order.len(), resumed: ledger.len() });
    let planned = options.over(DecodeOptions::new(method.decoding().max_new_tokens, Vec::new(), Vec::new()));
    let mut visit = None;
    let mut speed = Speed { begun: Instant::now(), tokens: 0 };
    for window in windows(&order, WindowLimits::of(method)) {
        if ledger.holds(window) {
            continue;
        }
        let asked = ask(method, engine.guess, window, views, &mut visit, observer)?;
        for batch in batches(&asked, &planned) {
            if batch.iter().flat_map(|common| &common.tasks).all(|&at| ledger.get(asked[at].task.id()).is_some()) {
                continue;
            }
            let openings: Vec<Opening> = batch.iter().map(|common| common.opening.clone()).collect();
            let answers = (engine.decode)(&openings)?;
            speed.tokens += answers.iter().map(|answer| u64::from(answer.new_tokens)).sum::<u64>();
            ledger.add(record::predictions(&asked, &batch, &answers))?;
            let (tasks, total) = (ledger.len(), order.len());
            observer.event(&PredictEvent::Done { tasks, total, tokens_per_second: speed.tokens_per_second() });
        }
    }
    Ok(ledger.into_rows())
}

/// The repository that the method has entered last.
struct Visit {
    view: RepoView,
    weights: Weights,
}

/// The prompts of `window`, whose tasks stand in running order.
fn ask<'a>(
    method: &mut dyn Method,
    guess: &(dyn Fn(&Task) -> Result<Vec<u32>> + Sync),
    window: &[&'a Task],
    views: &mut Views<'_>,
    visit: &mut Option<Visit>,
    observer: &mut dyn PredictObserver,
) -> Result<Vec<Asked<'a>>> {
    let mut asked = Vec::with_capacity(window.len());
    for group in window.chunk_by(|a, b| same_place(a, b)) {
        let Visit { view, weights } = match visit.take() {
            Some(visit) if at(&visit.view, group[0]) => visit,
            _ => enter(method, group[0], views, observer)?,
        };
        method.foresee(group)?;
        let method = method.prompts();
        let texts: Result<Vec<(Prompt, Vec<u32>)>> =
            group.par_iter().map(|task| Ok((method.prompt(task, &view)?, guess(task)?))).collect();
        asked.extend(group.iter().zip(texts?).map(|(&task, (prompt, guess))| Asked {
            task,
            prompt,
            guess,
            weights: weights.clone(),
        }));
        *visit = Some(Visit { view, weights });
    }
    Ok(asked)
}

fn enter(
    method: &mut dyn Method,
    task: &Task,
    views: &mut Views<'_>,
    observer: &mut dyn PredictObserver,
) -> Result<Visit> {
    let (repo, commit) = (&task.assertion.repo, &task.assertion.commit);
    let view = view(method, (repo, commit), views)?;
    if !at(&view, task) {
        let reason = format!("it is of {repo} at {commit}, but the files are of {} at {}", view.repo, view.commit);
        return Err(Error::Task { task: task.id().to_string(), reason });
    }
    method.enter(&view)?;
    let weights = method.weights(&view)?;
    observer.event(&PredictEvent::Entered { repo, commit });
    Ok(Visit { view, weights })
}

/// What `method` may know of the repository at the commit: without its files where it reads none.
pub(crate) fn view(
    method: &dyn Method,
    (repo, commit): (&RepoId, &CommitId),
    views: &mut Views<'_>,
) -> Result<RepoView> {
    if method.reads_files() {
        return views(repo, commit);
    }
    Ok(RepoView { repo: repo.clone(), commit: commit.clone(), files: Vec::new() })
}

fn at(view: &RepoView, task: &Task) -> bool {
    view.repo == task.assertion.repo && view.commit == task.assertion.commit
}

struct Speed {
    begun: Instant,
    tokens: u64,
}

impl Speed {
    fn tokens_per_second(&self) -> f64 {
        self.tokens as f64 / self.begun.elapsed().as_secs_f64().max(1e-9)
    }
}

#[cfg(test)]
mod tests;
