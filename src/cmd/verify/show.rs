//! What `verify` found, for people and for programs.

use anyhow::{Context, Result};
use bench::Release;
use bench::verify::{Check, Finding};
use serde::Serialize;

use super::{Compared, Outcome, Unread};
use crate::ui::{Ui, printable};

/// Version of the JSON form of the result.
const REPORT_FORMAT: u32 = 1;

/// The JSON form of the result.
#[derive(Serialize)]
struct Report<'a> {
    repopeft_verify: u32,
    release: &'a str,
    whole: bool,
    checks: Vec<Tally>,
    /// The first findings of each check and place.
    findings: &'a [Finding],
    compared: Option<&'a Compared>,
    unread: &'a [Unread],
}

/// How often a check held, and how often it did not.
#[derive(Serialize)]
struct Tally {
    check: Check,
    passed: u64,
    failed: u64,
}

/// Prints findings to stderr; a line a check and the verdict to stdout.
pub(super) fn lines(release: &Release, outcome: &Outcome, ui: &Ui) {
    for Finding { check, subject, row, reason } in &outcome.findings.listed {
        let row = row.map_or_else(String::new, |row| format!(", row {row}"));
        ui.fault(&format!("{subject}{row}: {reason} [{check}]"));
    }
    for Unread { repo, reason } in &outcome.unread {
        ui.fault(&format!("{repo} could not be compared: {reason}"));
    }
    for Tally { check, passed, failed } in tallies(outcome) {
        ui.data(&format!("{check}\t{passed} passed\t{failed} failed"));
    }
    if let Some(Compared { with, repositories, of, rebuilt }) = &outcome.compared {
        let all = if *rebuilt { ", and built again" } else { "" };
        ui.data(&format!("compared\t{repositories} of {of} repositories with {with}{all}"));
    }
    let failed: u64 = outcome.findings.failed.values().sum();
    let hidden = failed - outcome.findings.listed.len() as u64;
    if hidden > 0 {
        ui.fault(&format!("{hidden} more findings of the same checks and places"));
    }
    let verdict = match (outcome.findings.is_empty(), outcome.unread.is_empty()) {
        (true, true) => "whole".to_owned(),
        (true, false) => "undecided".to_owned(),
        (false, _) => format!("broken\t{failed} findings"),
    };
    ui.data(&printable(&format!("{}\t{verdict}", release.id())));
}

/// Prints one JSON object.
pub(super) fn json(release: &Release, outcome: &Outcome, ui: &Ui) -> Result<()> {
    let report = Report {
        repopeft_verify: REPORT_FORMAT,
        release: release.id(),
        whole: outcome.findings.is_empty() && outcome.unread.is_empty(),
        checks: tallies(outcome),
        findings: &outcome.findings.listed,
        compared: outcome.compared.as_ref(),
        unread: &outcome.unread,
    };
    ui.data(&serde_json::to_string_pretty(&report).context("cannot write the result as JSON")?);
    Ok(())
}

/// Every check that looked at something.
fn tallies(outcome: &Outcome) -> Vec<Tally> {
    let count =
        |counts: &std::collections::BTreeMap<Check, u64>, check: &Check| counts.get(check).copied().unwrap_or(0);
    let tally = |check: &Check| {
        let (passed, failed) = (count(&outcome.findings.passed, check), count(&outcome.findings.failed, check));
        (passed + failed > 0).then_some(Tally { check: *check, passed, failed })
    };
    Check::ALL.iter().filter_map(tally).collect()
}
