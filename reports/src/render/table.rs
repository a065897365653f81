//! The tables of a leaderboard as text, before any format: what every printer prints.

use bench::{Metric, Split};

use super::number;
use crate::leaderboard::{Cell, Grouping, HEADLINE, Leaderboard, Method, ReportedTable, Row, Standing, Suite};

/// A table: a caption, named columns, rows of entries. The first column names the row.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Entry>>,
    /// A row to read the others against; it is not sorted.
    pub(super) reference: Option<Vec<Entry>>,
}

/// A column: its heading and a smaller line below it.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) title: String,
    pub(super) note: Option<String>,
}

/// What stands in one place of a table.
#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) text: String,
    /// The interval of the number, if any.
    pub(super) interval: Option<String>,
    /// The number behind the text, for sorting.
    pub(super) sort: Option<f64>,
    pub(super) mark: Mark,
    /// A word beside a name.
    pub(super) badge: Option<&'static str>,
}

/// Why an entry stands out.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    #[default]
    Plain,
    Best,
    Warning,
}

impl Column {
    fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), note: None }
    }

    fn noted(title: impl Into<String>, note: impl Into<String>) -> Self {
        Self { title: title.into(), note: Some(note.into()) }
    }
}

impl Entry {
    fn name(text: impl Into<String>, badge: Option<&'static str>) -> Self {
        Self { text: text.into(), badge, ..Self::default() }
    }

    fn number<T>(value: Option<T>, text: impl Fn(T) -> String, sort: impl Fn(T) -> f64) -> Self
    where
        T: Copy,
    {
        Self { text: value.map_or_else(|| number::NONE.to_owned(), text), sort: value.map(sort), ..Self::default() }
    }

    fn measured(cell: Option<Cell>) -> Self {
        let Some(cell) = cell else { return Self::number(None::<f64>, |_| String::new(), |mean| mean) };
        Self {
            interval: cell.cluster.map(|cluster| number::interval(cell.metric, cluster)),
            mark: if cell.best { Mark::Best } else { Mark::Plain },
            ..Self::number(cell.mean, |mean| number::value(cell.metric, mean), |mean| mean)
        }
    }
}

/// The headline of every method on every suite.
pub(super) fn overview(board: &Leaderboard) -> Table {
    let order = board.by_first_suite();
    let columns = board.suites.iter().map(|suite| Column::noted(suite.split.title(), number::tasks(suite.tasks)));
    let row = |method: usize| {
        let cells = board.suites.iter().map(|suite| Entry::measured(board.headline(suite, method)));
        std::iter::once(Entry::name(board.methods[method].label.as_str(), None)).chain(cells).collect()
    };
    Table {
        caption: format!("{} in percent, by suite", HEADLINE.title()),
        columns: std::iter::once(Column::new("Method")).chain(columns).collect(),
        rows: order.into_iter().map(row).collect(),
        reference: None,
    }
}

/// All metrics, completeness and cost of one suite.
pub(super) fn suite(board: &Leaderboard, suite: &Suite) -> Table {
    let optional = optional_columns(board, suite);
    let metrics = Metric::ALL.iter().map(|metric| Column::noted(metric.title(), unit(*metric)));
    let row = |row: &Row| {
        let name = Entry::name(board.methods[row.method].label.as_str(), badge(row.standing));
        let cells = row.cells.iter().map(|cell| Entry::measured(Some(*cell)));
        let rest = optional.iter().map(|column| (column.entry)(row, &board.methods[row.method]));
        std::iter::once(name).chain(cells).chain(std::iter::once(missing(row.missing))).chain(rest).collect()
    };
    Table {
        caption: format!("Results on {}", suite.split.title()),
        columns: std::iter::once(Column::new("Method"))
            .chain(metrics)
            .chain(std::iter::once(Column::noted("Missing", "answers")))
            .chain(optional.iter().map(|column| Column::noted(column.title, column.note)))
            .collect(),
        rows: suite.rows.iter().map(row).collect(),
        reference: None,
    }
}

struct Optional {
    title: &'static str,
    note: &'static str,
    entry: fn(&Row, &Method) -> Entry,
}

/// Columns that are shown if any row has a value for them.
const OPTIONAL: [Optional; 4] = [
    Optional { title: "Prompt", note: "mean tokens", entry: |row, _| mean_tokens(row.prompt_tokens) },
    Optional { title: "Context", note: "of these", entry: |row, _| mean_tokens(row.context_tokens) },
    Optional {
        title: "Parameters",
        note: "base model",
        entry: |_, method| Entry::number(method.parameters, number::parameters, |count| count as f64),
    },
    Optional { title: "Task interval", note: "paper-compatible", entry: |row, _| task_interval(row.cell(HEADLINE)) },
];

fn optional_columns<'a>(board: &Leaderboard, suite: &Suite) -> Vec<&'a Optional> {
    let known = |column: &&Optional| {
        suite.rows.iter().any(|row| (column.entry)(row, &board.methods[row.method]).text != number::NONE)
    };
    OPTIONAL.iter().filter(known).collect()
}

fn mean_tokens(mean: Option<f64>) -> Entry {
    Entry::number(mean, number::tokens, |mean| mean)
}

fn task_interval(cell: Cell) -> Entry {
    Entry::number(cell.tasks, |interval| number::interval(cell.metric, interval), |[low, _]| low)
}

fn missing(missing: u64) -> Entry {
    let mark = if missing > 0 { Mark::Warning } else { Mark::Plain };
    Entry { mark, ..Entry::number(Some(missing), number::count, |missing| missing as f64) }
}

/// The headline of one suite by the groups of a property.
pub(super) fn grouping(board: &Leaderboard, suite: &Suite, grouping: &Grouping) -> Table {
    let columns = grouping.groups.iter().map(|group| Column::noted(group.name.as_str(), group.size()));
    let row = |(index, row): (usize, &Row)| {
        let cells = grouping.groups.iter().map(|group| Entry::measured(group.cells[index]));
        std::iter::once(Entry::name(board.methods[row.method].label.as_str(), None)).chain(cells).collect()
    };
    let chance = grouping.groups.iter().any(|group| group.chance.is_some()).then(|| {
        let levels = grouping.groups.iter().map(|group| Entry::number(group.chance, number::percent, |level| level));
        std::iter::once(Entry::name("Chance", None)).chain(levels).collect()
    });
    Table {
        caption: format!("{} in percent by {}, {}", HEADLINE.title(), grouping.by, suite.split.title()),
        columns: std::iter::once(Column::new("Method")).chain(columns).collect(),
        rows: suite.rows.iter().enumerate().map(row).collect(),
        reference: chance,
    }
}

/// The figures of the paper; our own stand beside them only if the release is the published one.
pub(super) fn reported(board: &Leaderboard, table: &ReportedTable) -> Table {
    let comparable = table.differences.is_empty();
    let mut columns = vec![Column::new("Method")];
    for split in &table.splits {
        columns.push(Column::noted(HEADLINE.title(), split.title()));
        columns.extend(comparable.then(|| Column::noted("here", split.title())));
        columns.push(Column::noted(Metric::EditSimilarity.title(), split.title()));
        columns.push(Column::noted(Metric::TokenBleu.title(), split.title()));
    }
    let rows = table.rows.iter().map(|row| {
        let mut entries = vec![Entry::name(row.title.as_str(), None)];
        for split in &table.splits {
            let figures = row.split.get(split);
            entries.push(Entry::number(figures.map(|f| f.em / 100.0), number::percent, |em| em));
            entries.extend(comparable.then(|| Entry::measured(ours(board, *split, &row.method))));
            entries.push(Entry::number(figures.map(|f| f.edit_similarity), number::unit, |value| value));
            entries.push(Entry::number(figures.map(|f| f.token_bleu), number::unit, |value| value));
        }
        entries
    });
    let caption = format!("Reported in {}, {}", table.paper, table.source);
    Table { caption, columns, rows: rows.collect(), reference: None }
}

/// Our headline of the method `id` on `split`, if just one of our rows has that id.
fn ours(board: &Leaderboard, split: Split, id: &str) -> Option<Cell> {
    let suite = board.suites.iter().find(|suite| suite.split == split)?;
    let mut rows = suite.rows.iter().filter(|row| board.methods[row.method].id.as_str() == id);
    let row = rows.next()?;
    rows.next().is_none().then(|| Cell { best: false, ..row.cell(HEADLINE) })
}

/// What the card of a method says, as names and values.
pub(super) fn card(method: &Method) -> Vec<(&str, String)> {
    let mut facts = vec![
        ("id", method.id.to_string()),
        ("reads", method.reads.to_string()),
        ("weights", method.adaptation.to_string()),
        ("base model", method.base_model.to_string()),
    ];
    facts.extend(method.parameters.map(|count| ("parameters", number::parameters(count))));
    facts.extend(method.settings.iter().map(|(name, value)| (name.as_str(), value.to_string())));
    facts.extend(method.base_model_hash.as_ref().map(|hash| ("base model hash", hash.to_string())));
    facts.push(("predictions hash", method.predictions.to_string()));
    facts
}

fn unit(metric: Metric) -> &'static str {
    if metric.is_binary() { "percent" } else { "0 to 1" }
}

fn badge(standing: Standing) -> Option<&'static str> {
    match standing {
        Standing::Best => Some("best"),
        Standing::NotSeparable => Some("≈ best"),
        Standing::Behind | Standing::Unknown | Standing::Alone => None,
    }
}
