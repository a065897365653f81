//! `stats`: what releases hold, beside what the paper says of its own.

use anyhow::{Context, Result};
use bench::Release;
use bench::stats::{self, TokenCounter};
use reports::statistics::Report;

use crate::cli::{Format, StatsArgs};
use crate::cmd::torch;
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Measures the releases of `args`, writes tables and figures into `args.out` and prints the tables.
pub(crate) fn run(args: &StatsArgs, ui: &mut Ui) -> Result<Answer> {
    let counter = args.tokenizer.as_deref().map(torch::token_counter).transpose()?;
    let open = |path: &std::path::PathBuf| {
        Release::open(path).with_context(|| format!("{} is no release that `build` wrote", path.display()))
    };
    let releases: Vec<Release> = args.releases.iter().map(open).collect::<Result<_>>()?;
    let bar = ui.bar("stats", stats::tasks(&releases), "tasks");
    let counter: Option<&dyn TokenCounter> = counter.as_deref();
    let statistics = stats::measure(&releases, counter, &|tasks| bar.inc(tasks));
    bar.finish_and_clear();
    let statistics = statistics?;
    let report = Report::of(&statistics);
    let written = report.write(&args.out)?;
    match args.format {
        Format::Human => ui.data(&printable(&report.text())),
        Format::Json => ui.data(report.json().trim_end()),
    }
    for path in written {
        ui.note(&format!("wrote {}", path.display()));
    }
    for release in releases.iter().filter(|_| args.card) {
        ui.note(&format!("wrote {}", release.write_statistics(&report.section())?.display()));
    }
    Ok(Answer::Done)
}
