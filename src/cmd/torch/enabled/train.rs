//! `train`: an artifact of a method from the training tasks of a release.

use anyhow::{Context, Result};
use baselines::fit::{self, FitOptions, Kind, Outlook, TrainingSettings};
use baselines::model::Precision;
use baselines::train::{Event, Observer};
use bench::{AdapterSpread, Release, Seed};
use indicatif::ProgressBar;

use super::select;
use crate::cli::TrainArgs;
use crate::exit::Answer;
use crate::ui::{Ui, duration};

/// Trains `args.method`, or says what that would take.
pub(crate) fn run(args: &TrainArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let recipe = fit::recipe(&args.method, args.profile)?;
    let mut settings = TrainingSettings::read(recipe.settings, args.profile, args.config.as_deref())?;
    if let Some(budget) = &args.budget {
        settings.budget = budget.parse()?;
    }
    if settings.network.is_none() && !args.vectors.is_empty() {
        anyhow::bail!("{} reads no vectors; leave --vectors out", args.method);
    }
    if args.share_budget && settings.kind != Kind::LoraPerRepository {
        anyhow::bail!(
            "{} makes no adapter a repository that could share a budget; leave --share-budget out",
            args.method
        );
    }
    settings.share_budget |= args.share_budget;
    let device = select(&args.device, ui)?;
    let options = FitOptions {
        recipe,
        profile: args.profile,
        settings,
        seed: Seed(args.seed),
        device: device.device,
        device_name: device.name(),
        threads: rayon::current_num_threads(),
        precision: Precision::choose(args.precision.parse()?, device.device),
        vectors: args.vectors.clone(),
        checkpoint_every: args.checkpoint_every,
    };
    if args.dry_run {
        let outlook = fit::outlook(&release, &args.model, &options, &std::env::temp_dir())?;
        report(&outlook, &options, ui);
        return Ok(Answer::Done);
    }
    let mut progress = Progress { bar: ui.bar(&args.method, 0, "steps"), ui, validation: String::new() };
    let (record, is_new) = fit::fit(&release, &args.model, &args.out, &options, &mut progress)?;
    progress.bar.finish_and_clear();
    if is_new {
        let presented = record.presented;
        ui.note(&format!(
            "{} parameters trained in {} steps on {} examples, {} supervised tokens of {} read, in {}",
            record.parameters,
            presented.steps,
            presented.examples,
            presented.supervised_tokens,
            presented.tokens,
            duration(std::time::Duration::from_secs_f64(record.seconds)),
        ));
    } else {
        ui.note(&format!("{} is up to date", args.out.display()));
    }
    ui.data(&args.out.display().to_string());
    Ok(Answer::Done)
}

/// Prints an outlook, a value a line.
fn report(outlook: &Outlook, options: &FitOptions, ui: &Ui) {
    let estimate = &outlook.estimate;
    let gib = |bytes: u64| format!("{:.2} GiB", bytes as f64 / f64::from(1 << 30));
    let lines = [
        ("method", options.recipe.id.to_owned()),
        ("profile", options.profile.to_string()),
        ("base parameters", estimate.base_parameters.to_string()),
        ("trained parameters", estimate.parameters.to_string()),
        ("runs", outlook.runs.to_string()),
        ("distinct examples", outlook.examples.to_string()),
        ("examples presented", outlook.presented.examples.to_string()),
        ("steps", outlook.presented.steps.to_string()),
        ("supervised tokens", outlook.presented.supervised_tokens.to_string()),
        ("tokens read", outlook.presented.tokens.to_string()),
        ("largest batch, tokens", outlook.batch_tokens.to_string()),
        ("memory: weights", gib(estimate.weights)),
        ("memory: gradients", gib(estimate.gradients)),
        ("memory: optimizer", gib(estimate.optimizer)),
        ("memory: activations", gib(estimate.activations)),
        ("memory: logits", gib(estimate.logits)),
        ("memory: peak of tensors", gib(estimate.peak())),
        ("time at least", duration(std::time::Duration::from_secs_f64(outlook.seconds.min(1e12)))),
    ];
    for (name, value) in lines {
        ui.data(&format!("{name:24}{value}"));
    }
}

/// Draws the run.
struct Progress<'a> {
    bar: ProgressBar,
    ui: &'a Ui,
    validation: String,
}

impl Observer for Progress<'_> {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Prepared { documents, tokens, parameters, .. } => {
                self.ui.note(&format!("{documents} examples, {tokens} tokens; {parameters} parameters in the model"));
            }
            Event::Part { name, number, parts, steps, examples } => {
                self.ui.note(&format!("[{number}/{parts}] {name}: {steps} steps, {examples} examples presented"));
                self.bar.set_length(*steps);
                self.bar.set_position(0);
                self.bar.reset_eta();
                self.validation.clear();
            }
            Event::Resumed { step } => {
                self.ui.note(&format!("taking up an interrupted run at step {step}"));
                self.bar.set_position(*step);
                self.bar.reset_eta();
            }
            Event::Validated { step, loss, best } => {
                let mark = if *best { ", the lowest so far" } else { "" };
                self.ui.note(&format!("validation loss {loss:.4} after step {step}{mark}"));
                self.validation = format!(", validation {loss:.3}");
            }
            Event::Spread { step, spread: AdapterSpread { cosine, residual } } => {
                self.ui.note(&format!(
                    "adapters after step {step}: cosine of two repositories {cosine:.4}, distance from their mean {residual:.3}"
                ));
            }
            Event::Calibrated { share, loss } => {
                let percent = 100.0 * share;
                self.ui.note(&format!("validation loss {loss:.4} with {percent:.0} % of what the repository adds"));
            }
            Event::Step(step) => {
                self.bar.set_position(step.step);
                let rate = step.read_per_second;
                self.bar.set_message(format!("loss {:.3}{}, {rate:.0} tokens/s", step.loss, self.validation));
            }
            _ => {}
        }
    }
}
