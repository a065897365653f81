//! The training of a network that makes adapters.

use std::collections::BTreeMap;

use bench::Release;

use super::artifact::Artifact;
use super::calibration::calibrate;
use super::conditions::{Presentation, Reading};
use super::lora::write_curve;
use super::record::TrainingRecord;
use super::run::{CURVE, FitOptions, Place};
use crate::conditioning::ContextFiles;
use crate::error::Result;
use crate::examples::Examples;
use crate::hypernetwork::Checkpoint;
use crate::language_model::LanguageModel;
use crate::train::{Event, Generated, Observer};

/// Refuses vectors that the network does not read, before anything is written.
pub(super) fn check(release: &Release, options: &FitOptions) -> Result<()> {
    Reading::new(ContextFiles::open(release, &options.vectors)?, &options.settings, options.seed).map(|_| ())
}

/// One network for all repositories.
pub(super) fn network(
    place: &Place<'_>,
    model: LanguageModel,
    examples: &Examples,
    observer: &mut dyn Observer,
) -> Result<TrainingRecord> {
    let (options, settings) = (place.options, &place.options.settings);
    let own = settings.network.as_ref().expect("because settings of networks were checked");
    let files = ContextFiles::open(place.release, &options.vectors)?;
    let reading = Reading::new(files, settings, options.seed)?;
    let config = model.config().clone();
    let (model, tokenizer, _) = model.into_parts();
    let mut architecture = own.architecture(&config, reading.width());
    let statistics = architecture.read_against(|| reading.training())?;
    let mut parameters = architecture.init(options.seed.derive("init"), options.device);
    for (name, tensor) in statistics.into_tensors() {
        parameters.insert(name, tensor.to_device(options.device));
    }
    let network = architecture.build(place.out, parameters)?;
    let objective = Generated::new(model, network)
        .with_activations(settings.activations)
        .with_regularization(settings.regularization)
        .with_penalty(own.penalty)
        .with_watched(reading.watched()?)
        .with_dropout(own.dropout);
    let plan = Presentation::draw(settings, examples, reading.files(), options.seed)?;
    let tasks = place.validation()?;
    let held_out = reading.held_out(&tasks, Examples::of_tasks(&tasks, &settings.data, &tokenizer)?)?;
    observer.event(&Event::Part {
        name: "all repositories".to_owned(),
        number: 1,
        parts: 1,
        steps: plan.steps(),
        examples: plan.examples(),
    });
    let session = place.session(examples, &tokenizer);
    let batches = |step| reading.step(&plan, examples, step);
    let run = (plan.steps(), &batches as &dyn Fn(u64) -> Result<_>, &held_out[..]);
    let outcome = session.run_on(&objective, run, (&place.state(), options.seed), observer)?;
    let calibration = if own.calibrated() { calibrate(&objective, &held_out, observer)? } else { None };
    let record = place.record(architecture.count(), examples, &outcome, tasks.len());
    let record = TrainingRecord { calibration, ..record };
    write_curve(&place.out.join(CURVE), &outcome)?;
    let checkpoint = Checkpoint { architecture, reads: reading.reads(), network: objective.into_network() };
    checkpoint.save(&place.out.join(Artifact::NETWORK))?;
    place.seal(&record, &[Artifact::NETWORK.to_owned()], BTreeMap::new())?;
    Ok(record)
}
