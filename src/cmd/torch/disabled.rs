//! Without libtorch.

use anyhow::{Result, bail};

use crate::cli::{PredictArgs, PretrainArgs};
use crate::exit::Answer;
use crate::ui::Ui;

/// Refused.
pub(crate) fn pretrain(_args: &PretrainArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("pretrain")
}

/// Refused.
pub(crate) fn methods(_ui: &mut Ui) -> Result<Answer> {
    refuse("methods")
}

/// Refused.
pub(crate) fn predict(_args: &PredictArgs, _ui: &mut Ui) -> Result<Answer> {
    refuse("predict")
}

fn refuse(verb: &str) -> Result<Answer> {
    bail!(
        "this binary was built without libtorch, so `{verb}` is not in it; build it with `cargo build --release` (feature `torch`)"
    )
}
