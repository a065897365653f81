//! `adapt`: from one repository to the adapter that a network makes of it.

mod clock;
mod history;

use anyhow::{Result, bail};
use baselines::adapt::Trained;
use baselines::adapter::{export_peft, is_replaceable};
use baselines::device::{self, Selected};
use baselines::encoder::{Encoder, HASHED, Recipe};
use baselines::hypernetwork::{Checkpoint, Network};
use baselines::model::Config;
use baselines::vectors::{SingleVectors, Vector};
use bench::{CommitId, Track, VectorKind};
use miner::{Live, Options};

use super::encoder::Named;
use super::{folder_name, select};
use crate::cli::{AdaptArgs, EncoderArgs};
use crate::exit::Answer;
use crate::settings;
use crate::ui::{Ui, printable};
use clock::{Clock, Phase};

/// What is adapted to, and with what.
struct Subject<'a> {
    args: &'a AdaptArgs,
    trained: &'a Trained,
    encoder: &'a dyn Encoder,
    live: &'a Live,
    head: &'a CommitId,
    device: &'a Selected,
}

/// Writes the adapter that `args` describe.
pub(crate) fn run(args: &AdaptArgs, ui: &mut Ui) -> Result<Answer> {
    if !is_replaceable(&args.out) {
        bail!("{} holds something else than an adapter; remove it or choose another --out", args.out.display());
    }
    let device = select(&args.device, ui)?;
    let mut clock = Clock::default();
    let options = Options { profile: args.profile, ..Options::new(settings::cache_folder(None)) };
    let live = Live::open(&args.repo, options, args.partition)?;
    let head = live.resolve(args.rev.as_deref())?;
    let open = || Trained::open(&args.checkpoint, &args.method, &args.model, device.device);
    let trained = clock.time(Phase::Opening, open)?;
    let (kind, width) = (trained.kind(), trained.width());
    let encoder =
        clock.time(Phase::Opening, || encoder(&args.encoder, &trained.checkpoint, (kind, width), &args.device, ui))?;
    trained.check_encoder(encoder.identity())?;
    let subject =
        Subject { args, trained: &trained, encoder: encoder.as_ref(), live: &live, head: &head, device: &device };
    let network = &trained.checkpoint.network;
    let (context, commits) = match network {
        Network::OfVector(_) => (subject.vector(&mut clock)?.to_device(device.device), None),
        Network::OfHistory(of) => {
            let (context, walked) = history::context(&subject, of, &mut clock, ui)?;
            (context, Some(walked))
        }
    };
    let made = || {
        let made = network.adapter(&context);
        device::synchronize(device.device);
        made
    };
    let adapter = clock.time(Phase::Head, made)?;
    if args.measure {
        clock.measure(Phase::Head, || drop(made()));
    }
    let config = Config::read(&args.model)?;
    clock.time(Phase::Writing, || export_peft(&adapter, &config, &folder_name(&args.model), &args.out))?;
    let identity = encoder.identity();
    let tell = |name: &str, value: String| ui.data(&format!("{name:24}{value}"));
    tell("method", args.method.clone());
    tell("commit", head.to_string());
    if let Some(walked) = &commits {
        tell("kept commits", format!("{}, {} of them new", walked.kept, walked.new));
    }
    let name = printable(&identity.name);
    tell("encoder", format!("{name}, {} ({:.16})", identity.precision, identity.fingerprint));
    tell("parameters", trained.checkpoint.architecture.count().to_string());
    tell("numbers of the adapter", adapter.count().to_string());
    clock.tell(commits.map_or(0, |walked| walked.new), ui);
    ui.data(&args.out.display().to_string());
    Ok(Answer::Done)
}

/// The encoder that `args` name for a network that reads vectors of this kind and width.
pub(super) fn encoder(
    args: &EncoderArgs,
    checkpoint: &Checkpoint,
    (kind, width): (VectorKind, usize),
    device: &str,
    ui: &Ui,
) -> Result<Box<dyn Encoder>> {
    let known = checkpoint.reads.encoder.as_ref().filter(|known| known.name != HASHED);
    let named = Named {
        encoder: &args.encoder,
        width: Some(width),
        fit_on: args.fit_on.as_deref(),
        seed: args.encoder_seed,
        device: Some(device),
        precision: args.encoder_precision.as_deref().or(known.map(|known| known.precision.as_str())),
        kind,
    };
    if named.is_hashed() && args.encoder_precision.is_some() {
        bail!("--encoder-precision is for encoders with weights; `{HASHED}` has none");
    }
    if !named.is_hashed() && (args.fit_on.is_some() || args.encoder_seed.is_some()) {
        bail!("--fit-on and --encoder-seed are for the encoder `{HASHED}`; a model has its own weights");
    }
    Ok(named.open(None, ui)?.0)
}

impl Subject<'_> {
    /// The recipe of the vectors of trees.
    fn recipe(&self) -> Result<Recipe> {
        let reads = &self.trained.checkpoint.reads;
        Ok(Recipe::new(reads.kind, reads.exclude_tests && reads.kind == VectorKind::RepoStateG2)?)
    }

    /// The vector of the repository, for networks that read one.
    fn vector(&self, clock: &mut Clock) -> Result<Vector> {
        if self.args.state.is_some() {
            bail!("{} reads one commit and keeps no state; leave --state out", self.args.method);
        }
        let recipe = self.recipe()?;
        let track = self.args.track.unwrap_or(match recipe.kind() {
            VectorKind::StaticG1 => Track::Static,
            VectorKind::RepoStateG2 | VectorKind::DiffG2 => Track::Evolution,
        });
        let view = clock.time(Phase::Reading, || match track {
            Track::Static => self.live.snapshot(self.head),
            Track::Evolution => self.live.tree(self.head),
        })?;
        Ok(clock.time(Phase::Encoder, || SingleVectors::new(self.encoder, recipe).tree(view))?)
    }
}
