//! The columns of tables beside each other.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::side::Side;
use crate::error::Result;
use crate::hub::Published;
use crate::release::Release;
use crate::table::column_names;

/// A kind of table whose columns are not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ColumnDifference {
    /// The table.
    pub table: String,
    /// Columns of the first side alone.
    pub removed: Vec<String>,
    /// Columns of the second side alone.
    pub added: Vec<String>,
}

/// The columns of each kind of table, which are those of its first file.
type Columns = BTreeMap<String, Vec<String>>;

/// The tables of both sides whose columns differ. A release has other tables than the published layout: beside one, those
/// stand that `export --layout hub` would write of it. What only this project writes (R147) then does not count.
pub(super) fn compare(a: &Side, b: &Side) -> Result<Vec<ColumnDifference>> {
    let (a, b) = match (a, b) {
        (Side::Release(a), Side::Release(b)) => (of_release(a)?, of_release(b)?),
        (Side::Published(a), Side::Published(b)) => (of_published(a)?, of_published(b)?),
        (Side::Release(_), Side::Published(b)) => beside_layout(b)?,
        (Side::Published(a), Side::Release(_)) => {
            let (expected, found) = beside_layout(a)?;
            (found, expected)
        }
    };
    let both = a.iter().filter_map(|(table, left)| Some((table, left, b.get(table)?)));
    Ok(both.filter_map(|(table, left, right)| difference(table, left, right)).collect())
}

fn difference(table: &str, a: &[String], b: &[String]) -> Option<ColumnDifference> {
    let only = |these: &[String], those: &[String]| {
        let those: BTreeSet<&String> = those.iter().collect();
        these.iter().filter(|name| !those.contains(name)).cloned().collect::<Vec<String>>()
    };
    let (removed, added) = (only(a, b), only(b, a));
    let differs = !removed.is_empty() || !added.is_empty();
    differs.then(|| ColumnDifference { table: table.to_owned(), removed, added })
}

fn of_release(release: &Release) -> Result<Columns> {
    let mut columns = Columns::new();
    for entry in &release.manifest().contents.tables {
        if !columns.contains_key(&entry.table) {
            columns.insert(entry.table.clone(), column_names(&release.checked(&entry.path)?)?);
        }
    }
    Ok(columns)
}

fn of_published(published: &Published) -> Result<Columns> {
    let mut columns = Columns::new();
    for (layout, path) in published.layouts()? {
        if !columns.contains_key(layout.table) {
            columns.insert(layout.table.to_owned(), column_names(&path)?);
        }
    }
    Ok(columns)
}

/// The columns that tables of `published` should have, and those that they have.
fn beside_layout(published: &Published) -> Result<(Columns, Columns)> {
    let (mut expected, mut found) = (Columns::new(), Columns::new());
    for (layout, path) in published.layouts()? {
        if !found.contains_key(layout.table) {
            let mut names = column_names(&path)?;
            names.retain(|name| !layout.ours.contains(name));
            found.insert(layout.table.to_owned(), names);
            expected.insert(layout.table.to_owned(), layout.published);
        }
    }
    Ok((expected, found))
}
