//! `predict`: answers of a method of this program, of a served model, or of a plug-in.

mod assignment;
mod plugin;
mod progress;
mod served;

use anyhow::{Context, Result};

use crate::cli::PredictArgs;
use crate::exit::Answer;
use crate::ui::Ui;

pub(crate) use assignment::{Assignment, evaluated};

/// Answers the tasks that `args` names, with what it names.
pub(crate) fn run(args: &PredictArgs, ui: &mut Ui) -> Result<Answer> {
    if let Some(command) = &args.plugin.plugin {
        return plugin::run(command, args, ui);
    }
    if args.served.endpoint.is_some() || args.served.replay.is_some() {
        return served::run(args, ui);
    }
    let method = args.method.as_ref().context("no method is named; `repopeft methods` lists them")?;
    super::torch::predict(method, &args.answer, &args.local, ui)
}

/// Tokens of a completion at most: as asked for, or as the track of the release has it (S111).
fn max_new_tokens(args: &PredictArgs, assignment: &Assignment) -> u32 {
    let published = match assignment.release.manifest().contents.track {
        bench::Track::Static => bench::paper::MAX_NEW_TOKENS_STATIC,
        bench::Track::Evolution => bench::paper::MAX_NEW_TOKENS_EVOLUTION,
    };
    args.max_new_tokens.map_or(published, std::num::NonZeroU32::get)
}

/// The options that both kinds of run elsewhere share.
fn options(assignment: &Assignment) -> remote::RunOptions {
    remote::RunOptions { release: assignment.release.id().to_owned(), journal: Some(assignment.journal()) }
}
