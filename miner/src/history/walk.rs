//! The first-parent commits of a history, oldest first (R87).

use bench::CommitId;
use git2::Oid;

use super::History;
use super::change::Change;
use super::commit::Commit;
use super::ident::Moment;
use crate::error::Result;

/// A commit and what it changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The commit.
    pub commit: CommitId,
    /// Its tree.
    pub tree: Oid,
    /// The tree of its first parent; none for the root.
    pub parent_tree: Option<Oid>,
    /// When it was written: strict ISO 8601 with the author's offset, as `%aI` shows it. Empty if the commit does not say.
    pub author_time: String,
    /// When it was committed, in seconds since 1970; what a cut-off looks at (R116). 0 if the commit does not say.
    pub committer_seconds: i64,
    /// What it changed against its first parent, in git's order (R90).
    pub changes: Vec<Change>,
}

/// The steps of a history, made one at a time.
///
/// ```text
/// A---B-------E---F    gives A, B, E, F; E with everything that C and D brought in
///      \     /
///       C---D
/// ```
pub struct Walk<'h, 'r> {
    history: &'h History<'r>,
    /// Newest first; the next step is the last.
    pending: Vec<Pending>,
    parent_tree: Option<Oid>,
}

/// A commit that is still to be shown.
struct Pending {
    id: Oid,
    tree: Oid,
    author: Option<Moment>,
    committer: Option<Moment>,
}

impl Pending {
    fn committed(&self) -> i64 {
        self.committer.map_or(0, Moment::seconds)
    }
}

impl<'r> History<'r> {
    /// The first-parent history of `commit`, oldest first, the root and `commit` included.
    ///
    /// # Errors
    /// If a commit is missing or damaged, or there are more than [`super::Limits::commits`].
    pub fn walk(&self, commit: &CommitId) -> Result<Walk<'_, 'r>> {
        let (pending, _) = self.pending(commit, None)?;
        Ok(Walk { history: self, pending, parent_tree: None })
    }

    /// The part of the first-parent history of `commit` that comes after `after`, oldest first. None if `after` is not in
    /// that history.
    ///
    /// # Errors
    /// As [`History::walk`].
    pub fn walk_after(&self, commit: &CommitId, after: &CommitId) -> Result<Option<Walk<'_, 'r>>> {
        let (pending, met) = self.pending(commit, Some(after))?;
        Ok(met.map(|parent_tree| Walk { history: self, pending, parent_tree: Some(parent_tree) }))
    }

    /// The first-parent history of `commit`, newest first, each commit with the seconds since 1970 when it was committed.
    ///
    /// # Errors
    /// As [`History::walk`].
    pub(crate) fn commits(&self, commit: &CommitId) -> Result<Vec<(Oid, i64)>> {
        let (pending, _) = self.pending(commit, None)?;
        Ok(pending.into_iter().map(|pending| (pending.id, pending.committed())).collect())
    }

    /// The oldest commit of the first-parent history of `commit`.
    ///
    /// # Errors
    /// As [`History::walk`].
    pub(crate) fn root(&self, commit: &CommitId) -> Result<CommitId> {
        let (pending, _) = self.pending(commit, None)?;
        let root = pending.last().expect("because a history holds its newest commit");
        Ok(CommitId::new(root.id.to_string())?)
    }

    /// The first-parent history of `commit`, newest first, as far as `after`, whose tree comes with it if it is met.
    fn pending(&self, commit: &CommitId, after: Option<&CommitId>) -> Result<(Vec<Pending>, Option<Oid>)> {
        let damaged = |source| self.repository.damaged(format!("the commit {commit}"), source);
        let mut next = Some(Oid::from_str(commit.as_str()).map_err(damaged)?);
        let after = after.map(|after| Oid::from_str(after.as_str()).map_err(damaged)).transpose()?;
        let mut pending = Vec::new();
        // Objects are not hashed when they are read, so a forged commit can be its own ancestor: an id is remembered at
        // ever greater distances and looked for behind it.
        let mut remembered = None;
        while let Some(id) = next {
            if remembered == Some(id) {
                return Err(self.objects.malformed(format!("the commit {id}, its own ancestor")));
            }
            if pending.len().is_power_of_two() {
                remembered = Some(id);
            }
            if pending.len() == self.limits.commits {
                return Err(self.objects.beyond("the number of first-parent commits", self.limits.commits));
            }
            let content = self.objects.commit(id)?;
            let commit = Commit::parse(&content).ok_or_else(|| self.objects.malformed(format!("the commit {id}")))?;
            if after == Some(id) {
                return Ok((pending, Some(commit.tree)));
            }
            pending.push(Pending { id, tree: commit.tree, author: commit.author, committer: commit.committer });
            next = commit.first_parent;
        }
        Ok((pending, None))
    }
}

impl Walk<'_, '_> {
    fn step(&mut self, pending: &Pending) -> Result<Step> {
        let parent_tree = self.parent_tree.replace(pending.tree);
        Ok(Step {
            commit: CommitId::new(pending.id.to_string())?,
            tree: pending.tree,
            parent_tree,
            author_time: pending.author.map_or_else(String::new, Moment::iso),
            committer_seconds: pending.committed(),
            changes: self.history.changes(parent_tree, Some(pending.tree))?,
        })
    }
}

impl Iterator for Walk<'_, '_> {
    type Item = Result<Step>;

    fn next(&mut self) -> Option<Self::Item> {
        let pending = self.pending.pop()?;
        Some(self.step(&pending))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.pending.len(), Some(self.pending.len()))
    }
}

impl ExactSizeIterator for Walk<'_, '_> {}
