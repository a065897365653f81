//! The user's own groupings of tasks: JSON lines with a task and what it belongs to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bench::{BUILT_IN_SLICES, Roll, TaskId};
use serde_json::Value;

use super::lines::Lines;

/// Groupings at most.
const MAX_GROUPINGS: usize = 16;
/// Groups of one of them at most.
const MAX_GROUPS: usize = 200;
/// Characters of a name at most.
const MAX_CHARS: usize = 80;

/// What a file says of tasks.
pub(crate) struct Groups {
    path: PathBuf,
    /// BLAKE3 of the file.
    pub(super) hash: String,
    rows: BTreeMap<TaskId, BTreeMap<String, String>>,
}

/// The groupings in the file at `path`: `{"task": "…", "drc": true, "size": "small"}` a line. Values are text, whole
/// numbers or Booleans.
pub(super) fn read(path: &Path) -> Result<Groups> {
    let mut lines = Lines::open(path)?;
    let mut rows = BTreeMap::new();
    while let Some(line) = lines.next() {
        let (number, line) = line?;
        let (task, groups) = row(&line).with_context(|| lines.place(number))?;
        if rows.insert(task.clone(), groups).is_some() {
            bail!("{}: task {task} has a line already; keep one", lines.place(number));
        }
    }
    let groups = Groups { path: path.to_owned(), hash: bench::file::hash(path)?, rows };
    groups.check()?;
    Ok(groups)
}

fn row(line: &str) -> Result<(TaskId, BTreeMap<String, String>)> {
    let Value::Object(fields) = serde_json::from_str(line)? else { bail!("is no JSON object") };
    let mut task = None;
    let mut groups = BTreeMap::new();
    for (name, value) in fields {
        let text = match value {
            Value::String(text) => text,
            Value::Bool(yes) => if yes { "yes" } else { "no" }.to_owned(),
            Value::Number(number) if number.is_i64() || number.is_u64() => number.to_string(),
            other => bail!("`{name}` is {other}, but a group is text, a whole number or a Boolean"),
        };
        if name == "task" {
            task = Some(TaskId::new(text)?);
        } else {
            groups.insert(name, text);
        }
    }
    Ok((task.context("has no `task`")?, groups))
}

impl Groups {
    /// Refuses names that would be mistaken for others, and more groups than a table can show.
    fn check(&self) -> Result<()> {
        let mut groups: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for (name, group) in self.rows.values().flatten() {
            groups.entry(name).or_default().insert(group);
        }
        let file = self.path.display();
        if groups.len() > MAX_GROUPINGS {
            bail!("{file} has {} columns besides `task`, {MAX_GROUPINGS} are allowed", groups.len());
        }
        for (name, members) in groups {
            if BUILT_IN_SLICES.contains(&name) {
                bail!("{file} has a column `{name}`, which is built in; rename it");
            }
            if members.len() > MAX_GROUPS {
                bail!("column `{name}` of {file} has {} groups, {MAX_GROUPS} are allowed", members.len());
            }
            if let Some(long) = members.into_iter().chain([name]).find(|text| text.chars().count() > MAX_CHARS) {
                let start: String = long.chars().take(20).collect();
                bail!("`{start}…` of {file} has more than {MAX_CHARS} characters");
            }
        }
        Ok(())
    }

    /// Refuses tasks that the release does not have.
    pub(super) fn check_tasks(&self, roll: &Roll) -> Result<()> {
        let mut unknown = self.rows.keys().filter(|task| !roll.has(task));
        let Some(first) = unknown.next() else { return Ok(()) };
        let (file, count) = (self.path.display(), 1 + unknown.count());
        bail!("{file} names {count} tasks that the release does not have, the first is {first}")
    }

    /// The groups of `task`.
    pub(super) fn of(&self, task: &TaskId) -> BTreeMap<String, String> {
        self.rows.get(task).cloned().unwrap_or_default()
    }
}
