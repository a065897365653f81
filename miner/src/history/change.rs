//! One line of git's raw listing.

use git2::Oid;

/// How a path differs between two trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// `A`: it is new.
    Added,
    /// `M`: its content or its executable bit is another.
    Modified,
    /// `T`: it is another kind of object.
    TypeChanged,
    /// `D`: it is gone.
    Deleted,
    /// `R`: it was at another path before, perhaps with another content.
    Renamed,
}

/// What a path of a tree is, in the four forms that git tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A file.
    File,
    /// A file that may be executed.
    Executable,
    /// A symbolic link; its content is its target.
    Link,
    /// A commit of another repository.
    Submodule,
}

impl Mode {
    /// The number that git writes for it.
    ///
    /// ```
    /// assert_eq!(format!("{:06o}", miner::history::Mode::Executable.bits()), "100755");
    /// ```
    pub fn bits(self) -> u32 {
        match self {
            Self::File => 0o100_644,
            Self::Executable => 0o100_755,
            Self::Link => 0o120_000,
            Self::Submodule => 0o160_000,
        }
    }

    /// Whether it is a file, executable or not.
    pub fn is_regular(self) -> bool {
        matches!(self, Self::File | Self::Executable)
    }

    /// Whether `self` and `other` differ at most in the executable bit.
    pub fn is_same_kind(self, other: Self) -> bool {
        self == other || (self.is_regular() && other.is_regular())
    }
}

/// One side of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileVersion {
    /// The blob; of a submodule, its commit.
    pub id: Oid,
    /// Its form.
    pub mode: Mode,
}

/// One path that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// How it differs.
    pub status: Status,
    /// The path in the new tree; of a deletion, in the old one. Bytes as they are in the tree.
    pub path: Vec<u8>,
    /// The path in the old tree, if that is another one.
    pub old_path: Option<Vec<u8>>,
    /// What was there; none for an addition.
    pub old: Option<FileVersion>,
    /// What is there; none for a deletion.
    pub new: Option<FileVersion>,
    /// Of a rename, how much of the content is the same, in percent, rounded down as git does.
    pub similarity: Option<u8>,
}

impl Change {
    /// A change at one path.
    ///
    /// # Panics
    /// If neither side is given.
    pub(super) fn at(path: Vec<u8>, old: Option<FileVersion>, new: Option<FileVersion>) -> Self {
        let status = match (old, new) {
            (None, _) => Status::Added,
            (_, None) => Status::Deleted,
            (Some(old), Some(new)) if old.mode.is_same_kind(new.mode) => Status::Modified,
            _ => Status::TypeChanged,
        };
        assert!(old.is_some() || new.is_some(), "a change has a side");
        Self { status, path, old_path: None, old, new, similarity: None }
    }

    /// How much memory it takes, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.path.capacity() + self.old_path.as_ref().map_or(0, Vec::capacity)
    }

    /// Where the old side was: the old path of a rename, else the path.
    pub fn path_before(&self) -> &[u8] {
        self.old_path.as_deref().unwrap_or(&self.path)
    }
}
