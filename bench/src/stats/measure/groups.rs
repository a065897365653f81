//! Queries that count rows by groups, and their results as plain maps.
//!
//! Every frame has the column [`PART`]. Results are whole numbers in maps, so the order in which polars finds the groups
//! is no matter.

use std::collections::BTreeMap;

use polars::prelude::{DataFrame, DataType, Expr, JoinArgs, JoinType, LazyFrame, col, len, lit};

use super::scan::failed;
use crate::error::Result;
use crate::stats::distribution::Distribution;
use crate::stats::part::Part;

/// The column with the place of a part in [`Part::ALL`].
pub(super) const PART: &str = "part";
const ROWS: &str = "rows";
const SEEN: &str = "seen";

/// Rows by part.
pub(super) fn rows_by_part(frame: LazyFrame) -> Result<BTreeMap<Part, u64>> {
    let counted = count(frame, &[PART])?;
    Ok(parts(&counted)?.into_iter().zip(numbers(&counted, ROWS)?).collect())
}

/// Rows by part and by the text in `column`.
pub(super) fn rows_by_text(frame: LazyFrame, column: &str) -> Result<BTreeMap<(Part, String), u64>> {
    let counted = count(frame, &[PART, column])?;
    let keys = parts(&counted)?.into_iter().zip(texts(&counted, column)?);
    Ok(keys.zip(numbers(&counted, ROWS)?).collect())
}

/// Rows by part and by the number in `column`.
pub(super) fn rows_by_number(frame: LazyFrame, column: &str) -> Result<BTreeMap<Part, Distribution>> {
    let counted = count(frame, &[PART, column])?;
    let (values, rows) = (numbers(&counted, column)?, numbers(&counted, ROWS)?);
    let mut all: BTreeMap<Part, Distribution> = BTreeMap::new();
    for ((part, value), rows) in parts(&counted)?.into_iter().zip(values).zip(rows) {
        all.entry(part).or_default().add(value, rows);
    }
    Ok(all)
}

/// How many different values `columns` have together, by part.
pub(super) fn distinct_by_part(frame: LazyFrame, columns: &[&str]) -> Result<BTreeMap<Part, u64>> {
    let keys: Vec<Expr> = columns.iter().chain(&[PART]).map(|name| col(*name)).collect();
    rows_by_part(frame.group_by(keys).agg([]))
}

/// Rows of `evaluated` by part that have the same `keys` as a row of `training`.
pub(super) fn repeated_by_part(
    evaluated: LazyFrame,
    training: LazyFrame,
    keys: &[&str],
) -> Result<BTreeMap<Part, u64>> {
    let keys: Vec<Expr> = keys.iter().map(|name| col(*name)).collect();
    let seen = training.group_by(keys.clone()).agg([]).with_columns([lit(true).alias(SEEN)]);
    let joined = evaluated.join(seen, keys.clone(), keys, JoinArgs::new(JoinType::Left));
    rows_by_part(joined.filter(col(SEEN).is_not_null()))
}

/// Rows by the values of `columns`.
pub(super) fn count(frame: LazyFrame, columns: &[&str]) -> Result<DataFrame> {
    let keys: Vec<Expr> = columns.iter().map(|name| col(*name)).collect();
    run(frame.group_by(keys).agg([len().alias(ROWS)]))
}

/// The result of `query`.
pub(super) fn run(query: LazyFrame) -> Result<DataFrame> {
    query.collect().map_err(|source| failed("run a query", &source))
}

/// The numbers of `column`, absent ones as nought.
pub(super) fn numbers(frame: &DataFrame, column: &str) -> Result<Vec<u64>> {
    let read = || {
        let values = frame.column(column)?.strict_cast(&DataType::UInt64)?;
        Ok(values.u64()?.iter().map(Option::unwrap_or_default).collect())
    };
    read().map_err(|source| failed("read numbers", &source))
}

/// The texts of `column`, absent ones as empty.
pub(super) fn texts(frame: &DataFrame, column: &str) -> Result<Vec<String>> {
    let read = || Ok(frame.column(column)?.str()?.iter().map(|text| text.unwrap_or_default().to_owned()).collect());
    read().map_err(|source| failed("read texts", &source))
}

fn parts(frame: &DataFrame) -> Result<Vec<Part>> {
    let part = |place: u64| Part::ALL[usize::try_from(place).expect("because a part has a small place")];
    Ok(numbers(frame, PART)?.into_iter().map(part).collect())
}
