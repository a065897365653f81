//! Without libtorch.

use std::path::Path;

use anyhow::{Result, bail};
use bench::stats::TokenCounter;

use crate::cli::{
    AdaptArgs, AnswerArgs, AuditArgs, ConvertArgs, EmbedArgs, ExperimentArgs, InspectArgs, Inspected, LocalArgs,
    MethodsArgs, PretrainArgs, TrainArgs,
};
use crate::cmd::experiment::Needs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Refused.
pub(crate) fn pretrain(_args: &PretrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("pretrain")
}

/// Refused.
pub(crate) fn adapt(_args: &AdaptArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("adapt")
}

/// Refused.
pub(crate) fn convert(_args: &ConvertArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("convert")
}

/// Refused.
pub(crate) fn audit(_args: &AuditArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("audit")
}

/// Refused.
pub(crate) fn embed(_args: &EmbedArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("embed")
}

/// Refused.
pub(crate) fn inspect(args: &InspectArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse(match args.what {
        Inspected::Model(_) => "inspect model",
        Inspected::Vectors { .. } => "inspect vectors",
    })
}

/// Refused.
pub(crate) fn train(_args: &TrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("train")
}

/// Refused.
pub(crate) fn methods(_args: &MethodsArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("methods")
}

/// Refused.
pub(crate) fn needs(_method: &str, _args: &ExperimentArgs) -> Result<Needs> {
    refuse("predict METHOD")
}

/// Refused.
pub(crate) fn check_model(_folder: &Path) -> Result<()> {
    refuse("predict METHOD")
}

/// Refused.
pub(crate) fn predict(_method: &str, _args: &AnswerArgs, _local: &LocalArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("predict METHOD")
}

/// Refused.
pub(crate) fn token_counter(_folder: &Path) -> Result<Box<dyn TokenCounter>> {
    refuse("stats --tokenizer")
}

fn refuse<T>(verb: &str) -> Result<T> {
    bail!(
        "this binary was built without libtorch, so `{verb}` is not in it; build it with `cargo build --release` (feature `torch`)"
    )
}
