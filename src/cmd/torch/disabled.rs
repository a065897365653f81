//! Without libtorch.

use anyhow::{Result, bail};

use crate::cli::{AnswerArgs, LocalArgs, PretrainArgs, TrainArgs};
use crate::exit::Answer;
use crate::ui::Ui;

/// Refused.
pub(crate) fn pretrain(_args: &PretrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("pretrain")
}

/// Refused.
pub(crate) fn train(_args: &TrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("train")
}

/// Refused.
pub(crate) fn methods(_ui: &mut Ui) -> Result<Answer> {
    refuse("methods")
}

/// Refused.
pub(crate) fn predict(_method: &str, _args: &AnswerArgs, _local: &LocalArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("predict METHOD")
}

fn refuse(verb: &str) -> Result<Answer> {
    bail!(
        "this binary was built without libtorch, so `{verb}` is not in it; build it with `cargo build --release` (feature `torch`)"
    )
}
