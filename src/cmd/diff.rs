//! `diff`: what changed between two releases, or between a release and published tables.

use std::path::Path;

use anyhow::{Context, Result};
use bench::diff::{
    self, Change, ColumnDifference, Difference, RepoDifference, SetDifference, SettingDifference, Side, TaskDifference,
};
use serde::Serialize;

use crate::cli::{DiffArgs, Format};
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Version of the JSON form of the result.
const REPORT_FORMAT: u32 = 1;

/// The JSON form of the result.
#[derive(Serialize)]
struct Report<'a> {
    repopeft_diff: u32,
    a: Named<'a>,
    b: Named<'a>,
    equal: bool,
    settings: &'a [SettingDifference],
    repositories: Repositories<'a>,
    /// A row a set of tasks.
    sets: &'a [SetDifference],
    not_compared: &'a [&'static str],
    /// The first tasks of each set that differ.
    tasks: &'a [TaskDifference],
    columns: &'a [ColumnDifference],
}

/// What became of the repositories.
#[derive(Serialize)]
struct Repositories<'a> {
    same: u64,
    different: &'a [RepoDifference],
}

/// A side by name.
#[derive(Serialize)]
struct Named<'a> {
    path: &'a Path,
    /// Root hash; null for published tables.
    release: Option<&'a str>,
}

impl<'a> Named<'a> {
    fn of(side: &'a Side) -> Self {
        Self { path: side.root(), release: side.id() }
    }
}

/// Compares the sides of `args`: [`Answer::No`] if they differ.
pub(crate) fn run(args: &DiffArgs, ui: &mut Ui) -> Result<Answer> {
    let open = |path: &Path| Side::open(path).with_context(|| format!("cannot compare {}", path.display()));
    let (a, b) = (open(&args.a)?, open(&args.b)?);
    let bar = ui.bar("diff", diff::repositories(&a, &b)?, "repositories");
    let difference = diff::diff(&a, &b, args.show as usize, &|repos| bar.inc(repos));
    bar.finish_and_clear();
    let difference = difference?;
    let equal = difference.is_empty();
    match args.format {
        Format::Human => show(&difference, args.show as usize, ui),
        Format::Json => {
            let report = report(&a, &b, &difference);
            ui.data(&serde_json::to_string_pretty(&report).context("cannot write the result as JSON")?);
        }
    }
    Ok(if equal { Answer::Done } else { Answer::No })
}

fn report<'a>(a: &'a Side, b: &'a Side, difference: &'a Difference) -> Report<'a> {
    let (same, different) = (difference.same_repositories, difference.repositories.as_slice());
    Report {
        repopeft_diff: REPORT_FORMAT,
        a: Named::of(a),
        b: Named::of(b),
        equal: difference.is_empty(),
        settings: &difference.settings,
        repositories: Repositories { same, different },
        sets: &difference.sets,
        not_compared: &difference.not_compared,
        tasks: &difference.tasks,
        columns: &difference.columns,
    }
}

fn show(difference: &Difference, most: usize, ui: &Ui) {
    for setting in &difference.settings {
        ui.data(&format!("{}\t{} -> {}", setting.name, setting.a, setting.b));
    }
    for repo in difference.repositories.iter().take(most) {
        ui.data(&printable(&format!("{}\t{}", repo_word(repo), repo.repo)));
    }
    for ColumnDifference { table, removed, added } in &difference.columns {
        let signed = removed.iter().map(|name| format!("-{name}")).chain(added.iter().map(|name| format!("+{name}")));
        ui.data(&printable(&format!("columns of {table}\t{}", signed.collect::<Vec<_>>().join(" "))));
    }
    for TaskDifference { set, change, repo, commit, path, line } in &difference.tasks {
        let commit = commit.as_ref().map_or_else(String::new, |commit| format!("@{}", &commit.as_str()[..12]));
        ui.data(&printable(&format!("{set}\t{change}\t{repo}{commit}\t{path}:{line}")));
    }
    let count = |change| difference.repositories.iter().filter(|repo| repo.change == change).count();
    ui.data(&format!(
        "repositories\t{} same\t{} changed\t{} added\t{} removed",
        difference.same_repositories,
        count(Change::Changed),
        count(Change::Added),
        count(Change::Removed)
    ));
    for SetDifference { set, a, b, kept, changed, added, removed } in &difference.sets {
        let counts = format!("{kept} kept\t{changed} changed\t{added} added\t{removed} removed");
        ui.data(&format!("{set}\t{a} -> {b} tasks\t{counts}"));
    }
    for set in &difference.not_compared {
        ui.data(&format!("{set}\tnot compared: the published folder does not hold it"));
    }
    ui.data(if difference.is_empty() { "equal" } else { "different" });
}

/// What happened to a repository.
fn repo_word(repo: &RepoDifference) -> String {
    let commit = repo.commit.as_ref().map(|[a, b]| format!("commit {} -> {}", &a.as_str()[..12], &b.as_str()[..12]));
    let partition = repo.partition.map(|[a, b]| format!("partition {a} -> {b}"));
    let parts: Vec<String> = commit.into_iter().chain(partition).collect();
    if parts.is_empty() { format!("repository {}", repo.change) } else { parts.join(", ") }
}
