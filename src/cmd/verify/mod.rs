//! `verify`: whether a release is whole (R150).

mod again;
mod show;

use anyhow::{Context, Result};
use bench::Release;
use bench::verify::{self, Findings};

use crate::cli::{Format, VerifyArgs};
use crate::exit::Answer;
use crate::ui::Ui;

/// What a release was held against beside itself.
#[derive(Debug, serde::Serialize)]
struct Compared {
    /// `mining` or `clones`.
    with: &'static str,
    /// Repositories that were compared.
    repositories: u64,
    /// Repositories of the release.
    of: u64,
    /// Whether the release was also split and sealed again, which needs all of its repositories.
    rebuilt: bool,
}

/// A repository that could not be compared.
#[derive(Debug, serde::Serialize)]
struct Unread {
    repo: String,
    reason: String,
}

/// Everything that one run found out.
struct Outcome {
    findings: Findings,
    compared: Option<Compared>,
    unread: Vec<Unread>,
}

/// Checks the release of `args`: [`Answer::No`] if something is wrong, [`Answer::Invalid`] if a repository that should be
/// compared cannot be read.
pub(crate) fn run(args: &VerifyArgs, ui: &mut Ui) -> Result<Answer> {
    let release = verify::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let bar = ui.bar("verify", verify::steps(&release), "steps");
    let findings = verify::verify(&release, &miner::blob_id, &|steps| bar.inc(steps));
    bar.finish_and_clear();
    let mut outcome = Outcome { findings: findings?, compared: None, unread: Vec::new() };
    again::compare(args, &release, &mut outcome, ui)?;
    match args.format {
        Format::Human => show::lines(&release, &outcome, ui),
        Format::Json => show::json(&release, &outcome, ui)?,
    }
    Ok(answer(&outcome))
}

fn answer(outcome: &Outcome) -> Answer {
    if !outcome.unread.is_empty() {
        Answer::Invalid
    } else if outcome.findings.is_empty() {
        Answer::Done
    } else {
        Answer::No
    }
}

/// The repositories of `release`.
fn repositories(release: &Release) -> u64 {
    release.manifest().contents.repos.len() as u64
}
