//! `pretrain`: a tokenizer and a small base model from the training repositories of a release.

use std::path::Path;

use anyhow::{Context, Result};
use baselines::pretrain::{self, PretrainOptions, Recipe};
use baselines::train::{Event, Observer};
use bench::{Release, Seed};
use indicatif::ProgressBar;

use super::select;
use crate::cli::{Global, PretrainArgs};
use crate::exit::Answer;
use crate::ui::Ui;

/// Steps between checkpoints: a killed run loses at most these.
const CHECKPOINT_EVERY: u64 = 25;

/// Makes the model of `args.release` in `args.out`.
pub(crate) fn run(args: &PretrainArgs, global: &Global, ui: &mut Ui) -> Result<Answer> {
    let release =
        Release::open(&args.release).with_context(|| format!("cannot open the release {}", args.release.display()))?;
    let recipe = Recipe { seed: Seed(global.seed), ..recipe(args.config.as_deref())? };
    let device = select(global, ui)?;
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

/// The recipe: the embedded one with the TOML file `overrides`, if any, laid over it key by key.
fn recipe(overrides: Option<&Path>) -> Result<Recipe> {
    let mut table = toml::Table::try_from(Recipe::quickstart()).context("the embedded recipe has a TOML form")?;
    if let Some(path) = overrides {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let over: toml::Table = text.parse().with_context(|| format!("{} is no TOML", path.display()))?;
        table.extend(over);
        return table.try_into().with_context(|| format!("{} is no recipe", path.display()));
    }
    Ok(table.try_into()?)
}
