//! Training of adapters: one for all repositories, or one for each (M117–M119).

use std::collections::BTreeMap;
use std::path::Path;

use bench::file::{read_json, write_json};
use bench::{RepoId, Seed};

use super::artifact::Artifact;
use super::hold_out::Divided;
use super::record::TrainingRecord;
use super::run::{CURVE, Place};
use super::session::Session;
use super::settings::LoraSettings;
use crate::adapter::export_peft;
use crate::error::{Error, Result};
use crate::examples::{Dropped, Examples, Plan};
use crate::language_model::LanguageModel;
use crate::model::{Config, Qwen2};
use crate::train::{Event, LowRank, Observer, Outcome};

/// Written into the folder of an adapter before the adapter.
const RECORD: &str = "training.json";
/// What PEFT writes; the description comes last.
const FILES: [&str; 2] = ["adapter_config.json", "adapter_model.safetensors"];

/// One adapter for all repositories.
pub(super) fn single(
    place: &Place<'_>,
    model: LanguageModel,
    examples: &Examples,
    observer: &mut dyn Observer,
) -> Result<TrainingRecord> {
    let config = model.config().clone();
    let (model, tokenizer, _) = model.into_parts();
    let session = place.session(examples, &tokenizer);
    let seed = place.options.seed;
    let plan = session.plan(examples.groups(), seed)?;
    let tasks = place.validation()?;
    let objective = objective(place, model, &config, seed)?;
    observer.event(&part("all repositories", (1, 1), &plan));
    let outcome = session.run(&objective, &plan, &tasks, (&place.state(), seed), observer)?;
    let record = place.record(objective.adapter().count(), examples, &outcome, tasks.len());
    write_curve(&place.out.join(CURVE), &outcome)?;
    export_peft(objective.adapter(), &config, &place.base_name, &place.out.join(Artifact::ADAPTER))?;
    place.seal(&record, &files(Artifact::ADAPTER), BTreeMap::new())?;
    Ok(record)
}

/// An adapter for each repository that has examples. Those that are finished are not trained again.
pub(super) fn per_repository(
    place: &Place<'_>,
    model: LanguageModel,
    examples: &Examples,
    observer: &mut dyn Observer,
) -> Result<TrainingRecord> {
    let config = model.config().clone();
    let (mut model, tokenizer, _) = model.into_parts();
    let session = place.session(examples, &tokenizer);
    let (mut sum, mut repos, mut sealed) = (None, BTreeMap::new(), Vec::new());
    for (index, repo) in examples.repos().iter().enumerate() {
        let folder = format!("adapters/{}", repo.file_stem());
        let path = place.out.join(&folder);
        let record = if path.join(FILES[0]).exists() {
            read_json(&path.join(RECORD))?
        } else {
            let number = (index + 1, examples.repos().len());
            let one = One { place, session: &session, config: &config, repo, index };
            let (record, back) = one.train(model, &path, number, observer)?;
            model = back;
            record
        };
        place.forget(repo)?;
        add(&mut sum, record);
        sealed.extend(files(&folder));
        repos.insert(repo.clone(), folder);
    }
    let mut record = sum.expect("because a release without examples is refused");
    record.dropped = examples.dropped();
    place.seal(&record, &sealed, repos)?;
    Ok(record)
}

/// The training of the adapter of one repository.
struct One<'a> {
    place: &'a Place<'a>,
    session: &'a Session<'a>,
    config: &'a Config,
    repo: &'a RepoId,
    index: usize,
}

impl One<'_> {
    /// Trains the adapter beside `model`, which is given back, and writes it into the folder `path`.
    fn train(
        &self,
        model: Qwen2,
        path: &Path,
        number: (usize, usize),
        observer: &mut dyn Observer,
    ) -> Result<(TrainingRecord, Qwen2)> {
        let Self { place, session, config, repo, index } = *self;
        let seed = place.options.seed.derive("repository").derive(repo.as_str());
        let validation = &place.options.settings.validation;
        let divided = Divided::of(place.release, repo, &session.examples.groups()[index], validation)?;
        let runs = session.examples.repos().len();
        let plan = session.plan_part(std::slice::from_ref(&divided.trained), (index, runs), seed)?;
        let held_out = match divided.held_out.as_slice() {
            [] => session.examples_of(&divided.tasks)?,
            held_out => session.read(held_out)?,
        };
        let objective = objective(place, model, config, seed)?;
        observer.event(&part(repo.as_str(), number, &plan));
        let state = place.state_of(repo);
        let outcome = session.run_held_out(&objective, &plan, &held_out, (&state, seed), observer)?;
        let record = TrainingRecord {
            repo: Some(repo.to_string()),
            distinct_examples: divided.trained.len() as u64,
            dropped: Dropped::default(),
            repositories: 1,
            ..place.record(objective.adapter().count(), session.examples, &outcome, divided.validated())
        };
        std::fs::create_dir_all(path).map_err(|source| Error::io("create", path, source))?;
        write_curve(&path.join(CURVE), &outcome)?;
        write_json(&path.join(RECORD), &record)?;
        export_peft(objective.adapter(), config, &place.base_name, path)?;
        Ok((record, objective.model))
    }
}

/// Adds the record of a repository to the sum.
fn add(sum: &mut Option<TrainingRecord>, one: TrainingRecord) {
    let Some(sum) = sum else {
        *sum = Some(TrainingRecord { repo: None, last_loss: None, best: None, ..one });
        return;
    };
    sum.parameters += one.parameters;
    sum.presented += one.presented;
    sum.distinct_examples += one.distinct_examples;
    sum.repositories += 1;
    sum.clipped_steps += one.clipped_steps;
    sum.validation_tasks += one.validation_tasks;
    sum.seconds += one.seconds;
    sum.peak_bytes = sum.peak_bytes.max(one.peak_bytes);
}

fn objective(place: &Place<'_>, model: Qwen2, config: &Config, seed: Seed) -> Result<LowRank> {
    let settings = &place.options.settings;
    let lora: &LoraSettings = settings.lora.as_ref().expect("because settings of adapters were checked");
    let adapter = lora.options().init(config, seed.derive("init"), place.options.device);
    Ok(LowRank::new(model, adapter)?
        .with_dropout(lora.dropout)
        .with_activations(settings.activations)
        .with_regularization(settings.regularization))
}

/// The event that a part begins.
pub(super) fn part(name: &str, (number, parts): (usize, usize), plan: &Plan) -> Event {
    Event::Part { name: name.to_owned(), number, parts, steps: plan.steps(), examples: plan.examples() }
}

/// Writes the steps of a run.
pub(super) fn write_curve(path: &Path, outcome: &Outcome) -> Result<()> {
    bench::table::write_table(path, &[], outcome.curve.iter().copied())?;
    Ok(())
}

fn files(folder: &str) -> Vec<String> {
    FILES.iter().map(|name| format!("{folder}/{name}")).collect()
}
