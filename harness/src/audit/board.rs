//! The rows of an audit by task and setting.

use std::collections::BTreeMap;

use bench::audit::{AuditRow, Setting};
use bench::{Need, RepoId, TaskId};

use crate::error::{Error, Result};

/// What was measured of a task under one setting.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Cell {
    pub(super) nll: f64,
    pub(super) nll_with_eos: f64,
    pub(super) first_rank: f64,
    /// 1 for an exact match, 0 for none; a share where it is a mean over others.
    pub(super) em: Option<f64>,
}

/// What is known of a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Facts<'a> {
    pub(super) id: &'a TaskId,
    /// Its repository, as an index into those of the board.
    pub(super) repo: usize,
    pub(super) need: Option<Need>,
    pub(super) target_in_prefix: bool,
    pub(super) target_tokens: u32,
}

/// A setting with its strength, whose bits sort as numbers because no strength is negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) setting: Setting,
    lambda: Option<u64>,
}

impl Key {
    pub(super) fn new(setting: Setting, lambda: Option<f64>) -> Self {
        Self { setting, lambda: lambda.map(f64::to_bits) }
    }

    pub(super) fn lambda(self) -> Option<f64> {
        self.lambda.map(f64::from_bits)
    }
}

/// Tasks by id, repositories by name, and the cells of every setting: for each task one, or one a repository where there
/// are others.
pub(super) struct Board<'a> {
    pub(super) tasks: Vec<Facts<'a>>,
    pub(super) repos: Vec<&'a RepoId>,
    columns: BTreeMap<Key, Vec<BTreeMap<Option<&'a RepoId>, Cell>>>,
}

impl<'a> Board<'a> {
    /// The board of `rows`, which may stand in any order.
    ///
    /// # Errors
    /// [`Error::Audit`] if there are none, a row is there twice, or rows of a task contradict each other.
    pub(super) fn of(rows: &'a [AuditRow]) -> Result<Self> {
        let mut repos: Vec<&RepoId> = rows.iter().map(|row| &row.repo).collect();
        repos.sort_unstable();
        repos.dedup();
        let mut facts: BTreeMap<&TaskId, Facts<'a>> = BTreeMap::new();
        for row in rows {
            let repo = repos.binary_search(&&row.repo).expect("because all repositories are listed");
            let AuditRow { need, target_in_prefix, target_tokens, .. } = *row;
            let own = Facts { id: &row.task, repo, need, target_in_prefix, target_tokens };
            if *facts.entry(&row.task).or_insert(own) != own {
                return Err(fault(&row.task, "its rows contradict each other"));
            }
        }
        if facts.is_empty() {
            return Err(Error::Audit { reason: "nothing was scored".to_owned() });
        }
        let tasks: Vec<Facts<'a>> = facts.into_values().collect();
        let mut columns: BTreeMap<Key, Vec<BTreeMap<Option<&'a RepoId>, Cell>>> = BTreeMap::new();
        for row in rows {
            if row.lambda.is_some_and(|lambda| lambda.is_nan() || lambda < 0.0) {
                return Err(fault(&row.task, "a strength is negative or no number"));
            }
            let at = tasks.binary_search_by(|task| task.id.cmp(&row.task)).expect("because all tasks are listed");
            let column = columns.entry(Key::new(row.setting, row.lambda));
            let cells = column.or_insert_with(|| vec![BTreeMap::new(); tasks.len()]);
            if cells[at].insert(row.other.as_ref(), cell(row)).is_some() {
                return Err(fault(&row.task, &format!("it has two rows of `{}` for one place", row.setting)));
            }
        }
        Ok(Self { tasks, repos, columns })
    }

    /// The settings that were scored, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key> {
        self.columns.keys().copied()
    }

    /// The one cell a task of `key`; nothing if it was not scored.
    ///
    /// # Errors
    /// [`Error::Audit`] if a task has none or several.
    pub(super) fn single(&self, key: Key) -> Result<Option<Vec<Cell>>> {
        let Some(column) = self.columns.get(&key) else { return Ok(None) };
        let one = |(task, cells): (&Facts<'_>, &BTreeMap<Option<&RepoId>, Cell>)| match cells.len() {
            1 => Ok(*cells.values().next().expect("because there is one")),
            count => Err(fault(task.id, &format!("it has {count} rows of `{}`, not one", key.setting))),
        };
        self.tasks.iter().zip(column).map(one).collect::<Result<_>>().map(Some)
    }

    /// The cells under other repositories of `key`, by repository, for each task; nothing if it was not scored.
    ///
    /// # Errors
    /// [`Error::Audit`] if tasks have different numbers of them.
    pub(super) fn others(&self, key: Key) -> Result<Option<Vec<Others<'a>>>> {
        let Some(column) = self.columns.get(&key) else { return Ok(None) };
        let count = column.first().map_or(0, BTreeMap::len);
        let all = |(task, cells): (&Facts<'_>, &BTreeMap<Option<&'a RepoId>, Cell>)| {
            if cells.len() != count || cells.contains_key(&None) {
                return Err(fault(task.id, &format!("it has {} rows of `{}`, not {count}", cells.len(), key.setting)));
            }
            Ok(cells.iter().filter_map(|(repo, cell)| repo.map(|repo| (repo, *cell))).collect())
        };
        self.tasks.iter().zip(column).map(all).collect::<Result<_>>().map(Some)
    }
}

fn cell(row: &AuditRow) -> Cell {
    Cell {
        nll: row.nll,
        nll_with_eos: row.nll_with_eos,
        first_rank: f64::from(row.rank),
        em: row.em.map(|right| f64::from(u8::from(right))),
    }
}

/// The cells of a task under other repositories.
pub(super) type Others<'a> = Vec<(&'a RepoId, Cell)>;

/// The mean of `cells`, at least one.
pub(super) fn mean<'c>(cells: impl Iterator<Item = &'c Cell>) -> Cell {
    let (mut first, mut sum, mut em, mut count): (Option<&Cell>, _, _, _) = (None, Cell::default(), Some(0.0), 0.0);
    for cell in cells {
        // Differences to the first one are added up, so that the mean of equal numbers is that number, bit for bit.
        let first = *first.get_or_insert(cell);
        sum.nll += cell.nll - first.nll;
        sum.nll_with_eos += cell.nll_with_eos - first.nll_with_eos;
        sum.first_rank += cell.first_rank - first.first_rank;
        em = em.zip(cell.em).map(|(sum, one)| sum + one);
        count += 1.0;
    }
    let first = first.copied().unwrap_or_default();
    Cell {
        nll: first.nll + sum.nll / count,
        nll_with_eos: first.nll_with_eos + sum.nll_with_eos / count,
        first_rank: first.first_rank + sum.first_rank / count,
        em: em.map(|sum| sum / count),
    }
}

fn fault(task: &TaskId, reason: &str) -> Error {
    Error::Audit { reason: format!("task {task}: {reason}") }
}
