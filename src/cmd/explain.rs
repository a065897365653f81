//! `explain`: one task, what was answered, how it was cleaned and scored.

use std::path::Path;

use anyhow::{Context, Result, bail};
use bench::{Metric, Predictions, Release, Task, TaskScore, TaskSet, pytext};
use harness::{Answer as Cleaned, Asked, Paper, Reference, Scorer, Slot, Strict};

use crate::cli::ExplainArgs;
use crate::exit::Answer;
use crate::ui::{Ui, printable};

/// Prints the task that `args` names, and each of its answers.
pub(crate) fn run(args: &ExplainArgs, ui: &mut Ui) -> Result<Answer> {
    let release = Release::open(&args.release)
        .with_context(|| format!("{} is no release that `build` wrote", args.release.display()))?;
    let task = find(&release, &args.task)?;
    print(ui, &heading(&task));
    print(ui, &source(&release, &task, args.lines)?);
    print(ui, &format!("the prefix ends\n{}", numbered(&tail(&task.assertion.prefix, args.lines), None)));
    print(ui, &format!("target\n  {:?}", task.assertion.target));
    let asked = Asked::of(task, None);
    for file in &args.predictions {
        print(ui, &answer(&release, &asked, file)?);
    }
    Ok(Answer::Done)
}

fn print(ui: &Ui, text: &str) {
    ui.data(&printable(text));
    ui.data("");
}

/// The task whose id begins with `start`.
fn find(release: &Release, start: &str) -> Result<Task> {
    let mut found: Option<Task> = None;
    for split in release.splits() {
        for batch in release.stream(TaskSet::Split(split))? {
            for task in batch?.into_iter().filter(|task| task.id().as_str().starts_with(start)) {
                if let Some(other) = &found {
                    bail!("`{start}` begins the ids of {} and {}; write more digits", other.id(), task.id());
                }
                found = Some(task);
            }
        }
    }
    found.with_context(|| format!("no task of {} has an id that begins with `{start}`", release.root().display()))
}

fn heading(task: &Task) -> String {
    let at = &task.assertion;
    let mut lines = vec![
        format!("task {}", at.id),
        format!("  {} · {} · {} · {}", task.split.title(), at.kind, at.difficulty, at.repo),
        format!("  {}:{} at {}", at.path, at.line, at.commit),
    ];
    if let Some(evolution) = &at.evolution {
        let event = evolution.event.map_or("not known", bench::Event::name);
        lines.push(format!("  kept commit {}, event {event}", evolution.commit_index));
    }
    if let Some(need) = at.need {
        lines.push(format!("  needs: {need}"));
    }
    lines.join("\n")
}

/// The lines of the test file around the assertion, if the release holds the file.
fn source(release: &Release, task: &Task, lines: usize) -> Result<String> {
    let at = &task.assertion;
    let view = release.view(&at.repo, &at.commit)?;
    let Some(file) = view.files.iter().find(|file| file.path == at.path) else {
        return Ok(format!("the release does not hold {}", at.path));
    };
    let line = at.line as usize;
    let first = line.saturating_sub(lines).max(1);
    let shown: Vec<(usize, &str)> =
        (1..).zip(pytext::lines(&file.text)).skip(first - 1).take(line + lines + 1 - first).collect();
    Ok(format!("the source around the assertion\n{}", numbered(&shown, Some(line))))
}

/// The last `count` lines of `text`, numbered within it.
fn tail(text: &str, count: usize) -> Vec<(usize, &str)> {
    let lines: Vec<(usize, &str)> = (1..).zip(text.split('\n')).collect();
    lines[lines.len().saturating_sub(count.max(1))..].to_vec()
}

fn numbered(lines: &[(usize, &str)], marked: Option<usize>) -> String {
    let line = |(number, text): &(usize, &str)| {
        format!("{} {number:5} | {text}", if marked == Some(*number) { '>' } else { ' ' })
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What the predictions file `path` answers, step by step.
fn answer(release: &Release, asked: &Asked, path: &Path) -> Result<String> {
    let predictions = Predictions::read(path)?;
    refuse_stranger(release, &predictions, path)?;
    let title = format!("{} ({})", predictions.header.card.title, path.display());
    let Some(row) = predictions.rows.iter().find(|row| row.task == asked.facts.task) else {
        return Ok(format!("{title}\n  has no answer to this task"));
    };
    let (completion, slot) = (row.completion.as_str(), Slot::of(asked.facts.kind));
    let reference = Reference::<Paper>::clean(&asked.target);
    let (_, steps) = Cleaned::<Paper>::trace(completion, &reference);
    let mut lines = vec![title, format!("  completion         {completion:?}")];
    lines.extend(steps.listed().map(|(rule, what, text)| format!("  {rule:4} {text:?}  ({what})")));
    let strict = |text: &str| Cleaned::<Strict>::clean(text, slot).into_text();
    lines.push(format!("  paper    answer    {:?}", Cleaned::<Paper>::clean(completion, &reference).text()));
    lines.push(format!("           reference {:?}", reference.text()));
    lines.push(format!("  strict   answer    {:?}", strict(completion)));
    lines.push(format!("           reference {:?}  (both as {slot:?})", strict(&asked.target)));
    lines.extend(scores(&Scorer::default().score(asked, completion)));
    Ok(lines.join("\n"))
}

/// Refuses predictions for another release.
fn refuse_stranger(release: &Release, predictions: &Predictions, path: &Path) -> Result<()> {
    let (found, id) = (&predictions.header.release, release.id());
    if found != id {
        bail!(
            "{} answers release {}, but {} is release {id}",
            path.display(),
            printable(found),
            release.root().display()
        );
    }
    Ok(())
}

/// The scores of an answer, and what went wrong.
fn scores(row: &TaskScore) -> Vec<String> {
    let said = |right: bool| if right { "right" } else { "wrong" };
    let value = |metric: &Metric| {
        let value = row.value(*metric);
        if metric.is_binary() { said(value > 0.5).to_owned() } else { format!("{value:.6}") }
    };
    let mut lines: Vec<String> =
        Metric::ALL.iter().map(|metric| format!("  {:30} {}", metric.title(), value(metric))).collect();
    if let Some(parts) = row.components {
        lines.push(format!(
            "    n-grams {:.6}, weighted {:.6}, syntax {:.6}, data flow {:.6}",
            parts.ngram, parts.weighted_ngram, parts.syntax, parts.data_flow
        ));
    }
    if !row.em_paper && row.em_uncut || row.em_paper && !row.em_uncut {
        lines.push(format!(
            "  EM (paper) without the cuts of S9 and S10: {}",
            if row.em_uncut { "right" } else { "wrong" }
        ));
    }
    let failures = [
        ("error class", row.error_class.map(bench::ErrorClass::name)),
        ("error class, brackets balanced", row.error_class_balanced.map(bench::ErrorClass::name)),
        ("failure mode", row.failure_mode.map(bench::FailureMode::name)),
    ];
    let named = failures.into_iter().filter_map(|(what, name)| Some(format!("  {what:30} {}", name?)));
    lines.extend(named);
    lines
}
