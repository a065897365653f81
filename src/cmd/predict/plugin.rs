//! With a plug-in.

use std::time::Duration;

use anyhow::Result;
use bench::{CommitId, RepoId};
use remote::plugin::{self, Plugin, PluginOptions};

use super::progress::Progress;
use super::{Assignment, max_new_tokens, options};
use crate::cli::PredictArgs;
use crate::exit::Answer;
use crate::ui::Ui;

/// Seconds that a plug-in may take for an answer; it may load a model before the first one.
const TIMEOUT: u32 = 600;

/// Answers with the plug-in that `command` starts.
pub(super) fn run(command: &str, args: &PredictArgs, ui: &mut Ui) -> Result<Answer> {
    let assignment = Assignment::open(&args.answer)?;
    let started = PluginOptions {
        command: command.to_owned(),
        timeout: Duration::from_secs(args.timeout.unwrap_or(TIMEOUT).into()),
        release: assignment.release.id().to_owned(),
        splits: assignment.splits.clone(),
        max_new_tokens: max_new_tokens(args, &assignment),
    };
    let mut progress = Progress::new("plugin", assignment.tasks.len(), None, ui);
    let plugin = Plugin::start(&started, &mut progress)?;
    let header = assignment.header(plugin.card());
    if assignment.is_done(&header, ui)? {
        return Ok(Answer::Done);
    }
    let mut views = |repo: &RepoId, commit: &CommitId| Ok(assignment.release.view(repo, commit)?);
    let (rows, _) = plugin::run(plugin, &assignment.tasks, &mut views, &options(&assignment), &mut progress)?;
    progress.finish();
    assignment.finish(header, rows, progress.resumed, ui)?;
    Ok(Answer::Done)
}
