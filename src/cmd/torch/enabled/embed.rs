//! `embed`: the vectors of a release's repositories.

use anyhow::{Result, bail};
use baselines::encoder::{Encoder, HASHED, Recipe};
use baselines::vectors::{EmbedEvent, EmbedObserver, EmbedSummary, embed, take};
use bench::Release;
use bench::hub::Published;
use indicatif::ProgressBar;

use super::encoder::{Named, release};
use crate::cli::EmbedArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the vectors that `args` describe.
pub(crate) fn run(args: &EmbedArgs, ui: &mut Ui) -> Result<Answer> {
    if args.out.extension().is_none_or(|suffix| suffix != "safetensors") {
        bail!("{} does not end in .safetensors, which is what is written", args.out.display());
    }
    if args.stored.is_some() && args.encoder.as_os_str() == HASHED {
        bail!("--stored takes vectors that a model made; name the folder of this model as --encoder");
    }
    let recipe = Recipe::new(args.kind, args.exclude_tests)?;
    let release = release(&args.release)?;
    let (encoder, engine) = encoder(args, &release, ui)?;
    if let Some(stored) = &args.stored {
        let taken = take(&release, &Published::open(stored)?, encoder.identity(), recipe, &args.out)?;
        match taken {
            None => ui.note(&format!("{} is up to date", args.out.display())),
            Some(vectors) => ui.data(&format!("{vectors}\t{}", args.out.display())),
        }
        return Ok(Answer::Done);
    }
    let repos = release.manifest().contents.repos.len();
    let mut progress = Progress { bar: ui.bar("embed", repos as u64, "repositories") };
    let made = embed(&release, encoder.as_ref(), recipe, &args.out, &engine, &mut progress)?;
    progress.bar.finish_and_clear();
    match made {
        None => ui.note(&format!("{} is up to date", args.out.display())),
        Some(made) => tell(&made, args, ui),
    }
    Ok(Answer::Done)
}

/// The encoder, and what its arithmetic depends on.
fn encoder(args: &EmbedArgs, source: &Release, ui: &Ui) -> Result<(Box<dyn Encoder>, String)> {
    let named = Named {
        encoder: &args.encoder,
        width: args.width.map(|width| width as usize),
        fit_on: args.fit_on.as_deref(),
        seed: args.seed,
        device: args.device.as_deref(),
        precision: args.precision.as_deref(),
        kind: args.kind,
    };
    if named.is_hashed() && (args.device.is_some() || args.precision.is_some()) {
        bail!("--device and --precision are for encoders with weights; `{HASHED}` has none");
    }
    if !named.is_hashed() && (args.width.is_some() || args.fit_on.is_some() || args.seed.is_some()) {
        bail!("--width, --fit-on and --seed are for the encoder `{HASHED}`; a model has its own width and weights");
    }
    named.open(Some(source), ui)
}

fn tell(made: &EmbedSummary, args: &EmbedArgs, ui: &Ui) {
    if made.resumed > 0 {
        ui.note(&format!("took up {} encoded texts of an interrupted run", made.resumed));
    }
    ui.note(&format!(
        "{} texts encoded, {} of them too short for a window; {} vectors are zero",
        made.texts, made.without_window, made.zeros
    ));
    ui.data(&format!("{}\t{}", made.vectors, args.out.display()));
}

/// Draws the run.
struct Progress {
    bar: ProgressBar,
}

impl EmbedObserver for Progress {
    fn event(&mut self, event: &EmbedEvent<'_>) {
        match event {
            EmbedEvent::Encoded { repo, texts, total, bytes_per_second } => {
                let speed = bytes_per_second / 1e6;
                self.bar.set_message(format!("{repo}: {texts}/{total} texts, {speed:.2} MB/s"));
            }
            EmbedEvent::Done { repositories } => self.bar.set_position(*repositories as u64),
            EmbedEvent::Started { .. } => {}
        }
    }
}
