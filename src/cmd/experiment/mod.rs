//! `experiment`: methods trained alike, answered, scored and reported, in one command.

mod needs;
mod place;
mod plan;
mod results;

use anyhow::Result;

use crate::cli::ExperimentArgs;
use crate::cmd::steps::Steps;
use crate::exit::Answer;
use crate::ui::Ui;

pub(crate) use needs::Needs;
#[cfg(feature = "torch")]
pub(crate) use needs::{Training, Vectors};
pub(crate) use place::Place;
pub(crate) use plan::Plan;

/// Runs the experiment that `args` describe.
pub(crate) fn run(args: &ExperimentArgs, ui: &mut Ui) -> Result<Answer> {
    let plan = Plan::new(args)?;
    let mut steps = Steps::new(plan.len(), ui);
    finish(&plan, &mut steps)
}

/// Takes the steps of `plan`, as the last ones of `steps`, and says what to open.
pub(crate) fn finish(plan: &Plan, steps: &mut Steps<'_>) -> Result<Answer> {
    plan.run(steps)?;
    let table = plan.place().results();
    results::write(&plan.scores(), &table)?;
    steps.end();
    let page = plan.place().report().join("index.html");
    let page = page.canonicalize().unwrap_or(page);
    steps.ui.data(&format!("{}\nopen {}", table.display(), page.display()));
    Ok(Answer::Done)
}
