//! The tasks of a suite and what every method answered, as the pages read them.

use std::sync::Arc;

use bench::{Altered, ErrorClass, Metric, Split, TaskFacts, TaskScore};
use serde::Serialize;

use super::folder::Folder;
use super::pack;
use crate::board::{Board, BoardSuite, Edition};
use crate::error::{Error, Result};
use crate::text::{ANSWER, Shown};

/// Everything that a site shows of the tasks of a split.
#[derive(Debug)]
pub struct SuiteTasks {
    /// The split.
    pub split: Split,
    /// The tasks, by id.
    pub tasks: Vec<TaskPage>,
    /// The ways to divide them; one of them by `repo`.
    pub facets: Vec<Facet>,
    /// What each entrant of the edition answered, in the order of `tasks`; none if it did not answer the split.
    pub answers: Vec<Option<Vec<SiteAnswer>>>,
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskPage {
    /// What scoring knows of it.
    pub facts: Arc<TaskFacts>,
    /// The cleaned target.
    pub reference: String,
    /// What the release holds of it; none if no release is at hand.
    pub text: Option<TaskText>,
}

/// What a release holds of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskText {
    /// The test file.
    pub path: String,
    /// Line of the assertion, from 1.
    pub line: u32,
    /// Enclosing class, or empty.
    pub class: String,
    /// Enclosing function, or empty.
    pub function: String,
    /// The end of what a model reads; none if it is not to be shown.
    pub prefix: Option<String>,
    /// Characters in front of that.
    pub cut: u64,
    /// What is asked for.
    pub target: String,
}

/// Tasks by one property: every task is in one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facet {
    /// The property.
    pub by: String,
    /// The groups, each with the places of its tasks.
    pub groups: Vec<(String, Vec<usize>)>,
}

/// One answer: its scores, and its text.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteAnswer {
    /// Whether there was one.
    pub answered: bool,
    /// One value a metric, in the order of [`Metric::ALL`].
    pub values: [f64; Metric::ALL.len()],
    /// Whether the model read context, if that is known.
    pub context: Option<bool>,
    /// The cleaned text.
    pub clean: Box<str>,
    /// The cuts that changed it.
    pub cuts: Altered,
    /// What went wrong by the published taxonomy.
    pub error: Option<ErrorClass>,
    /// What went wrong by the one without artefacts of brackets.
    pub balanced: Option<ErrorClass>,
    /// The raw text and the steps of its cleaning, if predictions are at hand.
    pub trace: Option<Box<Trace>>,
}

/// How a raw text became what was scored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The raw text.
    pub raw: String,
    /// The steps that changed it: rule, what it does, the text after it.
    pub steps: Vec<(&'static str, &'static str, String)>,
}

impl From<&TaskScore> for SiteAnswer {
    fn from(row: &TaskScore) -> Self {
        let mut values = [0.0; Metric::ALL.len()];
        values.iter_mut().zip(Metric::ALL).for_each(|(value, metric)| *value = row.value(*metric));
        Self {
            answered: row.answered,
            values,
            context: row.context_tokens.map(|tokens| tokens > 0),
            clean: row.prediction.as_str().into(),
            cuts: row.altered,
            error: row.error_class,
            balanced: row.error_class_balanced,
            trace: None,
        }
    }
}

#[derive(Serialize)]
struct Facets {
    tasks: usize,
    facets: Vec<Column>,
}

#[derive(Serialize)]
struct Column {
    by: Shown,
    groups: Vec<Shown>,
    packed: String,
    wide: bool,
}

#[derive(Serialize)]
struct Scores {
    columns: Vec<(usize, String)>,
}

#[derive(Serialize)]
struct Page<'a> {
    repo: &'a str,
    commit: &'a str,
    kind: &'static str,
    path: Shown,
    line: Option<u32>,
    class: Shown,
    function: Shown,
    source: Option<String>,
    prefix: Option<Shown>,
    cut: u64,
    target: Option<Shown>,
    reference: Shown,
    answers: Vec<Answered<'a>>,
    texts: Vec<Text<'a>>,
}

#[derive(Serialize)]
struct Answered<'a> {
    method: usize,
    given: bool,
    text: usize,
    values: &'a [f64],
    error: Option<ErrorClass>,
    balanced: Option<ErrorClass>,
    cuts: Vec<&'static str>,
}

#[derive(Serialize)]
struct Text<'a> {
    clean: Shown,
    raw: Option<Shown>,
    steps: Vec<(&'a str, &'a str, Shown)>,
}

/// Writes every data file of `tasks`, which are those of `suite`.
pub(super) fn write(
    folder: &Folder,
    board: &Board,
    edition: &Edition,
    suite: &BoardSuite,
    tasks: &SuiteTasks,
) -> Result<()> {
    check(suite, edition, tasks)?;
    let ids: String = tasks.tasks.iter().map(|task| task.facts.task.as_str()).collect();
    folder.data(&format!("{}/ids", suite.key), &ids)?;
    folder.data(&format!("{}/facets", suite.key), &facets(board, suite, tasks))?;
    let methods = &board.places[suite.edition];
    let answers = || methods.iter().zip(&tasks.answers).filter_map(|(method, found)| Some((*method, found.as_ref()?)));
    for (place, metric) in Metric::ALL.iter().enumerate() {
        let column = |answers: &Vec<SiteAnswer>| {
            let values = answers.iter().map(|answer| answer.values[place]);
            if metric.is_binary() { pack::bits(values.map(|value| value > 0.5)) } else { pack::shares(values) }
        };
        let columns = answers().map(|(method, found)| (method, column(found))).collect();
        folder.data(&format!("{}/{metric}", suite.key), &Scores { columns })?;
    }
    for (number, chunk) in tasks.tasks.chunks(suite.chunk).enumerate() {
        let first = number * suite.chunk;
        let page = |(at, task)| page(edition, task, answers().map(|(method, found)| (method, &found[first + at])));
        let pages: Vec<Page<'_>> = chunk.iter().enumerate().map(page).collect();
        folder.data(&format!("{}/tasks-{number}", suite.key), &pages)?;
    }
    Ok(())
}

/// Refuses tasks that are not those that were scored.
fn check(suite: &BoardSuite, edition: &Edition, tasks: &SuiteTasks) -> Result<()> {
    let count = tasks.tasks.len();
    let answers = tasks.answers.iter().flatten().all(|found| found.len() == count);
    let places = tasks.facets.iter().all(|facet| {
        facet.groups.iter().map(|(_, places)| places.len()).sum::<usize>() == count
            && facet.groups.iter().flat_map(|(_, places)| places).all(|place| *place < count)
    });
    let sorted = tasks.tasks.is_sorted_by(|a, b| a.facts.task < b.facts.task);
    let fits = count as u64 == suite.tasks && tasks.answers.len() == edition.entrants().len();
    if answers && places && sorted && fits {
        return Ok(());
    }
    Err(Error::Tasks { suite: suite.key.clone(), tasks: suite.tasks, found: count as u64 })
}

fn facets(board: &Board, suite: &BoardSuite, tasks: &SuiteTasks) -> Facets {
    let column = |facet: &Facet| {
        let mut of = vec![0; tasks.tasks.len()];
        for (group, (_, places)) in facet.groups.iter().enumerate() {
            places.iter().for_each(|place| of[*place] = group);
        }
        let (packed, wide) = pack::indices(&of, facet.groups.len());
        let groups = facet.groups.iter().map(|(name, _)| Shown::name(name)).collect();
        Column { by: Shown::name(&facet.by), groups, packed, wide }
    };
    let mut facets: Vec<Column> = tasks.facets.iter().map(column).collect();
    let places = &board.places[suite.edition];
    let context = places.iter().zip(&tasks.answers).filter_map(|(method, found)| {
        let had = |answer: &SiteAnswer| answer.context.unwrap_or(false);
        let found = found.as_ref()?;
        let mixed = found.iter().any(had) && !found.iter().all(had);
        let groups = || vec![Shown::name("available"), Shown::name("not available")];
        let of: Vec<usize> = found.iter().map(|answer| usize::from(!had(answer))).collect();
        let by = format!("context of {}", board.methods[*method].label);
        mixed.then(|| Column { by: Shown::name(&by), groups: groups(), packed: pack::indices(&of, 2).0, wide: false })
    });
    facets.extend(context);
    Facets { tasks: tasks.tasks.len(), facets }
}

fn page<'a>(edition: &Edition, task: &'a TaskPage, answers: impl Iterator<Item = (usize, &'a SiteAnswer)>) -> Page<'a> {
    let (facts, text) = (&task.facts, task.text.as_ref());
    let line = |text: &str| Shown::block(text, ANSWER);
    let mut texts: Vec<&SiteAnswer> = Vec::new();
    let answers = answers.map(|(method, answer)| {
        let same = |known: &&SiteAnswer| (&known.clean, &known.trace) == (&answer.clean, &answer.trace);
        let at = texts.iter().position(same).unwrap_or_else(|| {
            texts.push(answer);
            texts.len() - 1
        });
        Answered {
            method,
            given: answer.answered,
            text: at,
            values: &answer.values,
            error: answer.error,
            balanced: answer.balanced,
            cuts: cuts(answer.cuts),
        }
    });
    let answers = answers.collect();
    let shown = |answer: &'a SiteAnswer| {
        let trace = answer.trace.as_deref();
        let steps = trace.into_iter().flat_map(|trace| &trace.steps);
        Text {
            clean: line(&answer.clean),
            raw: trace.map(|trace| line(&trace.raw)),
            steps: steps.map(|(rule, what, after)| (*rule, *what, line(after))).collect(),
        }
    };
    Page {
        repo: facts.repo.as_str(),
        commit: facts.commit.as_str(),
        kind: facts.kind.name(),
        path: Shown::sentence(text.map_or("", |text| &text.path)),
        line: text.map(|text| text.line),
        class: Shown::name(text.map_or("", |text| &text.class)),
        function: Shown::name(text.map_or("", |text| &text.function)),
        source: text.and_then(|text| source(edition, facts, text)),
        prefix: text.and_then(|text| text.prefix.as_deref()).map(|prefix| Shown::block(prefix, usize::MAX)),
        cut: text.map_or(0, |text| text.cut),
        target: text.map(|text| line(&text.target)),
        reference: line(&task.reference),
        answers,
        texts: texts.into_iter().map(shown).collect(),
    }
}

fn cuts(altered: Altered) -> Vec<&'static str> {
    let all = [
        (altered.lines, "cut to its first line"),
        (altered.comma, "cut at its first comma"),
        (altered.words, "cut to its first word"),
    ];
    all.into_iter().filter_map(|(changed, what)| changed.then_some(what)).collect()
}

/// The address of the line on the forge, where the repository has one on the web that is known to show files.
fn source(edition: &Edition, facts: &TaskFacts, text: &TaskText) -> Option<String> {
    let home = edition.addresses.get(&facts.repo)?.trim_end_matches('/').trim_end_matches(".git");
    let blob =
        [("https://github.com/", "blob"), ("https://gitlab.com/", "-/blob"), ("https://codeberg.org/", "src/commit")];
    let (_, blob) = blob.into_iter().find(|(forge, _)| home.starts_with(forge))?;
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-');
    let path: String =
        text.path.bytes().map(|b| if kept(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect();
    Some(format!("{home}/{blob}/{}/{path}#L{}", facts.commit, text.line))
}

/// The end of `prefix`, `limit` characters, and how many stand in front of it.
pub fn tail(prefix: &str, limit: usize) -> (String, u64) {
    let length = prefix.chars().count();
    let cut = length.saturating_sub(limit);
    (prefix.chars().skip(cut).collect(), cut as u64)
}
