//! The tasks of a suite as a site shows them: rows of scores, texts of the release, raw answers.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use bench::{Release, Split, TaskId, TaskScore, TaskSet};
use reports::site::{Facet, SiteAnswer, SuiteTasks, TaskPage, TaskText, tail};

use super::opened::Opened;
use super::traces::Traces;

/// Properties that depend on the answers; a site has them by method.
const OF_ANSWERS: &str = "context";

/// What a site shows of the tasks of `split`, `chars` characters of each prompt.
pub(super) fn suite(opened: &Opened, split: Split, traces: &Traces, chars: usize) -> Result<SuiteTasks> {
    let mut texts = texts(&opened.release, split, chars)?;
    let of = |rows: &'_ [TaskScore]| rows.iter().filter(|row| row.facts.split == split).cloned().collect::<Vec<_>>();
    let mut first: Vec<TaskScore> = Vec::new();
    let mut answers = Vec::new();
    for scored in &opened.scored {
        let rows = of(&scored.rows);
        if rows.is_empty() {
            answers.push(None);
            continue;
        }
        if first.is_empty() {
            first.clone_from(&rows);
        }
        if !rows.iter().map(|row| &row.facts).eq(first.iter().map(|row| &row.facts)) {
            bail!(
                "{} tells other things of the tasks of {split} than other scores; score all alike",
                scored.folder.display()
            );
        }
        let trace = |row: &TaskScore| traces.of(scored, &row.facts.task, &texts.get(&row.facts.task)?.target);
        let answer = |row: &TaskScore| SiteAnswer { trace: trace(row), ..SiteAnswer::from(row) };
        answers.push(Some(rows.iter().map(answer).collect()));
    }
    let facets = facets(&first);
    let page =
        |row: TaskScore| TaskPage { text: texts.remove(&row.facts.task), facts: row.facts, reference: row.reference };
    Ok(SuiteTasks { split, tasks: first.into_iter().map(page).collect(), facets, answers })
}

/// The ways in which scoring divides `rows`, those aside that differ between methods.
fn facets(rows: &[TaskScore]) -> Vec<Facet> {
    let rows: Vec<&TaskScore> = rows.iter().collect();
    let groupings = harness::groupings(&rows).into_iter().filter(|grouping| grouping.by != OF_ANSWERS);
    groupings.map(|grouping| Facet { by: grouping.by, groups: grouping.groups }).collect()
}

/// What `release` holds of the tasks of `split`.
fn texts(release: &Release, split: Split, chars: usize) -> Result<BTreeMap<TaskId, TaskText>> {
    let mut texts = BTreeMap::new();
    for batch in release.stream(TaskSet::Split(split))? {
        for task in batch? {
            let at = task.assertion;
            let (prefix, cut) = tail(&at.prefix, chars);
            let text = TaskText {
                path: at.path.to_string(),
                line: at.line,
                class: at.class,
                function: at.function,
                prefix: (chars > 0).then_some(prefix),
                cut,
                target: at.target,
            };
            texts.insert(at.id, text);
        }
    }
    Ok(texts)
}
