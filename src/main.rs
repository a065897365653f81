//! `repopeft`: regenerates RepoPeftBench, runs its methods, scores predictions and writes leaderboards.
//!
//! This file parses, dispatches and maps errors to exit codes; [`cli`] is the command line, [`settings`] resolves it,
//! [`cmd`] holds a file a verb.

mod cli;
mod cmd;
mod discover;
mod exit;
mod settings;
mod ui;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Verb};
use crate::exit::Answer;
use crate::ui::Ui;

/// Syntax trees and rows of tables are many small values: the system's allocator takes a fifth of the time of `mine`.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = settings::prepare(&cli) {
        return exit::report(&error);
    }
    let mut ui = Ui::new(cli.global.quiet);
    match run(cli, &mut ui) {
        Ok(answer) => answer.into(),
        Err(error) => exit::report(&error),
    }
}

/// Runs one verb.
fn run(cli: Cli, ui: &mut Ui) -> anyhow::Result<Answer> {
    match cli.verb {
        Verb::Probe(args) => cmd::probe::run(&args, ui),
        Verb::Discover(args) => cmd::discover::run(&args, ui),
        Verb::Fetch(args) => cmd::fetch::run(&args, ui),
        Verb::Lock(args) => cmd::lock::run(&args, ui),
        Verb::Mine(args) => cmd::mine::run(&args, ui),
        Verb::Build(args) => cmd::build::run(&args, ui),
        Verb::Leaks(args) => cmd::leaks::run(&args, ui),
        Verb::Export(args) => cmd::export::run(&args, ui),
        Verb::Import(args) => cmd::import::run(&args, ui),
        Verb::Verify(args) => cmd::verify::run(&args, ui),
        Verb::Stats(args) => cmd::stats::run(&args, ui),
        Verb::Diff(args) => cmd::diff::run(&args, ui),
        Verb::Pretrain(args) => cmd::torch::pretrain(&args, ui),
        Verb::Train(args) => cmd::torch::train(&args, ui),
        Verb::Adapt(args) => cmd::torch::adapt(&args, ui),
        Verb::Convert(args) => cmd::torch::convert(&args, ui),
        Verb::Embed(args) => cmd::torch::embed(&args, ui),
        Verb::Inspect(args) => cmd::torch::inspect(&args, ui),
        Verb::Methods(args) => cmd::torch::methods(&args, ui),
        Verb::Predict(args) => cmd::predict::run(&args, ui),
        Verb::Audit(args) => cmd::torch::audit(&args, ui),
        Verb::Check(args) => cmd::check::run(&args, ui),
        Verb::Score(args) => cmd::score::run(&args, ui),
        Verb::Compare(args) => cmd::compare::run(&args, ui),
        Verb::Explain(args) => cmd::explain::run(&args, ui),
        Verb::Selftest(args) => cmd::selftest::run(&args, ui),
        Verb::Report(args) => cmd::report::run(&args, ui),
        Verb::Experiment(args) => cmd::experiment::run(&args, ui),
        Verb::Quickstart(args) => cmd::quickstart::run(&args, ui),
    }
}
