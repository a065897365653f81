//! From what was scored to the report.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use baselines::DecodingSettings;
use baselines::audit::{Cast, CastTask};
use bench::audit::{AUDIT_FORMAT, AuditReport, AuditRow, AuditedRepo, Effect};
use bench::{MethodCard, Release, TaskId};
use harness::audit::{AuditOptions, Strata, audit};
use harness::{Answer, Paper, Reference, em_paper};

use super::Found;
use super::folder::AuditFolder;
use crate::cli::AuditArgs;
use crate::ui::Ui;

/// The declared strata.
pub(super) fn strata(file: Option<&Path>) -> Result<Strata> {
    let Some(path) = file else { return Ok(Strata::default()) };
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Strata::parse(&text).with_context(|| format!("{} declares no strata", path.display()))
}

/// The settings that numbers depend on, by name.
pub(super) fn settings(args: &AuditArgs, device: &str, decoding: &DecodingSettings) -> BTreeMap<String, String> {
    let options = AuditOptions::default();
    let number = |given: Option<u32>| given.map_or_else(|| "all".to_owned(), |number| number.to_string());
    let scope = &args.scope;
    let splits: Vec<&str> = scope.splits.iter().map(|split| split.name()).collect();
    let list = [
        ("splits", splits.join(", ")),
        ("repositories at most", number(scope.max_repos)),
        ("tasks of a repository at most", number(scope.max_tasks)),
        ("other repositories at most", number(scope.max_others)),
        ("blends", (!scope.no_blends).to_string()),
        ("completions", (!scope.no_completions).to_string()),
        ("exact match", "em_paper".to_owned()),
        ("prompt tokens at most", decoding.max_input_tokens.to_string()),
        ("completion tokens at most", decoding.max_new_tokens.to_string()),
        ("batch", format!("{} rows, {} tokens", args.batch_rows, args.batch_tokens)),
        ("device", device.to_owned()),
        ("resamples", options.resamples.to_string()),
        ("seed", options.seed.to_string()),
    ];
    list.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// Writes the table of what was found and makes the report of it.
pub(super) fn report(
    found: &Found,
    card: &MethodCard,
    release: &Release,
    strata: &Strata,
    settings: BTreeMap<String, String>,
    folder: &AuditFolder,
    ui: &Ui,
) -> Result<AuditReport> {
    let rows = rows(found)?;
    let bar = ui.bar("statistics", 0, "");
    let (functional, verdict) = audit(&rows, strata, &AuditOptions::default())?;
    bar.finish_and_clear();
    folder.write_rows(rows)?;
    let Cast { repos, training, left_out, .. } = &found.cast;
    let audited = repos.iter().map(|one| AuditedRepo {
        repo: one.repo.clone(),
        tasks: one.tasks() as u64,
        commits: one.commits.len() as u64,
    });
    let averaged =
        if found.geometry.is_some() { training.iter().map(|place| place.repo.clone()).collect() } else { Vec::new() };
    Ok(AuditReport {
        format: AUDIT_FORMAT,
        method: card.method.clone(),
        title: card.title.clone(),
        verdict,
        geometry: found.geometry.clone(),
        controls: found.controls.clone(),
        functional,
        provenance: found.provenance.clone(),
        audited: audited.collect(),
        without_adapter: found.without_adapter.clone(),
        averaged,
        left_out: *left_out,
        release: release.id().to_owned(),
        strata: bench::file::digest(strata.text().as_bytes()),
        settings,
        card: card.clone(),
    })
}

/// The rows of the table, in its order, with the exact match of the published scorer (S5 to S16).
fn rows(found: &Found) -> Result<Vec<AuditRow>> {
    let tasks: BTreeMap<&TaskId, &CastTask> = found
        .cast
        .repos
        .iter()
        .flat_map(|one| &one.commits)
        .flat_map(|(_, tasks)| tasks)
        .map(|task| (task.task.id(), task))
        .collect();
    let is_match = |completion: &str, target: &str| {
        let reference = Reference::<Paper>::clean(target);
        em_paper(&Answer::<Paper>::clean(completion, &reference), &reference)
    };
    let row = |scored: &baselines::audit::Scored| {
        let task = tasks.get(&scored.task).with_context(|| format!("task {} was scored and not asked", scored.task))?;
        Ok(scored.row(task, is_match))
    };
    let mut rows = found.rows.iter().map(row).collect::<Result<Vec<AuditRow>>>()?;
    rows.sort_by(AuditRow::order);
    Ok(rows)
}

/// Prints the verdicts and what they follow from.
pub(super) fn print(report: &AuditReport, folder: &AuditFolder, ui: &Ui) {
    let functional = &report.functional;
    let line = |name: &str, text: &str| ui.data(&format!("{name:18}{text}"));
    line("method", &report.method);
    line("verdict", report.verdict.name());
    if let Some(geometry) = &report.geometry {
        line("geometry", geometry.verdict.map_or("none", bench::audit::GeometryVerdict::name));
        for control in &report.controls {
            let verdict = control.geometry.verdict.map_or("none", bench::audit::GeometryVerdict::name);
            line(&format!("  {}", control.name), verdict);
        }
    }
    line("base - avg", &effect(&functional.gain));
    line("own - avg", &effect(&functional.own_average));
    line("own - others", &effect(&functional.own_others));
    if let Some(ranks) = &functional.ranks {
        line("own rank", &format!("{:.2} of {} (chance {:.1})", ranks.mean, ranks.candidates, ranks.null));
    }
    line("page", &folder.page().display().to_string());
}

/// `-0.0123 [-0.02, -0.01]`.
fn effect(effect: &Effect) -> String {
    let Some(mean) = effect.mean else { return "none".to_owned() };
    let interval = effect.cluster.map_or_else(String::new, |[low, high]| format!(" [{low:+.4}, {high:+.4}]"));
    format!("{mean:+.4}{interval} nats")
}
