//! Without libtorch.

use anyhow::{Result, bail};

use crate::cli::{AnswerArgs, LocalArgs, MethodsArgs, PretrainArgs};
use crate::exit::Answer;
use crate::ui::Ui;

/// Refused.
pub(crate) fn pretrain(_args: &PretrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("pretrain")
}

/// Refused.
pub(crate) fn methods(_args: &MethodsArgs, _ui: &mut Ui) -> Result<Answer> {
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
