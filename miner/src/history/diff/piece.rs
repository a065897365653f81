//! What becomes one chunk of a diff.

use crate::history::change::{Change, FileVersion, Status};

/// A file, or one half of a file that became another kind of object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'c> {
    pub(super) old_name: &'c [u8],
    pub(super) new_name: &'c [u8],
    pub(super) old: Option<FileVersion>,
    pub(super) new: Option<FileVersion>,
    /// Of a rename, in percent.
    pub(super) similarity: Option<u8>,
}

impl Piece<'_> {
    /// Whether the content of its sides differs.
    pub(super) fn is_edited(&self) -> bool {
        self.old.map(|old| old.id) != self.new.map(|new| new.id)
    }
}

/// The pieces of `change`: two of a type change, a deletion and an addition, else one.
pub(super) fn pieces(change: &Change) -> impl Iterator<Item = Piece<'_>> {
    let piece = |old, new| Piece {
        old_name: change.path_before(),
        new_name: &change.path,
        old,
        new,
        similarity: change.similarity,
    };
    let (first, second) = match change.status {
        Status::TypeChanged => (piece(change.old, None), Some(piece(None, change.new))),
        _ => (piece(change.old, change.new), None),
    };
    std::iter::once(first).chain(second)
}
