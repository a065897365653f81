//! With a served model, or a recording of one.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use bench::Seed;
use bench::file::write_json;
use remote::served::{
    self, Api, Client, ClientOptions, Endpoint, ModelOptions, Recording, ServedModel, ServedSettings, Source,
};
use remote::{Limits, Prices, Spent};
use serde::Serialize;

use super::progress::Progress;
use super::{Assignment, max_new_tokens, options};
use crate::cli::{Interface, PredictArgs, ServedArgs};
use crate::exit::Answer;
use crate::settings;
use crate::ui::Ui;

/// Seconds that a server may take for an answer.
const TIMEOUT: u32 = 120;
/// Time to wait after a first failure.
const FIRST_WAIT: Duration = Duration::from_secs(1);

/// What a run took: the file beside the predictions.
#[derive(Serialize)]
struct Usage {
    spent: Spent,
    prices_per_million_tokens: Option<Prices>,
    /// What requests with token counts cost.
    cost: Option<f64>,
}

/// Answers with the served model that `args` names.
pub(super) fn run(args: &PredictArgs, ui: &mut Ui) -> Result<Answer> {
    let assignment = Assignment::open(&args.answer)?;
    let model = model(args, &assignment)?;
    let header = assignment.header(model.card());
    let mut source = source(args, ui)?;
    if assignment.is_done_or_taken_up(&header, ui)? {
        return Ok(Answer::Done);
    }
    let prices = prices(&args.served);
    let mut progress = Progress::new(&header.card.method, assignment.tasks.len(), prices, ui);
    let (tasks, skip_failed) = (&assignment.tasks, args.served.skip_failed);
    let outcome = served::run(&model, &mut source, tasks, &options(&assignment), skip_failed, &mut progress)?;
    progress.finish();
    let Spent { requests, without_usage, prompt_tokens, new_tokens } = outcome.spent;
    let cost = prices.map(|prices| prices.cost(outcome.spent));
    let priced = cost.map_or_else(String::new, |cost| format!(", cost {cost:.4}"));
    ui.note(&format!("{requests} requests, {prompt_tokens} tokens read, {new_tokens} written{priced}"));
    if without_usage > 0 {
        ui.note(&format!("{without_usage} answers do not say how many tokens they took; the sums are without them"));
    }
    let usage = Usage { spent: outcome.spent, prices_per_million_tokens: prices, cost };
    write_json(&beside(&assignment), &usage)?;
    assignment.finish(header, outcome.rows, progress.resumed, ui)?;
    if outcome.left_out.is_empty() {
        return Ok(Answer::Done);
    }
    ui.note(&format!("{} tasks have no answer; `score --allow-missing` counts them as wrong", outcome.left_out.len()));
    Ok(Answer::No)
}

fn model(args: &PredictArgs, assignment: &Assignment) -> Result<ServedModel> {
    let ServedArgs { api, model_name, stop, max_prompt_chars, .. } = &args.served;
    let options = ModelOptions {
        api: match api {
            Interface::Completions => Api::Completions,
            Interface::Chat => Api::Chat,
        },
        name: model_name.clone().context("--model-name is missing")?,
        max_new_tokens: max_new_tokens(args, assignment),
        stop: stop.clone(),
        max_prompt_chars: *max_prompt_chars,
    };
    Ok(ServedModel::new(options, ServedSettings::read(args.answer.config.as_deref())?))
}

/// The recording or the server that `args` names.
fn source(args: &PredictArgs, ui: &Ui) -> Result<Source> {
    let served = &args.served;
    if let Some(path) = &served.replay {
        return Ok(Source { client: None, recording: Some(Recording::read(path)?) });
    }
    let url = served.endpoint.as_ref().context("--endpoint is missing")?;
    let key = settings::api_key(served.api_key_env.as_deref())?;
    if let Some((name, _)) = &key {
        ui.note(&format!("the server is sent the key in {name}"));
    }
    let client = Client::new(ClientOptions {
        endpoint: Endpoint::new(url, key.is_some())?,
        key: key.map(|(_, key)| key),
        limits: Limits { requests_per_minute: served.requests_per_minute, tokens_per_minute: served.tokens_per_minute },
        concurrency: served.concurrency.into(),
        retries: served.retries,
        first_wait: FIRST_WAIT,
        timeout: Duration::from_secs(args.timeout.unwrap_or(TIMEOUT).into()),
        seed: Seed(served.seed),
    });
    let recording = served.record.as_deref().map(Recording::append_to).transpose()?;
    Ok(Source { client: Some(client), recording })
}

fn prices(served: &ServedArgs) -> Option<Prices> {
    Some(Prices { prompt: served.price_prompt?, completion: served.price_completion? })
}

/// Where the usage of the run stands: `answers.jsonl.usage.json`.
fn beside(assignment: &Assignment) -> PathBuf {
    let mut name = assignment.out.file_name().unwrap_or_default().to_owned();
    name.push(".usage.json");
    assignment.out.with_file_name(name)
}
