//! `pretrain`: a tokenizer and a small base model from the training repositories of a release.

use anyhow::{Context, Result};
use baselines::pretrain::{self, PretrainOptions, Recipe};
use baselines::train::{Event, Observer};
use bench::{Release, Seed};
use indicatif::ProgressBar;

use super::select;
use crate::cli::PretrainArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Steps between checkpoints: a killed run loses at most these.
const CHECKPOINT_EVERY: u64 = 25;

/// Makes the model of `args.release` in `args.out`.
pub(crate) fn run(args: &PretrainArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let recipe = Recipe::read(args.config.as_deref(), Seed(args.seed))?;
    let device = select(&args.device, ui)?;
    let documents = baselines::documents(&release)?;
    let mut progress = Progress { bar: ui.bar("pretrain", recipe.steps, "steps"), ui };
    let options = PretrainOptions { recipe, device: device.device, checkpoint_every: CHECKPOINT_EVERY };
    let made = pretrain::pretrain(&documents, &args.out, &options, &mut progress)?;
    progress.bar.finish_and_clear();
    ui.note(&format!(
        "{} parameters, {} tokens read of {} files, last loss {:.3}",
        made.parameters, made.trained_tokens, made.documents, made.last_loss
    ));
    ui.data(&args.out.display().to_string());
    Ok(Answer::Done)
}

/// Draws the run.
struct Progress<'a> {
    bar: ProgressBar,
    ui: &'a Ui,
}

impl Observer for Progress<'_> {
    fn event(&mut self, event: &Event) {
        match event {
            Event::Prepared { documents, tokens, vocabulary, parameters } => self.ui.note(&format!(
                "{documents} documents, {tokens} tokens, vocabulary of {vocabulary}, {parameters} parameters"
            )),
            Event::Resumed { step } => {
                self.ui.note(&format!("taking up an interrupted run at step {step}"));
                self.bar.set_position(*step);
                self.bar.reset_eta();
            }
            Event::Step(step) => {
                self.bar.set_position(step.step);
                self.bar.set_message(format!("loss {:.3}, {:.0} tokens/s", step.loss, step.tokens_per_second));
            }
            _ => {}
        }
    }
}
