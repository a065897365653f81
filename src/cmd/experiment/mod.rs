//! `experiment`: methods trained alike, answered, scored and reported, in one command.

mod needs;
mod place;
mod plan;
mod results;

use anyhow::Result;

use crate::cli::{ExperimentArgs, ReportArgs};
use crate::cmd;
use crate::cmd::steps::Steps;
use crate::exit::Answer;
use crate::ui::Ui;

pub(crate) use needs::Needs;
#[cfg(feature = "torch")]
pub(crate) use needs::{Training, Vectors};
pub(crate) use place::Place;
pub(crate) use plan::Plan;

/// Steps after those of a plan: the report.
pub(crate) const AFTER: usize = 1;

/// Runs the experiment that `args` describe.
pub(crate) fn run(args: &ExperimentArgs, ui: &mut Ui) -> Result<Answer> {
    let plan = Plan::new(args)?;
    let mut steps = Steps::new(plan.len() + AFTER, ui);
    finish(&[plan], &Place::new(&args.out), &mut steps)
}

/// Takes the steps of `plans`, as the last ones of `steps`, writes their board into `place`, and says what to open.
pub(crate) fn finish(plans: &[Plan], place: &Place, steps: &mut Steps<'_>) -> Result<Answer> {
    let mut opened = Vec::new();
    let mut report: Option<ReportArgs> = None;
    for plan in plans {
        plan.run(steps)?;
        let table = plan.place().results();
        results::write(&plan.scores(), &table)?;
        opened.push(table.display().to_string());
        let next = plan.report(place.report());
        report = Some(match report {
            None => next,
            Some(report) => ReportArgs {
                release: [report.release, next.release].concat(),
                scores: [report.scores, next.scores].concat(),
                training: [report.training, next.training].concat(),
                ..report
            },
        });
    }
    if let Some(report) = report {
        steps.begin("report: the leaderboard");
        cmd::report::run(&report, steps.ui)?;
        let page = report.out.join("index.html");
        opened.push(format!("open {}", page.canonicalize().unwrap_or(page).display()));
    }
    steps.end();
    steps.ui.data(&opened.join("\n"));
    Ok(Answer::Done)
}
