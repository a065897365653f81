//! The parts of releases: Tables 1, 5 and 6, lengths, and what repeats.

use std::collections::BTreeMap;
use std::str::FromStr;

use polars::prelude::{Expr, LazyFrame, col, lit};

use super::Held;
use super::facts::{
    ASSERTION, COUNTED, FAMILY_BY_WORDS, IN_PREFIX, PREFIX_CHARS, TARGET_BY_SYNTAX, TARGET_BY_TEXT, TARGET_CHARS, WHOLE,
};
use super::groups::{PART, distinct_by_part, repeated_by_part, rows_by_number, rows_by_part, rows_by_text};
use super::scan::scan_parts;
use crate::difficulty::Difficulty;
use crate::error::{Error, Result};
use crate::evolution::{Event, SpanTask};
use crate::kind::AssertionKind;
use crate::profile::Track;
use crate::stats::composition::{TableFamily, TableTarget};
use crate::stats::distribution::{Distribution, Summary};
use crate::stats::part::Part;
use crate::stats::statistics::{Composition, Counts, PartStatistics, Repeats};
use crate::table::Row;

/// Rows by part and something else.
type Counted<T> = BTreeMap<Part, BTreeMap<T, u64>>;

/// The statistics of every part in `held`, whose texts told `facts`.
pub(super) fn measure(held: &[Held<'_>], facts: &LazyFrame) -> Result<Vec<PartStatistics>> {
    let columns = ["repo_id", "commit_sha", "assertion_type", "difficulty"];
    let tables = scan_parts(&held.iter().collect::<Vec<_>>(), &columns)?;
    let by_words = facts.clone().filter(is(COUNTED));
    let mut all = Columns {
        tasks: rows_by_part(tables.clone())?,
        repos: distinct_by_part(tables.clone(), &["repo_id"])?,
        commits: distinct_by_part(tables.clone(), &["repo_id", "commit_sha"])?,
        kinds: named(rows_by_text(tables.clone(), "assertion_type")?)?,
        tiers: named(rows_by_text(tables, "difficulty")?)?,
        events: events(held)?,
        families: placed(&rows_by_number(by_words.clone(), FAMILY_BY_WORDS)?, TableFamily::ALL),
        targets: placed(&rows_by_number(by_words, TARGET_BY_TEXT)?, TableTarget::ALL),
        syntax: placed(&rows_by_number(facts.clone(), TARGET_BY_SYNTAX)?, TableTarget::ALL),
        target_chars: rows_by_number(facts.clone(), TARGET_CHARS)?,
        prefix_chars: rows_by_number(facts.clone(), PREFIX_CHARS)?,
        in_prefix: rows_by_part(facts.clone().filter(is(IN_PREFIX)))?,
        whole: BTreeMap::new(),
        assertion: BTreeMap::new(),
    };
    for track in Track::ALL {
        let evaluated = facts.clone().filter(any_part(|part| part.track() == *track && !part.is_training()));
        let training = facts.clone().filter(any_part(|part| part.track() == *track && part.is_training()));
        all.whole.extend(repeated_by_part(evaluated.clone(), training.clone(), &[WHOLE])?);
        all.assertion.extend(repeated_by_part(evaluated, training, &[ASSERTION])?);
    }
    held.iter().map(|held| all.part(held.part)).collect()
}

/// Tasks by what their commit did, of the parts whose tasks are spans.
fn events(held: &[Held<'_>]) -> Result<Counted<Event>> {
    let spans: Vec<&Held<'_>> = held.iter().filter(|held| is_spans(held)).collect();
    if spans.is_empty() { Ok(Counted::new()) } else { named(rows_by_text(scan_parts(&spans, &["event"])?, "event")?) }
}

fn is_spans(held: &Held<'_>) -> bool {
    let entry = held.release.manifest().contents.table(&held.set.path());
    entry.is_some_and(|entry| entry.table == <SpanTask as Row>::TABLE)
}

/// The results of all queries, by part.
struct Columns {
    tasks: BTreeMap<Part, u64>,
    repos: BTreeMap<Part, u64>,
    commits: BTreeMap<Part, u64>,
    kinds: Counted<AssertionKind>,
    tiers: Counted<Difficulty>,
    events: Counted<Event>,
    families: Counted<TableFamily>,
    targets: Counted<TableTarget>,
    syntax: Counted<TableTarget>,
    target_chars: BTreeMap<Part, Distribution>,
    prefix_chars: BTreeMap<Part, Distribution>,
    in_prefix: BTreeMap<Part, u64>,
    whole: BTreeMap<Part, u64>,
    assertion: BTreeMap<Part, u64>,
}

impl Columns {
    fn part(&mut self, part: Part) -> Result<PartStatistics> {
        let of = |counts: &BTreeMap<Part, u64>| counts.get(&part).copied().unwrap_or(0);
        let tasks = of(&self.tasks);
        let (families, targets) = (take(&mut self.families, part), take(&mut self.targets, part));
        let kinds = take(&mut self.kinds, part);
        // By definition a static part has one commit a repository, also where its rows stem from several (R123, R140).
        let commits = if part.track() == Track::Static { &self.repos } else { &self.commits };
        Ok(PartStatistics {
            part,
            counts: Counts { repos: of(&self.repos), commits: of(commits), tasks },
            by_words: Composition { tasks: families.values().sum(), families, targets },
            by_syntax: Composition { tasks, families: families_by_node(&kinds), targets: take(&mut self.syntax, part) },
            kinds,
            tiers: take(&mut self.tiers, part),
            target_chars: summary(&self.target_chars, part)?,
            prefix_chars: summary(&self.prefix_chars, part)?,
            target_in_prefix: of(&self.in_prefix),
            events: take(&mut self.events, part),
            repeats: (!part.is_training()).then(|| Repeats { whole: of(&self.whole), assertion: of(&self.assertion) }),
        })
    }
}

fn take<T>(counted: &mut Counted<T>, part: Part) -> BTreeMap<T, u64> {
    counted.remove(&part).unwrap_or_default()
}

fn summary(all: &BTreeMap<Part, Distribution>, part: Part) -> Result<Summary> {
    all.get(&part).and_then(Distribution::summary).ok_or_else(|| Error::Statistics {
        action: "summarise lengths",
        reason: format!("{part} is listed in its manifest, but its table has no row"),
    })
}

fn families_by_node(kinds: &BTreeMap<AssertionKind, u64>) -> BTreeMap<TableFamily, u64> {
    let mut families = BTreeMap::new();
    for (kind, rows) in kinds {
        *families.entry(TableFamily::by_node(*kind)).or_default() += rows;
    }
    families
}

/// Words as the members they name.
fn named<T: FromStr<Err = Error> + Ord>(rows: BTreeMap<(Part, String), u64>) -> Result<Counted<T>> {
    let mut all = Counted::new();
    for ((part, word), rows) in rows {
        all.entry(part).or_insert_with(BTreeMap::new).insert(word.parse()?, rows);
    }
    Ok(all)
}

/// Places in `members` as the members.
fn placed<T: Copy + Ord>(rows: &BTreeMap<Part, Distribution>, members: &[T]) -> Counted<T> {
    let member = |(place, rows): (u64, u64)| {
        let place = usize::try_from(place).expect("because a place is small");
        (members[place], rows)
    };
    rows.iter().map(|(part, places)| (*part, places.counts().map(member).collect())).collect()
}

fn is(column: &str) -> Expr {
    col(column).eq(lit(1_u32))
}

/// Whether the part of a row is one that `wanted` takes.
fn any_part(wanted: impl Fn(Part) -> bool) -> Expr {
    let parts = Part::ALL.iter().filter(|part| wanted(**part));
    parts.map(|part| col(PART).eq(lit(*part as u32))).reduce(Expr::or).unwrap_or_else(|| lit(false))
}
