//! The audit of a method whose prompts know the repository: contexts of others in place of adapters of others (M174).

use bench::audit::Setting;

use super::cast::{Cast, CastTask};
use super::observer::{AuditEvent, AuditObserver};
use super::run::{ask, header};
use super::scored::Scored;
use super::scorer::{Item, RunOptions, Scorer};
use super::trial::{Parts, Trial};
use crate::decode::Opening;
use crate::error::Result;
use crate::language_model::LanguageModel;
use crate::method::{Method, Weights};
use crate::predict::{Views, view};

/// The tasks of one commit whose prompts are made of one context.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Meeting {
    /// The repository and commit that lend the context, as indices.
    context: (usize, usize),
    /// Those of the tasks.
    tasks: (usize, usize),
}

/// Scores the tasks of `cast` behind the context of their own repository, behind those of others, and, as prompts of
/// `bare`, behind none.
///
/// # Errors
/// If reading, prompting or scoring fails.
pub fn run_prompts(
    (method, bare): (&mut dyn Method, &mut dyn Method),
    model: &LanguageModel,
    cast: &Cast,
    views: &mut Views<'_>,
    options: &RunOptions,
    observer: &mut dyn AuditObserver,
) -> Result<Vec<Scored>> {
    let parts = Parts { blends: None, swapped: false, temporal: false };
    let header = header(method, cast, parts, options, None);
    let mut scorer = Scorer::new(model, method.decoding(), options, &header)?;
    let meetings = meetings(cast);
    let places = cast.places().count();
    observer.event(&AuditEvent::Started { units: meetings.len() + places, resumed: scorer.resumed() });
    for one in &cast.repos {
        observer.event(&AuditEvent::Entered { repo: &one.repo });
        for (commit, tasks) in &one.commits {
            let items = || {
                let prompts = ask(bare, (&one.repo, commit), tasks, views)?;
                // The weights of the method itself, which are the same for all repositories.
                let weights = method.weights(&view(method, (&one.repo, commit), views)?)?;
                Ok(tasks
                    .iter()
                    .zip(prompts)
                    .map(|(task, prompt)| item(task, Trial::plain(Setting::Base), None, prompt.ids, &weights))
                    .collect())
            };
            scorer.piece(format!("base {}@{commit}", one.repo), items, observer)?;
        }
    }
    for together in meetings.chunk_by(|a, b| a.context == b.context) {
        let (lender, commit) = (
            &cast.repos[together[0].context.0].repo,
            &cast.repos[together[0].context.0].commits[together[0].context.1].0,
        );
        observer.event(&AuditEvent::Entered { repo: lender });
        let mut view = None;
        for meeting in together {
            let (own, at) = meeting.tasks;
            let (home, tasks) = &cast.repos[own].commits[at];
            let is_own = meeting.context.0 == own;
            let items = || {
                if view.is_none() {
                    let entered = views(lender, commit)?;
                    method.enter(&entered)?;
                    view = Some(entered);
                }
                let view = view.as_ref().expect("because it was just read");
                let weights = method.weights(view)?;
                let prompts = method.prompts();
                let trial =
                    if is_own { Trial::plain(Setting::Own) } else { Trial::under(Setting::Other, meeting.context.0) };
                let other = (!is_own).then(|| lender.clone());
                let one = |task| Ok(item(task, trial, other.clone(), prompts.prompt(&task.task, view)?.ids, &weights));
                tasks.iter().map(one).collect()
            };
            let key = format!("{lender}@{commit} {}@{home}", cast.repos[own].repo);
            scorer.piece(key, items, observer)?;
        }
    }
    Ok(scorer.into_rows())
}

fn item<'a>(
    task: &'a CastTask,
    trial: Trial,
    other: Option<bench::RepoId>,
    prompt: Vec<u32>,
    weights: &Weights,
) -> Item<'a> {
    let opening = Opening { prompt, guesses: Vec::new(), adapter: weights.adapter().cloned() };
    Item { task, trial, other, opening }
}

/// Who meets whose context, by lender, so that every context is entered once.
fn meetings(cast: &Cast) -> Vec<Meeting> {
    let mut all = Vec::new();
    for (own, one) in cast.repos.iter().enumerate() {
        for at in 0..one.commits.len() {
            all.push(Meeting { context: (own, at), tasks: (own, at) });
            for other in cast.others_of(own) {
                let commit = cast.same_share((own, at), other);
                let lent = cast.repos[other].commits.iter().position(|(known, _)| known == commit);
                all.push(Meeting { context: (other, lent.unwrap_or(0)), tasks: (own, at) });
            }
        }
    }
    all.sort_unstable();
    all
}
