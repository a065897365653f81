//! Two trees side by side: every path that differs, before renames are sought.

use std::cmp::Ordering;
use std::rc::Rc;

use git2::Oid;

use super::change::{Change, FileVersion};
use super::limits::Limits;
use super::objects::Objects;
use super::tree::{Entries, Entry, Kind, Malformed};
use crate::error::{Error, Result};

/// Bytes of stack that opening a folder needs at most, and how many more are had when fewer are left.
const STACK_LEFT: usize = 64 << 10;
const STACK_MORE: usize = 1 << 20;

/// The differences from the tree `old` to the tree `new`, none being the empty tree, sorted by path. Equal folders are not
/// opened.
///
/// # Errors
/// If a tree is missing or damaged, or a limit is exceeded.
pub(super) fn compare(
    objects: &Objects<'_>,
    limits: &Limits,
    old: Option<Oid>,
    new: Option<Oid>,
) -> Result<Vec<Change>> {
    let mut comparison =
        Comparison { objects, limits, path: Vec::new(), depth: 0, entries: 0, bytes: 0, changes: Vec::new() };
    if old != new {
        comparison.folders(old, new)?;
    }
    Ok(comparison.changes)
}

struct Comparison<'c, 'r> {
    objects: &'c Objects<'r>,
    limits: &'c Limits,
    /// The path of the folders that are open, ending in a slash.
    path: Vec<u8>,
    depth: usize,
    entries: usize,
    bytes: usize,
    changes: Vec<Change>,
}

impl Comparison<'_, '_> {
    /// Compares two folders at the same path.
    fn folders(&mut self, old: Option<Oid>, new: Option<Oid>) -> Result<()> {
        let (old_tree, new_tree) = (self.content(old)?, self.content(new)?);
        let (mut olds, mut news) = (Entries::of(&old_tree), Entries::of(&new_tree));
        self.entries(&mut olds, &mut news).map_err(|stop| match stop {
            Stop::Error(error) => *error,
            Stop::Malformed => {
                let name = |tree: Option<Oid>| tree.map_or_else(|| "none".to_owned(), |tree| tree.to_string());
                self.objects.malformed(format!("one of the trees {} and {}", name(old), name(new)))
            }
        })
    }

    /// Merges the entries of two folders.
    fn entries(&mut self, olds: &mut Entries<'_>, news: &mut Entries<'_>) -> std::result::Result<(), Stop> {
        self.count(olds.skip_equal(news)?)?;
        let (mut left, mut right) = (olds.next()?, news.next()?);
        while let Some(order) = order(left.as_ref(), right.as_ref()) {
            self.count(1)?;
            let old = left.filter(|_| order.is_le());
            let new = right.filter(|_| order.is_ge());
            self.pair(old, new)?;
            if order.is_le() {
                left = olds.next()?;
            }
            if order.is_ge() {
                right = news.next()?;
            }
        }
        Ok(())
    }

    /// Compares two entries of the same name and sort, or takes the only one there is.
    fn pair(&mut self, old: Option<Entry<'_>>, new: Option<Entry<'_>>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        let entry = old.or(new).expect("because one of the entries exists");
        let parent = self.path.len();
        self.path.extend_from_slice(entry.name);
        if self.path.len() > self.limits.path_bytes {
            return Err(self.objects.beyond("the length of a path in bytes", self.limits.path_bytes));
        }
        if entry.kind == Kind::Folder {
            self.path.push(b'/');
            self.enter(old.map(|entry| entry.id()), new.map(|entry| entry.id()))?;
        } else {
            let version = |entry: Entry<'_>| entry.version();
            self.record(old.and_then(version), new.and_then(version))?;
        }
        self.path.truncate(parent);
        Ok(())
    }

    fn enter(&mut self, old: Option<Oid>, new: Option<Oid>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(self.objects.beyond("the number of folders inside each other", self.limits.depth));
        }
        stacker::maybe_grow(STACK_LEFT, STACK_MORE, || self.folders(old, new))?;
        self.depth -= 1;
        Ok(())
    }

    fn record(&mut self, old: Option<FileVersion>, new: Option<FileVersion>) -> Result<()> {
        if old == new {
            return Ok(());
        }
        self.bytes += size_of::<Change>() + self.path.len();
        if self.bytes > self.limits.change_bytes {
            return Err(self
                .objects
                .beyond("the size of the changes of one commit in bytes", self.limits.change_bytes));
        }
        self.changes.push(Change::at(self.path.clone(), old, new));
        Ok(())
    }

    fn content(&self, tree: Option<Oid>) -> Result<Rc<[u8]>> {
        tree.map_or_else(|| Ok(Rc::from([])), |tree| self.objects.tree(tree))
    }

    fn count(&mut self, entries: usize) -> Result<()> {
        self.entries += entries;
        if self.entries > self.limits.entries {
            return Err(self.objects.beyond("the number of entries of a tree", self.limits.entries));
        }
        Ok(())
    }
}

/// Which of the next entries comes first; none if there is no more.
fn order(left: Option<&Entry<'_>>, right: Option<&Entry<'_>>) -> Option<Ordering> {
    match (left, right) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(left), Some(right)) => Some(left.order(right)),
    }
}

/// Why a comparison ends early.
enum Stop {
    Error(Box<Error>),
    Malformed,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Error(Box::new(error))
    }
}

impl From<Malformed> for Stop {
    fn from(Malformed: Malformed) -> Self {
        Self::Malformed
    }
}
