//! The audit of a method that has adapters.

use std::collections::BTreeMap;
use std::rc::Rc;

use bench::audit::{Geometry, Residual, Setting, Space};
use bench::{CommitId, JournalHeader, RepoId, Task, TaskId};
use tch::Tensor;

use super::blend::{delta_blend, factor_blend};
use super::cast::{Cast, CastTask, Place};
use super::geometry::geometry_of;
use super::mean::{MeanAdapter, mean_adapter};
use super::observer::{AuditEvent, AuditObserver};
use super::scored::Scored;
use super::scorer::{Item, RunOptions, Scorer};
use super::shelf::Shelf;
use super::trial::{Parts, Trial, trials};
use crate::adapter::Adapter;
use crate::conditioning::{AdapterSource, Variant};
use crate::decode::Opening;
use crate::error::{Error, Result};
use crate::language_model::LanguageModel;
use crate::method::Method;
use crate::predict::{Views, view};
use crate::prompt::Prompt;
use crate::vectors::Vectors;

/// Trials that are scored together: their prompts are read in common batches. Part of what numbers depend on.
const TRIALS_A_PIECE: usize = 8;

/// A method with the model under it.
pub struct Subject<'a> {
    /// The method.
    pub method: &'a mut dyn Method,
    /// The model.
    pub model: &'a LanguageModel,
    /// Vectors of another kind than the network was trained on (M171), if they are to be tried.
    pub swapped: Option<&'a Vectors>,
}

/// What an audit of adapters found.
#[derive(Debug)]
pub struct Findings {
    /// The cast that was scored: repositories without an adapter are left out.
    pub cast: Cast,
    /// The statistics of M162.
    pub geometry: Geometry,
    /// The contexts of the audited repositories at their last commits, where adapters are made from vectors: [C] each.
    pub contexts: Vec<(RepoId, Tensor)>,
    /// Repositories with tasks and without an adapter.
    pub without_adapter: Vec<RepoId>,
    /// The mean adapter.
    pub average: MeanAdapter,
    /// A row a task and setting, in the order of the run.
    pub rows: Vec<Scored>,
}

/// Measures adapters, then scores the tasks of `cast` under all settings.
///
/// # Errors
/// If the method has no adapters, none for training repositories or for fewer than two audited ones, or reading, prompting or
/// scoring fails.
pub fn run(
    subject: &mut Subject<'_>,
    cast: Cast,
    views: &mut Views<'_>,
    options: &RunOptions,
    observer: &mut dyn AuditObserver,
) -> Result<Findings> {
    let layers = subject.model.config().num_hidden_layers;
    let source = source(subject.method)?;
    observer.event(&AuditEvent::Averaging { repos: cast.training.len() });
    let average = average(source, &cast)?;
    let Measured { cast, geometry, contexts, without_adapter } = measured(source, cast, &average, layers)?;
    let parts = Parts {
        blends: options.blends.then_some(average.space),
        swapped: subject.swapped.is_some(),
        temporal: source.temporal().is_some(),
    };
    let rows = scored(subject, &cast, &average, parts, views, options, observer)?;
    Ok(Findings { cast, geometry, contexts, without_adapter, average, rows })
}

fn source(method: &mut dyn Method) -> Result<&mut dyn AdapterSource> {
    let id = method.card().method.clone();
    method.source().ok_or_else(|| Error::option("method", id, "its weights are the same for all repositories"))
}

/// The mean adapter of the training repositories that have one.
fn average(source: &mut dyn AdapterSource, cast: &Cast) -> Result<MeanAdapter> {
    let space = source.space();
    let adapters = cast.training.iter().filter_map(|place| source.adapter(&place.repo, &place.commit).transpose());
    mean_adapter(adapters, space)?.ok_or_else(|| {
        let reason = "no training repository outside of the audited ones has an adapter to average";
        Error::option("release", cast.training.len(), reason)
    })
}

/// What is known before anything is scored.
struct Measured {
    cast: Cast,
    geometry: Geometry,
    contexts: Vec<(RepoId, Tensor)>,
    without_adapter: Vec<RepoId>,
}

/// The geometry of the audited repositories at their last commits; those without an adapter leave the cast.
fn measured(source: &mut dyn AdapterSource, cast: Cast, average: &MeanAdapter, layers: i64) -> Result<Measured> {
    let (mut rows, mut contexts, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for (index, one) in cast.repos.iter().enumerate() {
        let (commit, _) = one.commits.last().expect("because every audited repository has tasks");
        let Some(adapter) = source.adapter(&one.repo, commit)? else {
            without.push(index);
            continue;
        };
        let context = source.context(&one.repo, commit)?;
        contexts.extend(context.as_ref().map(|context| (one.repo.clone(), context.shallow_clone())));
        rows.push((one.repo.clone(), adapter, context));
    }
    if rows.len() < 2 {
        let reason = "fewer than two audited repositories have an adapter; methods with adapters of training repositories \
                      alone are audited on --splits ir_test";
        return Err(Error::option("splits", format!("{} repositories with an adapter", rows.len()), reason));
    }
    let geometry = geometry_of(&rows, average, layers)?;
    let without_adapter = without.iter().map(|&index| cast.repos[index].repo.clone()).collect();
    Ok(Measured { cast: cast.without(&without), geometry, contexts, without_adapter })
}

/// Scores every task under every trial.
fn scored(
    subject: &mut Subject<'_>,
    cast: &Cast,
    average: &MeanAdapter,
    parts: Parts,
    views: &mut Views<'_>,
    options: &RunOptions,
    observer: &mut dyn AuditObserver,
) -> Result<Vec<Scored>> {
    let header = header(subject.method, cast, parts, options, subject.swapped);
    let mut scorer = Scorer::new(subject.model, subject.method.decoding(), options, &header)?;
    let plans: Vec<Vec<Trial>> = (0..cast.repos.len()).map(|own| trials(cast, own, parts)).collect();
    let pieces = plans.iter().zip(&cast.repos).map(|(plan, one)| plan.chunks(TRIALS_A_PIECE).len() * one.commits.len());
    observer.event(&AuditEvent::Started { units: pieces.sum(), resumed: scorer.resumed() });
    let mut makers = Makers { cast, average, shelf: Shelf::default(), swapped: subject.swapped };
    for (own, (one, plan)) in cast.repos.iter().zip(&plans).enumerate() {
        observer.event(&AuditEvent::Entered { repo: &one.repo });
        for (at, (commit, tasks)) in one.commits.iter().enumerate() {
            let mut prompts: Option<Vec<Prompt>> = None;
            for (number, chunk) in plan.chunks(TRIALS_A_PIECE).enumerate() {
                let key = format!("{}@{commit} {number}", one.repo);
                let items = || {
                    let prompts = match &mut prompts {
                        Some(prompts) => prompts,
                        none => none.insert(ask(subject.method, (&one.repo, commit), tasks, views)?),
                    };
                    let source = source(subject.method)?;
                    let mut items = Vec::new();
                    for &trial in chunk {
                        let adapter = makers.adapter(source, (own, at), trial)?;
                        let other = trial.other.map(|other| cast.repos[other].repo.clone());
                        items.extend(tasks.iter().zip(&*prompts).map(|(task, prompt)| {
                            let opening =
                                Opening { prompt: prompt.ids.clone(), guesses: Vec::new(), adapter: adapter.clone() };
                            Item { task, trial, other: other.clone(), opening }
                        }));
                    }
                    Ok(items)
                };
                scorer.piece(key, items, observer)?;
            }
        }
    }
    let mut rows = scorer.into_rows();
    if let Some(home) = parts.blends {
        let alias = full_strength(&rows, cast, home);
        rows.extend(alias);
    }
    Ok(rows)
}

/// What the journal of a run is bound to.
pub(super) fn header(
    method: &dyn Method,
    cast: &Cast,
    parts: Parts,
    options: &RunOptions,
    swapped: Option<&Vectors>,
) -> JournalHeader {
    let swapped = swapped.map(|vectors| serde_json::json!(vectors.header()).to_string()).unwrap_or_default();
    let RunOptions { batch_rows, batch_tokens, completions, engine, .. } = options;
    let training: Vec<String> = cast.training.iter().map(|place| format!("{}@{}", place.repo, place.commit)).collect();
    let training = training.join(" ");
    let run = format!(
        "audit {TRIALS_A_PIECE}/{batch_rows}/{batch_tokens}/{completions}/{}/{parts:?}/{engine}/{}/{swapped}",
        cast.others,
        bench::Seed(0).derive(&training).0
    );
    let tasks: Vec<&Task> =
        cast.repos.iter().flat_map(|one| &one.commits).flat_map(|(_, tasks)| tasks).map(|task| &task.task).collect();
    JournalHeader::new(&options.release, &tasks, &run, method.card())
}

/// The prompts of `tasks` of one place.
pub(super) fn ask(
    method: &mut dyn Method,
    (repo, commit): (&RepoId, &CommitId),
    tasks: &[CastTask],
    views: &mut Views<'_>,
) -> Result<Vec<Prompt>> {
    let view = view(method, (repo, commit), views)?;
    method.enter(&view)?;
    let prompts = method.prompts();
    tasks.iter().map(|task| prompts.prompt(&task.task, &view)).collect()
}

/// Makes the adapters of trials.
struct Makers<'a> {
    cast: &'a Cast,
    average: &'a MeanAdapter,
    shelf: Shelf,
    swapped: Option<&'a Vectors>,
}

impl Makers<'_> {
    /// The adapter of `trial` for commit `at` of repository `own`; none for the base model.
    fn adapter(
        &mut self,
        source: &mut dyn AdapterSource,
        (own, at): (usize, usize),
        trial: Trial,
    ) -> Result<Option<Rc<Adapter>>> {
        let one = &self.cast.repos[own];
        let commit = &one.commits[at].0;
        let place = match trial.other {
            None => Place { repo: one.repo.clone(), commit: commit.clone() },
            Some(other) => {
                let commit = self.cast.same_share((own, at), other).clone();
                Place { repo: self.cast.repos[other].repo.clone(), commit }
            }
        };
        let average = &self.average.adapter;
        let lambda = trial.lambda.unwrap_or(1.0);
        Ok(Some(match trial.setting {
            Setting::Base => return Ok(None),
            Setting::Average => Rc::clone(average),
            Setting::Own | Setting::Other => self.shelf.get(source, &place)?,
            Setting::FactorOwn | Setting::FactorNext | Setting::FactorOther => {
                Rc::new(factor_blend(average, &*self.shelf.get(source, &place)?, lambda)?)
            }
            Setting::DeltaOwn | Setting::DeltaNext | Setting::DeltaOther => {
                Rc::new(delta_blend(average, &*self.shelf.get(source, &place)?, lambda)?)
            }
            Setting::Swapped => {
                let vectors = self.swapped.expect("because it is tried only where there are vectors");
                return source.of_context(&vectors.context(&one.repo, commit)?);
            }
            state => {
                let variant = Variant::ALL.into_iter().find(|variant| variant.setting() == state);
                let variant = variant.expect("because all other settings are states");
                let source = source.temporal().expect("because states are asked of sources that read histories");
                return source.variant(&one.repo, commit, variant);
            }
        }))
    }
}

/// Rows of blends at full strength, which are the adapters themselves and are not scored again.
fn full_strength(rows: &[Scored], cast: &Cast, home: Space) -> Vec<Scored> {
    let tasks = cast.repos.iter().enumerate().flat_map(|(own, one)| {
        let next = cast.others_of(own).next().map(|next| &cast.repos[next].repo);
        one.commits.iter().flat_map(|(_, tasks)| tasks).map(move |task| (task.task.id(), next))
    });
    let next_of: BTreeMap<&TaskId, Option<&RepoId>> = tasks.collect();
    let mut found = Vec::new();
    let mut add = |row: &Scored, space, residual| {
        found.push(Scored { setting: Setting::blend(space, residual), lambda: Some(1.0), ..row.clone() });
    };
    for row in rows {
        match row.setting {
            Setting::Own if home == Space::Factor => add(row, Space::Factor, Residual::Own),
            Setting::Other if row.other.as_ref() == next_of[&row.task] => {
                add(row, Space::Delta, Residual::Next);
                if home == Space::Factor {
                    add(row, Space::Factor, Residual::Next);
                }
            }
            _ => {}
        }
    }
    found
}
