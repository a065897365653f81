//! `convert`: an artifact of a checkpoint that the authors released.

use anyhow::Result;
use baselines::fit::ReleasedCheckpoint;

use super::adapt::encoder;
use super::select;
use crate::cli::ConvertArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Writes the artifact that `args` describe.
pub(crate) fn run(args: &ConvertArgs, ui: &mut Ui) -> Result<Answer> {
    // Nothing but the identity of the encoder is needed.
    select("cpu", ui)?;
    let released = ReleasedCheckpoint::open(&args.released, &args.model)?;
    let checkpoint = released.checkpoint();
    let width = usize::try_from(checkpoint.network.context_width())?;
    let encoder = encoder(&args.encoder, checkpoint, (checkpoint.reads.kind, width), "cpu", ui)?;
    let manifest = released.write(&args.model, encoder.identity(), &args.out)?;
    let name = baselines::registry::METHODS.iter().find(|entry| entry.id == manifest.method);
    let name = name.map_or_else(|| manifest.method.clone(), |entry| entry.name(manifest.profile));
    ui.note(&format!(
        "{} parameters; `predict {name} --artifact {}` answers with them",
        manifest.parameters,
        args.out.display()
    ));
    ui.data(&args.out.display().to_string());
    Ok(Answer::Done)
}
