//! `embed`: the vectors of a release's repositories.

use std::path::Path;

use anyhow::{Context, Result, bail};
use baselines::encoder::{Encoder, HASHED, HashedEncoder, ModelEncoder, Recipe, Weighting};
use baselines::model::{Precision, PrecisionChoice};
use baselines::vectors::{EmbedEvent, EmbedObserver, EmbedSummary, embed};
use bench::{Release, Seed, VectorKind};
use indicatif::ProgressBar;

use super::select;
use crate::cli::EmbedArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the vectors that `args` describe.
pub(crate) fn run(args: &EmbedArgs, ui: &mut Ui) -> Result<Answer> {
    if args.out.extension().is_none_or(|suffix| suffix != "safetensors") {
        bail!("{} does not end in .safetensors, which is what is written", args.out.display());
    }
    let recipe = Recipe::new(args.kind, args.exclude_tests)?;
    let release = open(&args.release)?;
    let (encoder, engine) = encoder(args, &release, ui)?;
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

fn open(path: &Path) -> Result<Release> {
    Release::open(path).with_context(|| format!("{} is no release that `build` wrote", path.display()))
}

/// The encoder, and what its arithmetic depends on.
fn encoder(args: &EmbedArgs, release: &Release, ui: &Ui) -> Result<(Box<dyn Encoder>, String)> {
    if args.encoder == Path::new(HASHED) {
        if args.device.is_some() || args.precision.is_some() {
            bail!("--device and --precision are for encoders with weights; `{HASHED}` has none");
        }
        let other = args.fit_on.as_deref().map(open).transpose()?;
        let width = args.width.map_or(bench::paper::VECTOR_WIDTH, |width| width as usize) / 2;
        let (source, seed) = (other.as_ref().unwrap_or(release), Seed(args.seed.unwrap_or(0)));
        let encoder = HashedEncoder::fit_on(source, width, Weighting::Spread, seed)?;
        // The same on every device, at any number of threads.
        return Ok((Box::new(encoder), String::new()));
    }
    if args.width.is_some() || args.fit_on.is_some() || args.seed.is_some() {
        bail!("--width, --fit-on and --seed are for the encoder `{HASHED}`; a model has its own width and weights");
    }
    let device = select(args.device.as_deref().unwrap_or("auto"), ui)?;
    let precision = precision(args)?;
    let encoder = ModelEncoder::open(&args.encoder, device.device, precision)?;
    let engine = format!("{}, {} threads", device.name(), rayon::current_num_threads());
    Ok((Box::new(encoder), engine))
}

/// The precision that was asked for, or that of the published vectors of the kind (M16, M20, M23).
fn precision(args: &EmbedArgs) -> Result<Precision> {
    let choice = match &args.precision {
        Some(word) => word.parse()?,
        None if args.kind == VectorKind::StaticG1 => PrecisionChoice::Bf16,
        None => PrecisionChoice::F32,
    };
    match choice {
        PrecisionChoice::F32 => Ok(Precision::F32),
        PrecisionChoice::Bf16 => Ok(Precision::BF16),
        PrecisionChoice::Auto => {
            bail!("--precision auto would make other vectors on another machine; write f32 or bf16")
        }
    }
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
